//! Bank debits: money that is asked for now and comes, or does not, later. Until then the payment is `processing`:
//! <https://docs.stripe.com/payments/payment-methods#payment-notification>.

use serde_json::{Value, json};

use super::{bounced, charges, payments};
use crate::cards::Refusal;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;
use crate::{events, ids};

/// What a debit under way is kept as; it is no object of Stripe's.
pub(crate) const DEBIT: &str = "sandbox.debit";

const NOT_PAID: Refusal = Refusal {
    code: "payment_intent_payment_attempt_failed",
    decline_code: "generic_decline",
    message: "The customer's bank did not pay the debit.",
    param: None,
};

/// Asks a bank for an intent's money. It answers `after_seconds`.
pub(super) fn begin(
    tx: &Tx<'_>,
    intent: &mut Value,
    method: &Value,
    pays: bool,
    after_seconds: i64,
) -> Result<(), ApiError> {
    let charge = charges::begin(tx, intent, method)?;
    intent.put("latest_charge", charge.id());
    intent.put("status", "processing");
    tx.save(intent)?;
    events::emit(tx, "payment_intent.processing", intent)?;
    let customer = intent.text("customer").map(|id| tx.linked("customer", id)).transpose()?;
    tx.insert(&json!({
        "id": ids::new_id("debit"),
        "object": DEBIT,
        "payment_intent": intent.id(),
        "pays": pays,
        "test_clock": customer.map_or(Value::Null, |customer| customer.copy("test_clock")),
        "_due_at": tx.now() + after_seconds,
    }))
}

/// The bank has answered: the money is there, or never comes.
pub(crate) fn finish(tx: &Tx<'_>, debit: &Value, pays: bool) -> Result<(), ApiError> {
    tx.remove(debit.id())?;
    let mut intent = tx.linked_copy("payment_intent", debit.text("payment_intent").unwrap_or_default())?;
    if intent.text("status") != Some("processing") {
        return Ok(());
    }
    let mut charge = tx.linked_copy("charge", intent.text("latest_charge").unwrap_or_default())?;
    if pays {
        charges::arrive(tx, &mut charge)?;
        return payments::receive(tx, &mut intent);
    }
    charges::bounce(tx, &mut charge, &NOT_PAID)?;
    let method = tx.linked("payment_method", intent.text("payment_method").unwrap_or_default())?;
    payments::fail(tx, &mut intent, &method, &NOT_PAID, Some(charge.id()))?;
    bounced(tx, &intent)
}
