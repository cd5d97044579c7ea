//! The pages about the card: giving another one, and answering a bank about a payment. They stand in both areas, since
//! a visit keeps the area of its intent.
//!
//! | address | does |
//! |---|---|
//! | `GET`, `POST /{area}/{session}/card` | shows the card; leads to Stripe's page for another one |
//! | `GET …/card/return` | where Stripe sends who gave a card: makes it pay, and pays what is owed |
//! | `GET …/card/saved` | what was done, where there is no app to go back to |
//! | `GET`, `POST /{area}/{session}/payments/{payment}` | says what the bank wants; leads there |
//! | `GET …/payments/{payment}/return` | where the bank sends the customer: looks at what came of it |

mod card;
mod payment;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use perennial_core::context::App;
use perennial_domain::{DeclineReason, Outcome};

use super::response::see_other;
use super::visitor::Visitor;
use crate::pages::PaymentFailure;

pub(super) fn routes() -> Router<App> {
    ["checkout", "portal"].into_iter().fold(Router::new(), |router, area| {
        let at = |path: &str| format!("/{area}/{{session}}/{path}");
        router
            .route(&at("card"), get(card::show).post(card::choose))
            .route(&at("card/return"), get(card::returned))
            .route(&at("card/saved"), get(card::saved))
            .route(&at("payments/{payment}"), get(payment::show).post(payment::choose))
            .route(&at("payments/{payment}/return"), get(payment::returned))
    })
}

/// Why a card did not pay, in the words of pages.
pub(super) fn failure_of(code: Option<&str>) -> PaymentFailure {
    match DeclineReason::of_code(code.unwrap_or_default()) {
        DeclineReason::Declined => PaymentFailure::Declined,
        DeclineReason::InsufficientFunds => PaymentFailure::InsufficientFunds,
        DeclineReason::ExpiredCard => PaymentFailure::ExpiredCard,
        DeclineReason::WrongSecurityCode => PaymentFailure::WrongSecurityCode,
        DeclineReason::NotAuthenticated => PaymentFailure::NotAuthenticated,
    }
}

/// Back to the app, if the visit came for this and there is one; else on to a page.
fn conclude(visitor: &Visitor, otherwise: &str) -> Response {
    let session = &visitor.visit.session;
    match session.callback.as_ref().filter(|_| session.intent.is_to_pay()) {
        Some(callback) => see_other(&callback.with_outcome(session.id, Outcome::Success)),
        None => see_other(otherwise),
    }
}
