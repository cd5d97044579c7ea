//! Charges: one for each attempt to take money from a card.

use serde_json::{Value, json};

use crate::cards::Refusal;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;
use crate::{blank, events, ids};

/// Records that the card was charged, or authorised when the capture is left for later.
pub(crate) fn succeed(
    tx: &Tx<'_>,
    intent: &Value,
    method: &Value,
    captured: bool,
) -> Result<Value, ApiError> {
    let mut charge = new(tx, intent, method)?;
    charge.put("paid", true);
    charge.put("status", "succeeded");
    charge.put("captured", captured);
    if captured {
        charge.put("amount_captured", intent.amount("amount"));
    }
    let mut outcome = outcome("authorized", "approved_by_network", "The payment went through.");
    outcome.put("risk_level", "normal");
    charge.put("outcome", outcome);
    tx.insert(&charge)?;
    if captured {
        add_balance_transaction(tx, &mut charge)?;
    }
    events::emit(tx, "charge.succeeded", &charge)?;
    Ok(charge)
}

/// Records that a bank was asked for the money and has not answered yet.
pub(super) fn begin(tx: &Tx<'_>, intent: &Value, method: &Value) -> Result<Value, ApiError> {
    let charge = new(tx, intent, method)?;
    tx.insert(&charge)?;
    events::emit(tx, "charge.pending", &charge)?;
    Ok(charge)
}

/// Records that the money a bank was asked for has come.
pub(super) fn arrive(tx: &Tx<'_>, charge: &mut Value) -> Result<(), ApiError> {
    charge.put("paid", true);
    charge.put("status", "succeeded");
    charge.put("captured", true);
    charge.put("amount_captured", charge.amount("amount"));
    charge.put("outcome", outcome("authorized", "approved_by_network", "The payment went through."));
    add_balance_transaction(tx, charge)?;
    events::emit(tx, "charge.succeeded", charge)
}

/// Records that a bank did not pay.
pub(super) fn bounce(tx: &Tx<'_>, charge: &mut Value, refusal: &Refusal) -> Result<(), ApiError> {
    refuse(charge, refusal);
    tx.save(charge)?;
    events::emit(tx, "charge.failed", charge)
}

fn refuse(charge: &mut Value, refusal: &Refusal) {
    charge.put("status", "failed");
    charge.put("failure_code", refusal.code);
    charge.put("failure_message", refusal.message);
    let mut outcome = outcome("issuer_declined", "declined_by_network", "The issuer refused the payment.");
    outcome.put("reason", refusal.decline_code);
    charge.put("outcome", outcome);
}

/// Records that the issuer refused.
pub(crate) fn fail(
    tx: &Tx<'_>,
    intent: &Value,
    method: &Value,
    refusal: &Refusal,
) -> Result<Value, ApiError> {
    let mut charge = new(tx, intent, method)?;
    refuse(&mut charge, refusal);
    tx.insert(&charge)?;
    events::emit(tx, "charge.failed", &charge)?;
    Ok(charge)
}

/// Takes the money that was authorised: all of it, or less, in which case the rest is released.
pub(crate) fn capture(tx: &Tx<'_>, charge: &mut Value, amount: i64) -> Result<(), ApiError> {
    charge.put("captured", true);
    charge.put("amount_captured", amount);
    charge.put("amount_refunded", charge.amount("amount") - amount);
    add_balance_transaction(tx, charge)?;
    events::emit(tx, "charge.captured", charge)
}

fn outcome(kind: &str, network_status: &str, message: &str) -> Value {
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": network_status,
        "reason": null,
        "seller_message": message,
        "type": kind,
    })
}

fn new(tx: &Tx<'_>, intent: &Value, method: &Value) -> Result<Value, ApiError> {
    let mut charge = blank::CHARGE.copy()?;
    charge.merge(json!({
        "id": ids::new_id("ch"),
        "amount": intent.amount("amount"),
        "billing_details": method.copy("billing_details"),
        "calculated_statement_descriptor": tx.context().merchant_name,
        "created": tx.now(),
        "currency": intent.copy("currency"),
        "customer": intent.copy("customer"),
        "description": intent.copy("description"),
        "metadata": intent.copy("metadata"),
        "payment_intent": intent.id(),
        "payment_method": method.id(),
        "payment_method_details": details(method),
        "receipt_email": intent.copy("receipt_email"),
        "shipping": intent.copy("shipping"),
        "statement_descriptor": intent.copy("statement_descriptor"),
        "statement_descriptor_suffix": intent.copy("statement_descriptor_suffix"),
        "transfer_group": intent.copy("transfer_group"),
    }));
    Ok(charge)
}

fn details(method: &Value) -> Value {
    if let Some(debit) = method.field("sepa_debit") {
        let mut debit = debit.clone();
        debit.merge(json!({ "expected_debit_date": null, "mandate": null }));
        return json!({ "sepa_debit": debit, "type": "sepa_debit" });
    }
    let card = &method["card"];
    json!({
        "card": {
            "amount_authorized": null,
            "authorization_code": null,
            "brand": card["brand"],
            "checks": card["checks"],
            "country": card["country"],
            "electronic_commerce_indicator": null,
            "exp_month": card["exp_month"],
            "exp_year": card["exp_year"],
            "fingerprint": card["fingerprint"],
            "funding": card["funding"],
            "installments": null,
            "last4": card["last4"],
            "mandate": null,
            "network": card["brand"],
            "network_transaction_id": null,
            "regulated_status": null,
            "three_d_secure": null,
            "transaction_link_id": null,
            "wallet": null,
        },
        "type": "card",
    })
}

fn add_balance_transaction(tx: &Tx<'_>, charge: &mut Value) -> Result<(), ApiError> {
    let id = record_balance(tx, "charge", "charge", charge.amount("amount_captured"), charge)?;
    charge.put("balance_transaction", id);
    tx.save(charge)
}

/// Records what a charge, a refund or a dispute did to the balance, with its type and the category of reports. The
/// sandbox takes no fees.
pub(crate) fn record_balance(
    tx: &Tx<'_>,
    kind: &str,
    category: &str,
    amount: i64,
    source: &Value,
) -> Result<String, ApiError> {
    let id = ids::new_id("txn");
    tx.insert(&json!({
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": tx.now(),
        "balance_type": "payments",
        "created": tx.now(),
        "currency": source.copy("currency"),
        "description": source.copy("description"),
        "exchange_rate": null,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": category,
        "source": source.id(),
        "status": "available",
        "type": kind,
    }))?;
    Ok(id)
}
