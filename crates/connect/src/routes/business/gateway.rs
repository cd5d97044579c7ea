//! `/app/settings/paygateproxy`: the address to which the vendor's pricing pages forward the chosen plan
//! (contract §9.1). Who has a plan of the same product changes it, all others buy.

use axum::extract::State;
use axum::response::Response;
use perennial_core::business::forms::{FormError, price_of, quote_change};
use perennial_core::context::App;
use perennial_domain::Id;
use serde_json::json;

use super::address::Kind;
use super::answer::refused;
use super::change::request_of;
use super::sent::Opened;
use crate::routes::response::see_other;

pub(super) const PATH: &str = "/app/settings/paygateproxy";

/// `GET`: to the form that fits.
pub(super) async fn lead(State(app): State<App>, Opened(desk): Opened) -> Response {
    let request = match request_of(&desk) {
        Ok(request) => request,
        Err(refusal) => return desk.refuse(&app, refusal),
    };
    if !matches!(quote_change(&app, &desk.party, &request).await, Err(FormError::NotHeld)) {
        return desk.with_pass(see_other(&desk.address.of(Kind::ChangePlan)));
    }
    match price_of(&app, &desk.party, &request).await {
        Ok(price) => {
            let cart = json!([{ "purchasable_price_uid": price.id.uuid() }]);
            let address = desk.address.with("cart_items", cart.to_string());
            desk.with_pass(see_other(&address.of(Kind::Purchase)))
        }
        Err(error) => refused(&app, &desk, &error),
    }
}
