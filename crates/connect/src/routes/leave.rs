//! The way out that the customer chooses.

use axum::extract::State;
use axum::response::Response;
use perennial_core::checkout::place_addons;
use perennial_core::context::App;
use perennial_core::visits::{checkout_visit, leave as leave_visit, refuse};
use perennial_domain::{Intent, Outcome};

use super::error::{internal, notice};
use super::fields::Fields;
use super::links::Links;
use super::response::see_other;
use super::visitor::Visitor;
use crate::pages::Notice;

/// `POST …/leave`: back to the app. What cannot be done at all is told apart from what the customer did not want.
pub(super) async fn leave(State(app): State<App>, visitor: Visitor, _: Fields) -> Response {
    let outcome = if can_be_done(&app, &visitor).await {
        leave_visit(&app, &visitor.visit).await
    } else {
        refuse(&app, &visitor.visit).await
    };
    let session = &visitor.visit.session;
    match (outcome, &session.callback) {
        (Ok(Outcome::Success), _) if session.checkout_id.is_some() => see_other(&Links::of(session).done()),
        (Ok(outcome), Some(callback)) => see_other(&callback.with_outcome(session.id, outcome)),
        (Ok(_), None) => notice(&app, &visitor.visit, &visitor.form_token(), Notice::SessionExpired, None),
        (Err(error), _) => internal(&app, &error),
    }
}

/// A purchase of what is on sale, and the intents that have their pages.
async fn can_be_done(app: &App, visitor: &Visitor) -> bool {
    let visit = visitor.visit.clone();
    match visit.session.intent {
        Intent::CheckoutNewSubscription(_) => app.read(move |_, tx| checkout_visit(tx, visit)).await.is_ok(),
        Intent::CheckoutAddon { subscription, ref addons } => {
            let (project, addons) = (visit.project.id, addons.clone());
            let Some(customer) = visit.session.customer_id else { return false };
            app.read(move |_, tx| place_addons(tx, project, customer, subscription, &addons)).await.is_ok()
        }
        Intent::ViewSubscription(_)
        | Intent::ViewSubscriptions
        | Intent::CancelSubscription(_)
        | Intent::ChangeSubscription(_)
        | Intent::ResumeSubscription(_)
        | Intent::UpdatePaymentMethod
        | Intent::ConfirmPayment(_)
        | Intent::UpdateUserAddress
        | Intent::UpdateUserFullName => true,
        _ => false,
    }
}
