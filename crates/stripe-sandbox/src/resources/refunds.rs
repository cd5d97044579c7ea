//! Refunds, whole or in part, which succeed at once: <https://docs.stripe.com/api/refunds>.

use serde_json::{Value, json};

use crate::billing::{charges, disputes};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/refunds", create)
        .get("/v1/refunds", list)
        .get("/v1/refunds/{id}", retrieve)
        .post("/v1/refunds/{id}", update)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    insert(tx, &request.parameters)
}

/// Refunds a charge, as `POST /v1/refunds` and credit notes do.
pub(super) fn insert(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let before = charge_of(tx, parameters)?;
    let amount = amount_of(&before, parameters)?;
    let mut refund = json!({
        "id": ids::new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": null,
        "charge": before.id(),
        "created": tx.now(),
        "currency": before.copy("currency"),
        "customer": before.copy("customer"),
        "customer_account": null,
        "destination_details": { "card": { "reference_status": "pending", "type": "refund" }, "type": "card" },
        "metadata": metadata::initial(parameters)?,
        "payment_intent": before.copy("payment_intent"),
        "payment_method": before.copy("payment_method"),
        "reason": parameters.copy("reason"),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null,
    });
    let balance_transaction = charges::record_balance(tx, "refund", "refund", -amount, &refund)?;
    refund.put("balance_transaction", balance_transaction);
    tx.insert(&refund)?;

    let mut charge = before.clone();
    let refunded = before.amount("amount_refunded") + amount;
    charge.put("amount_refunded", refunded);
    charge.put("refunded", refunded == before.amount("amount"));
    tx.save(&charge)?;
    events::emit(tx, "refund.created", &refund)?;
    events::emit_change(tx, "charge.refunded", &before, &charge)?;
    Ok(refund)
}

/// The charge to refund: named itself, or the one its intent succeeded with.
fn charge_of(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let charge = match (parameters.text("charge"), parameters.text("payment_intent")) {
        (Some(id), _) => tx.get("charge", id, "charge")?,
        (None, Some(id)) => {
            let intent = tx.get("payment_intent", id, "payment_intent")?;
            match intent.text("latest_charge") {
                Some(charge) => tx.linked_copy("charge", charge)?,
                None => return Err(nothing_charged(id)),
            }
        }
        (None, None) => return Err(ApiError::missing("charge")),
    };
    if charge.text("status") == Some("succeeded") && charge.flag("captured") {
        disputes::ensure_refundable(tx, &charge)?;
        Ok(charge)
    } else {
        Err(nothing_charged(charge.text("payment_intent").unwrap_or_default()))
    }
}

fn nothing_charged(intent: &str) -> ApiError {
    let message = format!("The payment intent {intent} has no successful charge to refund.");
    ApiError::invalid("payment_intent", message).with_code("payment_intent_unexpected_state")
}

/// What to give back: the amount asked for, or all that is left.
fn amount_of(charge: &Value, parameters: &Value) -> Result<i64, ApiError> {
    let left = charge.amount("amount") - charge.amount("amount_refunded");
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id());
        return Err(ApiError::request(message).with_code("charge_already_refunded"));
    }
    match parameters.integer("amount").unwrap_or(left) {
        amount if amount < 1 => Err(ApiError::invalid("amount", "The amount must be at least 1.")
            .with_code("parameter_invalid_integer")),
        amount if amount > left => {
            let message =
                format!("The amount ({amount}) is greater than what is left of the charge ({left}).");
            Err(ApiError::invalid("amount", message))
        }
        amount => Ok(amount),
    }
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("refund", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("refund", request.id(), "id")?;
    let mut refund = before.clone();
    metadata::merge(&mut refund, &request.parameters)?;
    tx.save(&refund)?;
    events::emit_change(tx, "refund.updated", &before, &refund)?;
    // The older name of the same event, which Stripe sends beside it.
    events::emit_change(tx, "charge.refund.updated", &before, &refund)?;
    Ok(refund)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    Select::of("refund")
        .with_parameters(parameters, &["charge", "payment_intent"])
        .with_range(parameters, "created")
        .page(tx, parameters, &request.path)
}
