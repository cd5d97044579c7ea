//! Looking after what was bought: the pages of the intents that are no purchase.
//!
//! | address | does |
//! |---|---|
//! | `GET /portal/{session}` | leads to the page of the intent |
//! | `GET /portal/{session}/subscriptions` | all subscriptions of the visitor |
//! | `GET`, `POST /portal/{session}/subscriptions/{subscription}` | one of them; leads to what can be done |
//! | `GET`, `POST …/{subscription}/cancel`, `…/resume` | asks once more, then does it |
//! | `GET`, `POST …/{subscription}/change`, `…/change/{plan}` | the plans that fit; what one costs, and the yes to it |
//! | `GET`, `POST …/{subscription}/addons` | the add-ons that fit; on to a visit that buys one |
//! | `GET …/change/{plan}/return` | where Stripe's page, or the bank, sends the customer: looks at what came of it |
//! | `GET`, `POST /portal/{session}/name`, `…/address` | the visitor's own details |
//! | `GET …/{subscription}/done/{deed}` | what was done, where there is no app to go back to |

mod addons;
mod change;
mod change_review;
mod details;
mod ending;
mod own;
mod standing;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use perennial_core::context::App;
use perennial_core::visits::Visit;
use perennial_domain::{Intent, Outcome};

use super::error::{internal, notice, way_back};
use super::frame::frame_of;
use super::links::{Deed, Links};
use super::response::{page, see_other};
use super::visitor::Visitor;
use crate::pages::{Frame, Notice, Page};

/// The portal's addresses, but for its entry and its way out.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{session}", get(start))
        .route("/portal/{session}/subscriptions", get(own::list))
        .route("/portal/{session}/subscriptions/{subscription}", get(own::show).post(own::choose))
        .route(
            "/portal/{session}/subscriptions/{subscription}/cancel",
            get(ending::ask_cancel).post(ending::cancel),
        )
        .route(
            "/portal/{session}/subscriptions/{subscription}/resume",
            get(ending::ask_resume).post(ending::resume),
        )
        .route("/portal/{session}/subscriptions/{subscription}/change", get(change::ask).post(change::choose))
        .route(
            "/portal/{session}/subscriptions/{subscription}/change/{plan}",
            get(change_review::review).post(change_review::confirm),
        )
        // The page that says why the card did not pay posts to its own address.
        .route(
            "/portal/{session}/subscriptions/{subscription}/change/{plan}/return",
            get(change_review::returned).post(change_review::confirm),
        )
        .route("/portal/{session}/subscriptions/{subscription}/addons", get(addons::ask).post(addons::choose))
        .route("/portal/{session}/subscriptions/{subscription}/done/{deed}", get(ending::done))
        .route("/portal/{session}/name", get(details::ask_name).post(details::rename))
        .route("/portal/{session}/address", get(details::ask_address).post(details::move_house))
        .route("/portal/{session}/saved/{deed}", get(details::saved))
}

/// `GET /portal/{session}`: to the page of the intent. What is not allowed in the subscription's state is shown
/// without its button (contracts/projects-api.md §3.2).
async fn start(State(app): State<App>, visitor: Visitor) -> Response {
    let links = Links::of(&visitor.visit.session);
    match visitor.visit.session.intent {
        Intent::ViewSubscriptions => see_other(&links.subscriptions()),
        Intent::ViewSubscription(id) => see_other(&links.subscription(id)),
        Intent::CancelSubscription(id) => see_other(&links.cancel(id)),
        Intent::ChangeSubscription(id) => see_other(&links.change(id)),
        Intent::ResumeSubscription(id) => see_other(&links.resume(id)),
        Intent::UpdatePaymentMethod => see_other(&links.card()),
        Intent::UpdateUserFullName => see_other(&links.name()),
        Intent::UpdateUserAddress => see_other(&links.address()),
        Intent::ViewEsimInstallation(_)
        | Intent::CompletePorting { .. }
        | Intent::CheckoutNewSubscription(_)
        | Intent::CheckoutAddon { .. }
        | Intent::ConfirmPayment(_) => notice(
            &app,
            &visitor.visit,
            &visitor.form_token(),
            Notice::IntentUnavailable,
            way_back(&visitor.visit),
        ),
    }
}

/// Back to the app with good news; where there is no app, a page says so.
fn conclude(visit: &Visit, otherwise: &str) -> Response {
    let session = &visit.session;
    match &session.callback {
        Some(callback) => see_other(&callback.with_outcome(session.id, Outcome::Success)),
        None => see_other(otherwise),
    }
}

/// The frame of a portal page: with the way back to the app, where there is one.
fn portal_frame(app: &App, visitor: &Visitor) -> Frame {
    let session = &visitor.visit.session;
    let leave_path = session.callback.as_ref().map(|_| Links::of(session).leave());
    Frame { leave_path, ..frame_of(app, &visitor.visit, &visitor.form_token()) }
}

pub(super) fn render(app: &App, visitor: &Visitor, view: &impl Page) -> Response {
    match view.render(&portal_frame(app, visitor)) {
        Ok(html) => page(app, StatusCode::OK, html, visitor.visit.session.callback.as_ref()),
        Err(error) => internal(app, &error),
    }
}

/// The word of a deed in an address.
fn deed(word: &str) -> Option<Deed> {
    Deed::ALL.into_iter().find(|deed| deed.as_str() == word)
}
