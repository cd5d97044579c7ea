//! Who asks for a page: the browser that holds the visit's key. Handlers that take a [`Visitor`] need check nothing.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::Response;
use http::Method;
use perennial_core::actor::{Actor, identified};
use perennial_core::checkout::OrderError;
use perennial_core::connect_sessions::find_anywhere;
use perennial_core::context::App;
use perennial_core::logins::load_login;
use perennial_core::visits::{
    AnswerError, BrowserKey, CheckoutVisit, CheckoutVisitError, Visit, VisitError, checkout_visit,
    choose_language, load_visit,
};
use perennial_domain::{ConnectSessionId, Intent, Outcome};

use super::cookie;
use super::error::{auth_expired, internal, no_visit, notice, plan_unavailable, stranger, way_back};
use super::fields::Sender;
use super::links::Links;
use super::response::see_other;
use crate::i18n::Language;
use crate::pages::Notice;

/// A browser that has proved itself, and its visit.
pub(super) struct Visitor {
    pub(super) visit: Visit,
    pub(super) key: BrowserKey,
}

impl Visitor {
    pub(super) fn form_token(&self) -> String {
        cookie::form_token(&self.key)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (session, key) = browser_of(parts, app).await?;
        let visitor_key = key.clone();
        let visit = app.read(move |cx, tx| load_visit(cx, tx, session, &visitor_key)).await;
        let visit = match visit {
            Ok(visit) => visit,
            Err(error) => return Err(not_in(app, session, &key, &error).await),
        };
        if let Some(customer) = &visit.customer {
            identified(Actor::User { user: customer.id });
        }
        switch_language(parts, app, &visit).await?;
        let retry = || Links::of(&visit.session).start();
        Sender::announce(parts, || Sender { key: key.clone(), visit: visit.clone(), retry: retry() });
        Ok(Self { visit, key })
    }
}

/// The visit that the address names, and this browser's key to it.
pub(super) async fn browser_of(
    parts: &mut Parts,
    app: &App,
) -> Result<(ConnectSessionId, BrowserKey), Response> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
    let session = path.ok().and_then(|Path(path)| path.get("session")?.parse::<ConnectSessionId>().ok());
    let session = session.ok_or_else(|| stranger(app, Notice::SessionUnknown))?;
    match cookie::read(&parts.headers, session) {
        Some(key) => Ok((session, key)),
        None => Err(no_cookie(app, session).await),
    }
}

/// A browser that has not said who it is yet is asked, here or where the project's customers log in; all others hear why
/// there is no visit.
async fn not_in(app: &App, session: ConnectSessionId, key: &BrowserKey, error: &VisitError) -> Response {
    let (key, lifetime) = (key.clone(), app.settings().browser_lifetime);
    match app.read(move |cx, tx| load_login(cx, tx, lifetime, session, &key)).await {
        Ok(login) => see_other(&Links::of(&login.visit.session).login()),
        Err(elsewhere @ VisitError::LoginElsewhere(_)) => no_visit(app, &elsewhere),
        Err(_) => no_visit(app, error),
    }
}

/// A browser that never entered, or whose cookie is gone: the app hears that its link does not work any more.
async fn no_cookie(app: &App, session: ConnectSessionId) -> Response {
    match app.read(move |_, tx| find_anywhere(tx, session)).await {
        Ok(Some(known)) => auth_expired(app, session, known.callback.as_ref(), Notice::SessionExpired),
        Ok(None) => stranger(app, Notice::SessionUnknown),
        Err(error) => internal(app, &error),
    }
}

/// `?lang=de` on any page: kept for the visit, and taken out of the address.
pub(super) async fn switch_language(parts: &Parts, app: &App, visit: &Visit) -> Result<(), Response> {
    let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri)
        .map(|Query(query)| query)
        .unwrap_or_default();
    let chosen = query.get("lang").filter(|_| parts.method == Method::GET);
    let Some(language) =
        chosen.and_then(|tag| Language::ALL.into_iter().find(|language| language.tag() == tag))
    else {
        return Ok(());
    };
    let (project, session) = (visit.project.id, visit.session.id);
    let kept: Result<(), AnswerError> =
        app.write(move |_, tx| choose_language(tx, project, session, language.tag())).await;
    Err(match kept {
        Ok(()) => see_other(parts.uri.path()),
        Err(error) => internal(app, &error),
    })
}

/// A visitor who is buying a subscription, with what has been answered and what has not.
pub(super) struct Buyer {
    pub(super) visitor: Visitor,
    pub(super) checkout: CheckoutVisit,
}

impl Buyer {
    pub(super) fn links(&self) -> Links {
        Links::of(&self.checkout.visit.session)
    }

    pub(super) fn form_token(&self) -> String {
        self.visitor.form_token()
    }
}

impl FromRequestParts<App> for Buyer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        if let Intent::ConfirmPayment(payment) = visitor.visit.session.intent {
            return Err(see_other(&Links::of(&visitor.visit.session).payment(payment)));
        }
        if let Some(answer) = answer_if_over(app, &visitor) {
            return Err(answer);
        }
        let visit = visitor.visit.clone();
        let checkout = app.read(move |_, tx| checkout_visit(tx, visit)).await;
        let checkout = checkout.map_err(|error| cannot_buy(app, &visitor, &error))?;
        if let Some(plan) = &checkout.excluded_by {
            let already = Notice::AlreadySubscribed { plan: plan.clone() };
            return Err(notice(
                app,
                &visitor.visit,
                &visitor.form_token(),
                already,
                way_back(&visitor.visit),
            ));
        }
        Ok(Self { visitor, checkout })
    }
}

/// A visit that has ended asks nothing any more: what was bought is shown, and who left is led back.
pub(super) fn answer_if_over(app: &App, visitor: &Visitor) -> Option<Response> {
    let session = &visitor.visit.session;
    match (session.outcome, &session.callback) {
        (None, _) => None,
        (Some(Outcome::Success), _) => Some(see_other(&Links::of(session).done())),
        (Some(outcome), Some(callback)) => Some(see_other(&callback.with_outcome(session.id, outcome))),
        (Some(_), None) => {
            Some(notice(app, &visitor.visit, &visitor.form_token(), Notice::SessionExpired, None))
        }
    }
}

fn cannot_buy(app: &App, visitor: &Visitor, error: &CheckoutVisitError) -> Response {
    let form_token = visitor.form_token();
    match error {
        CheckoutVisitError::Order(OrderError::Store(_)) | CheckoutVisitError::Store(_) => {
            internal(app, error)
        }
        CheckoutVisitError::Order(_) => plan_unavailable(app, &visitor.visit, &form_token),
        CheckoutVisitError::UnfitSim => {
            notice(app, &visitor.visit, &form_token, Notice::SimUnfit, way_back(&visitor.visit))
        }
        CheckoutVisitError::NotAPurchase
            if matches!(visitor.visit.session.intent, Intent::CheckoutAddon { .. }) =>
        {
            see_other(&Links::of(&visitor.visit.session).addons())
        }
        CheckoutVisitError::NotAPurchase | CheckoutVisitError::NoCustomer => {
            notice(app, &visitor.visit, &form_token, Notice::IntentUnavailable, way_back(&visitor.visit))
        }
    }
}
