//! The life of a dispute: <https://docs.stripe.com/disputes/how-disputes-work>.
//!
//! A chargeback takes the money at once, and gives it back when it is won. An inquiry only asks.

use serde_json::{Value, json};

use super::charges;
use crate::cards::{Behaviour, Grounds};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::{Select, Tx};
use crate::{blank, events, ids};

/// What a dispute is kept as.
pub(crate) const DISPUTE: &str = "dispute";

const DAY: i64 = 86_400;
/// How long the merchant may answer: networks give 7 to 21 days (<https://docs.stripe.com/disputes/responding>).
const DAYS_TO_ANSWER: i64 = 7;
/// After how long an inquiry that came to nothing is closed.
const DAYS_OF_AN_INQUIRY: i64 = 120;

/// What evidence does to a dispute in test mode (<https://docs.stripe.com/testing#disputes>), by the text it has.
const WINNING: &str = "winning_evidence";
const LOSING: &str = "losing_evidence";
const ESCALATING: &str = "escalate_inquiry_evidence";

/// Raises a dispute over a charge that has just succeeded, if its card is one of those.
pub(super) fn raise_if_disputed(tx: &Tx<'_>, charge: &str, method: &Value) -> Result<(), ApiError> {
    let Behaviour::SucceedsDisputed(grounds) = payment_methods::behaviour(method) else { return Ok(()) };
    let mut charge = tx.linked_copy("charge", charge)?;
    let mut dispute = open(tx, &charge, grounds)?;
    charge.put("disputed", true);
    tx.save(&charge)?;
    tx.insert(&dispute)?;
    if is_inquiry(&dispute) {
        return events::emit(tx, "charge.dispute.created", &dispute);
    }
    move_money(tx, &mut dispute, "dispute", -charge.amount("amount_captured"))?;
    events::emit(tx, "charge.dispute.created", &dispute)?;
    events::emit(tx, "charge.dispute.funds_withdrawn", &dispute)
}

fn open(tx: &Tx<'_>, charge: &Value, grounds: Grounds) -> Result<Value, ApiError> {
    let (reason, code) = match grounds {
        Grounds::Fraudulent | Grounds::Inquiry => ("fraudulent", "10.4"),
        Grounds::NotReceived => ("product_not_received", "13.1"),
    };
    let asks_only = grounds == Grounds::Inquiry;
    let brand = charge.copy("payment_method_details.card.brand");
    let due_by = tx.now() + DAYS_TO_ANSWER * DAY;
    let mut dispute = blank::DISPUTE.copy()?;
    dispute.merge(json!({
        "id": ids::new_id("du"),
        "amount": charge.amount("amount_captured"),
        "charge": charge.id(),
        "created": tx.now(),
        "currency": charge.copy("currency"),
        "is_charge_refundable": asks_only,
        "network_reason_code": code,
        "payment_intent": charge.copy("payment_intent"),
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": if asks_only { "inquiry" } else { "chargeback" },
                "network": brand,
                "network_reason_code": code,
            },
            "type": "card",
        },
        "reason": reason,
        "status": if asks_only { "warning_needs_response" } else { "needs_response" },
        "_due_at": if asks_only { tx.now() + DAYS_OF_AN_INQUIRY * DAY } else { due_by },
    }));
    dispute.put("evidence_details.due_by", due_by);
    Ok(dispute)
}

/// Whether the bank only asks, and has taken nothing.
fn is_inquiry(dispute: &Value) -> bool {
    dispute.text("status").is_some_and(|status| status.starts_with("warning_"))
}

fn is_closed(dispute: &Value) -> bool {
    matches!(dispute.text("status"), Some("won" | "lost" | "warning_closed"))
}

/// Refuses what is closed already.
pub(crate) fn ensure_open(dispute: &Value) -> Result<(), ApiError> {
    if is_closed(dispute) {
        return Err(ApiError::request(format!("The dispute {} is already closed.", dispute.id())));
    }
    Ok(())
}

