//! The sandbox's pages: hosted Checkout, the 3-D Secure challenge, the billing portal, and an overview of what was recorded.
//!
//! They are complete without script, load nothing from elsewhere, and hold no rule: what may be paid, and what
//! paying does, is `checkout`'s business.
//!
//! | path | page |
//! |---|---|
//! | `/c/pay/{session}` | the payment page; the form posts back to it |
//! | `/c/pay/{session}/promotion-code` | takes `promotion_code`, empty to remove it |
//! | `/c/embedded/{client_secret}` | the same inside a page of the seller's, which mounts it with `/sandbox/embedded.js` |
//! | `/3ds/{intent}` | the bank's question; takes `outcome`, `complete` or `fail` |
//! | `/p/session/{session}` | the billing portal; below it the pages and forms for subscriptions, cards, details, invoices |
//! | `/_sandbox`, `/_sandbox/events/{event}` | what was recorded; `/` leads there |
//!
//! The payment form posts `email`, `card_number`, `card_expiry`, `card_cvc`, `card_name`, and `saved_card` when
//! the customer has cards to choose from.

pub(crate) mod assets;
mod card_form;
mod card_name;
mod challenge;
mod checkout;
mod closed_page;
mod debits;
mod decline;
mod money;
pub(crate) mod offered_cards;
mod overview;
mod pay_page;
mod place;
mod portal;
mod response;
mod summary;

use axum::Router;
use axum::routing::{get, post};

use crate::sandbox::Sandbox;

/// The pages' routes.
pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/c/pay/{session}", get(checkout::show).post(checkout::pay))
        .route("/c/pay/{session}/promotion-code", post(checkout::apply_promotion_code))
        .route("/c/embedded/{secret}", get(checkout::show_embedded).post(checkout::pay_embedded))
        .route("/c/embedded/{secret}/promotion-code", post(checkout::apply_embedded_promotion_code))
        .route("/sandbox/embedded.js", get(assets::embedded))
        .route("/3ds/{intent}", get(challenge::show).post(challenge::answer))
        .route("/p/session/{session}", get(portal::show))
        .route("/p/session/{session}/done", get(portal::done))
        .route("/p/session/{session}/card", post(portal::cards::add))
        .route("/p/session/{session}/cards/{payment_method}", post(portal::cards::change))
        .route("/p/session/{session}/details", post(portal::details::change))
        .route("/p/session/{session}/subscriptions/{subscription}", post(portal::subscriptions::act))
        .route(
            "/p/session/{session}/subscriptions/{subscription}/cancel",
            get(portal::subscriptions::ask_to_cancel),
        )
        .route(
            "/p/session/{session}/subscriptions/{subscription}/change",
            get(portal::subscriptions::ask_to_change),
        )
        .route(
            "/p/session/{session}/invoices/{invoice}",
            get(portal::invoices::print).post(portal::invoices::pay),
        )
        .route("/", get(overview::redirect))
        .route("/_sandbox", get(overview::show))
        .route("/_sandbox/events/{event}", get(overview::show_event))
        .route("/_sandbox/debits/{debit}", post(debits::answer))
        .route("/_sandbox/assets/{file}", get(assets::get))
        .with_state(sandbox)
}
