//! The forms of the third door (contracts/business-api.md §9): another system leads a business here by a link.
//!
//! | address | does |
//! |---|---|
//! | `GET`, `POST /checkout/purchase` | what is in a cart, and buying it |
//! | `GET`, `POST /checkout/change-plan` | what changes and what it costs, and the yes |
//! | `GET`, `POST /checkout/cancel` | what ends and when, and the yes |
//! | `GET /checkout/forms/{project}/{form}` | where Stripe and banks send the customer back to: looks at what came of it |
//! | `GET /app/settings/paygateproxy` | the vendor's address: to the form that fits |
//!
//! No visit stands behind them. What a form asks for is in its address, and posted back with the answer; a nonce that is
//! signed over all of it proves that this browser was shown the form. What it led to is a row, found by that nonce.

mod address;
mod answer;
mod cancel;
mod change;
mod desk;
mod gateway;
mod nonce;
mod pass;
mod purchase;
mod returned;
mod sent;

pub(super) use self::pass::pass_cookie;
use axum::Router;
use axum::routing::get;
use perennial_core::context::App;

/// The forms' addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/checkout/purchase", get(purchase::show).post(purchase::confirm))
        .route("/checkout/change-plan", get(change::show).post(change::confirm))
        .route("/checkout/cancel", get(cancel::show).post(cancel::confirm))
        .route("/checkout/forms/{project}/{form}", get(returned::look))
        .route(gateway::PATH, get(gateway::lead))
}