/// Refuses to give money back that the bank has taken already.
pub(crate) fn ensure_refundable(tx: &Tx<'_>, charge: &Value) -> Result<(), ApiError> {
    if !charge.flag("disputed") {
        return Ok(());
    }
    let disputes = Select::of(DISPUTE).with("charge", charge.id().to_owned()).all(tx)?;
    if disputes.iter().any(|dispute| !is_inquiry(dispute) && dispute.text("status") != Some("won")) {
        let message = format!("Charge {} has been charged back; it cannot be refunded.", charge.id());
        return Err(ApiError::request(message).with_code("charge_disputed"));
    }
    Ok(())
}

/// Sends the evidence that was gathered to the bank, which answers at once if it is one of Stripe's test words. `before`
/// is the dispute as it is kept.
pub(crate) fn submit(tx: &Tx<'_>, before: &Value, dispute: &mut Value) -> Result<(), ApiError> {
    dispute.put("evidence_details.submission_count", dispute.amount("evidence_details.submission_count") + 1);
    dispute.put("evidence_details.submission_method", "manual");
    let word = dispute.owned("evidence.uncategorized_text").unwrap_or_default();
    let status = match (is_inquiry(dispute), word.as_str()) {
        (true, ESCALATING) => return escalate(tx, before, dispute),
        (true, WINNING | LOSING) => "warning_closed",
        (true, _) => "warning_under_review",
        (false, WINNING) => "won",
        (false, LOSING) => "lost",
        (false, _) => "under_review",
    };
    if matches!(status, "warning_under_review" | "under_review") {
        dispute.put("status", status);
        // The bank takes its time now; nothing is lost for want of an answer.
        dispute.put("_due_at", Value::Null);
        tx.save(dispute)?;
        return events::emit_change(tx, "charge.dispute.updated", before, dispute);
    }
    close(tx, dispute, status)
}

/// The bank was not content, and takes the money.
fn escalate(tx: &Tx<'_>, before: &Value, dispute: &mut Value) -> Result<(), ApiError> {
    let due_by = tx.now() + DAYS_TO_ANSWER * DAY;
    dispute.put("status", "needs_response");
    dispute.put("is_charge_refundable", false);
    dispute.put("payment_method_details.card.case_type", "chargeback");
    dispute.put("evidence_details.due_by", due_by);
    dispute.put("_due_at", due_by);
    move_money(tx, dispute, "dispute", -dispute.amount("amount"))?;
    events::emit_change(tx, "charge.dispute.updated", before, dispute)?;
    events::emit(tx, "charge.dispute.funds_withdrawn", dispute)
}

/// Ends a dispute without an answer of the merchant's: what was taken is lost.
pub(crate) fn concede(tx: &Tx<'_>, dispute: &mut Value) -> Result<(), ApiError> {
    let status = if is_inquiry(dispute) { "warning_closed" } else { "lost" };
    close(tx, dispute, status)
}

/// Ends a dispute that nobody has answered in time.
pub(super) fn let_lapse(tx: &Tx<'_>, due: &Value) -> Result<(), ApiError> {
    let mut dispute = due.clone();
    dispute.put("evidence_details.past_due", true);
    concede(tx, &mut dispute)
}

fn close(tx: &Tx<'_>, dispute: &mut Value, status: &str) -> Result<(), ApiError> {
    let before = tx.linked(DISPUTE, dispute.id())?;
    dispute.put("status", status);
    dispute.put("_due_at", Value::Null);
    if status == "won" {
        move_money(tx, dispute, "dispute_reversal", dispute.amount("amount"))?;
    } else {
        tx.save(dispute)?;
    }
    events::emit_change(tx, "charge.dispute.updated", &before, dispute)?;
    events::emit(tx, "charge.dispute.closed", dispute)?;
    if status == "won" {
        events::emit(tx, "charge.dispute.funds_reinstated", dispute)?;
    }
    Ok(())
}

/// Takes money from the balance, or gives it back, and keeps the dispute with the trace of it.
fn move_money(tx: &Tx<'_>, dispute: &mut Value, category: &str, amount: i64) -> Result<(), ApiError> {
    let id = charges::record_balance(tx, "adjustment", category, amount, dispute)?;
    let mut moved = dispute.elements("balance_transactions").to_vec();
    moved.push(tx.linked_copy("balance_transaction", &id)?);
    dispute.put("balance_transactions", moved);
    tx.save(dispute)
}
