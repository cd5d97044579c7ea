//! Promotion codes typed on the payment page.

use serde_json::Value;

use super::order;
use super::show::state;
use super::view::{CheckoutState, PromotionOutcome};
use crate::billing::{discounts, payments};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

pub(super) fn apply(
    tx: &Tx<'_>,
    session_id: &str,
    typed: &str,
) -> Result<Option<PromotionOutcome>, ApiError> {
    let Some(mut session) = tx.find_kind("checkout.session", session_id)? else { return Ok(None) };
    let refused = |message: &str| Ok(Some(PromotionOutcome::Refused { message: message.to_owned() }));
    if state(&session) != CheckoutState::Open || !session.flag("allow_promotion_codes") {
        return refused("This order takes no codes.");
    }
    let typed = typed.trim();
    if typed.is_empty() {
        order::apply_offer(tx, &mut session, None)?;
        return applied(tx, &session);
    }
    let offer = match discounts::by_typed_code(tx, typed) {
        Ok(offer) => offer,
        Err(error) => return refused(&error.to_string()),
    };
    let code = offer.promotion_code.as_ref();
    let for_another = code
        .and_then(|code| code.text("customer"))
        .is_some_and(|only| session.text("customer") != Some(only));
    let minimum = code.map_or(0, |code| code.amount("restrictions.minimum_amount"));
    if for_another {
        return refused("This code is not valid.");
    }
    if session.amount("amount_subtotal") < minimum {
        return refused("This code needs a larger order.");
    }
    order::apply_offer(tx, &mut session, Some(&offer))?;
    if session.amount("total_details.amount_discount") == 0 {
        return refused("This code does not apply to this order.");
    }
    applied(tx, &session)
}

/// Keeps the new total. A challenge that was opened for the old one no longer counts.
fn applied(tx: &Tx<'_>, session: &Value) -> Result<Option<PromotionOutcome>, ApiError> {
    tx.save(session)?;
    let intent = session.text("_intent").map(|id| tx.find_kind("payment_intent", id)).transpose()?.flatten();
    if let Some(mut intent) = intent.filter(|intent| intent.text("status") == Some("requires_action")) {
        payments::withdraw_challenge(tx, &mut intent)?;
    }
    Ok(Some(PromotionOutcome::Applied))
}
