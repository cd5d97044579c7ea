//! Promotion codes typed on the payment page.

use serde_json::Value;

use super::order;
use super::show::state;
use super::view::{CheckoutState, PromotionOutcome};
use crate::billing::discounts::{self, Redeemable};
use crate::billing::payments;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::{Select, Tx};

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
        order::apply_redeemable(tx, &mut session, None)?;
        return applied(tx, &session);
    }
    let redeemable = match discounts::by_typed_code(tx, typed) {
        Ok(redeemable) => redeemable,
        Err(error) => return refused(&error.to_string()),
    };
    if let Err(message) = check_restrictions(tx, &session, &redeemable)? {
        return refused(message);
    }
    order::apply_redeemable(tx, &mut session, Some(&redeemable))?;
    if session.amount("total_details.amount_discount") == 0 {
        return refused("This code does not apply to this order.");
    }
    applied(tx, &session)
}

/// Whether this order may be had with this coupon, or else why not: a code can be for one customer, for orders that come to
/// enough, and for who has paid nothing before (<https://docs.stripe.com/api/promotion_codes/object>, `restrictions`).
pub(crate) fn check_restrictions(
    tx: &Tx<'_>,
    session: &Value,
    redeemable: &Redeemable,
) -> Result<Result<(), &'static str>, ApiError> {
    let Some(code) = &redeemable.promotion_code else { return Ok(Ok(())) };
    let customer = session.text("customer");
    if code.text("customer").is_some_and(|only| customer != Some(only)) {
        return Ok(Err("This code is not valid."));
    }
    let minimum = code.amount("restrictions.minimum_amount");
    let is_counted = code.text("restrictions.minimum_amount_currency") == session.text("currency");
    if minimum > 0 && (!is_counted || session.amount("amount_subtotal") < minimum) {
        return Ok(Err("This code needs a larger order."));
    }
    if code.flag("restrictions.first_time_transaction") && has_paid_before(tx, customer)? {
        return Ok(Err("This code is for a first order."));
    }
    Ok(Ok(()))
}

fn has_paid_before(tx: &Tx<'_>, customer: Option<&str>) -> Result<bool, ApiError> {
    let Some(customer) = customer else { return Ok(false) };
    let paid = |kind: &str, status: &str| {
        let found = Select::of(kind).with("customer", customer.to_owned()).with("status", status.to_owned());
        Ok::<_, ApiError>(!found.newest(tx, 1)?.is_empty())
    };
    Ok(paid("invoice", "paid")? || paid("payment_intent", "succeeded")?)
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
