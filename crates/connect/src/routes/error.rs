//! What a customer sees when a page cannot be shown: never a blank page, never a cause that is none of theirs.

use std::any::Any;
use std::error::Error;
use std::io;

use axum::extract::State;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use perennial_core::context::App;
use perennial_core::report::{chain, is_outage, reference};
use perennial_core::visits::{Visit, VisitError};
use perennial_domain::{Callback, ConnectSessionId, Outcome};

use super::frame::{anonymous_frame, frame_of};
use super::links::Links;
use super::response::{page, see_other};
use crate::pages::{Notice, NoticePage, Page, WayOut};

/// A page that ends the visit or turns it round.
pub(super) fn notice(
    app: &App,
    visit: &Visit,
    form_token: &str,
    notice: Notice,
    way_out: Option<WayOut>,
) -> Response {
    let frame = frame_of(app, visit, form_token);
    let status = status_of(&notice);
    match (NoticePage { notice, way_out }).render(&frame) {
        Ok(html) => page(app, status, html, visit.session.callback.as_ref()),
        Err(error) => internal(app, &error),
    }
}

/// A page for someone of whom nothing is known.
pub(super) fn stranger(app: &App, notice: Notice) -> Response {
    let status = status_of(&notice);
    match (NoticePage { notice, way_out: None }).render(&anonymous_frame(app)) {
        Ok(html) => page(app, status, html, None),
        Err(error) => {
            tracing::error!(%error, "the error page itself cannot be written");
            let mut response = Response::new("Something went wrong.".into());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

/// There is no such page, or it cannot be asked for like this.
pub(super) async fn not_found(State(app): State<App>) -> Response {
    stranger(&app, Notice::NotFound)
}

/// A handler broke down: a page all the same.
pub(super) fn broken_down(app: &App, panic: &(dyn Any + Send)) -> Response {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default();
    internal(app, &io::Error::other(format!("a handler panicked: {words}")))
}

/// Our fault, or the database's for a moment. The customer gets a reference that the log has too, and nothing else.
pub(super) fn internal(app: &App, error: &(dyn Error + 'static)) -> Response {
    let reference = reference();
    let causes = chain(error);
    if is_outage(error) {
        tracing::warn!(reference, causes, "a page had to be put off, reference {reference}");
        let mut response = stranger(app, Notice::Outage { reference });
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(60));
        return response;
    }
    tracing::error!(reference, causes, "a page could not be shown, reference {reference}");
    stranger(app, Notice::Internal { reference })
}

/// Why there is no visit.
pub(super) fn no_visit(app: &App, error: &VisitError) -> Response {
    match error {
        VisitError::Unknown => stranger(app, Notice::SessionUnknown),
        VisitError::Expired(session, callback) => {
            auth_expired(app, *session, callback.as_ref(), Notice::SessionExpired)
        }
        VisitError::LoginElsewhere(url) => see_other(url.as_str()),
        VisitError::Store(error) => internal(app, error),
    }
}

/// Back to the app, which hears that the link does not work any more; a page where there is no way back
/// (contracts/projects-api.md §3.1).
pub(super) fn auth_expired(
    app: &App,
    session: ConnectSessionId,
    callback: Option<&Callback>,
    otherwise: Notice,
) -> Response {
    match callback {
        Some(callback) => see_other(&callback.with_outcome(session, Outcome::AuthExpired)),
        None => stranger(app, otherwise),
    }
}

/// The plan cannot be bought: the only way out says so to the app.
pub(super) fn plan_unavailable(app: &App, visit: &Visit, form_token: &str) -> Response {
    notice(app, visit, form_token, Notice::PlanUnavailable, way_back(visit))
}

/// A button back to the app, where there is a way back.
pub(super) fn way_back(visit: &Visit) -> Option<WayOut> {
    visit.session.callback.as_ref().map(|_| WayOut::LeaveBy(Links::of(&visit.session).leave()))
}

fn status_of(notice: &Notice) -> StatusCode {
    match notice {
        Notice::SessionUnknown | Notice::NotFound => StatusCode::NOT_FOUND,
        Notice::SessionExpired | Notice::SessionUsed => StatusCode::GONE,
        Notice::Refused(refusal) => refusal.status(),
        Notice::StaleForm => StatusCode::CONFLICT,
        Notice::Outage { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Notice::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        Notice::AlreadySubscribed { .. }
        | Notice::PlanUnavailable
        | Notice::SimUnfit
        | Notice::FinishedElsewhere
        | Notice::IntentUnavailable
        | Notice::RefusedByStripe
        | Notice::NoAccount
        | Notice::PaymentFailed(_)
        | Notice::PaidTooLate
        | Notice::PaidInVain
        | Notice::PaidTwice => StatusCode::OK,
    }
}
