//! What follows a renewal that was not paid: <https://docs.stripe.com/billing/revenue-recovery/smart-retries>.
//!
//! The retries run on fixed days after the first try. A card that its bank told not to try again is left alone: the
//! retries are still counted, as at Stripe, and go on once another card is there.

use serde_json::{Value, json};

use super::payments::{Attempt, Presence};
use super::{collection, subscription};
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::options::LastResort;
use crate::store::Tx;

const DAY: i64 = 86_400;

/// The decline codes after which Stripe never tries the same card again by itself.
const FINAL_DECLINES: [&str; 9] = [
    "authentication_required",
    "highest_risk_level",
    "incorrect_number",
    "lost_card",
    "pickup_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stolen_card",
    "transaction_not_allowed",
];

/// Tries to pay an invoice without anybody asking for it: when it is finalized, and on the days of the retries.
pub(super) fn pay_by_itself(tx: &Tx<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let method = collection::default_method(tx, invoice)?.filter(|method| may_be_tried(invoice, method));
    let Some(method) = method else {
        invoice.put("attempted", true);
        invoice.put("attempt_count", invoice.amount("attempt_count") + 1);
        return failed(tx, invoice, true);
    };
    collection::pay_with(tx, invoice, method, Presence::OffSession, true).map(|_| ())
}

fn may_be_tried(invoice: &Value, method: &Value) -> bool {
    invoice.text("_refused_method") != Some(method.id())
}

/// Remembers a card that must not be tried again.
pub(super) fn note_refusal(invoice: &mut Value, method: &Value, attempt: &Attempt) {
    let is_final = match attempt {
        Attempt::Succeeded | Attempt::Processing => false,
        // The customer has been asked; to ask again would take the question back.
        Attempt::Challenged => true,
        Attempt::Declined(refusal) => FINAL_DECLINES.contains(&refusal.decline_code),
    };
    if is_final {
        invoice.put("_refused_method", method.id());
    }
}

/// Notes a payment that failed. One that is not on the schedule leaves it as it is.
pub(super) fn failed(tx: &Tx<'_>, invoice: &mut Value, scheduled: bool) -> Result<(), ApiError> {
    let before = tx.linked("invoice", invoice.id())?;
    let reason = invoice.text("billing_reason");
    let begun = invoice.flag("_bounced") && reason == Some("subscription_create");
    let retried = begun || matches!(reason, Some("subscription_cycle" | "subscription_update"));
    // A change that waits for its payment is not tried again by itself.
    let counts = retried && scheduled && !invoice.flag("_pending_update");
    let goes_on = counts && invoice.flag("auto_advance");
    if goes_on {
        schedule(tx, invoice);
    }
    tx.save(invoice)?;
    events::emit_change(tx, "invoice.updated", &before, invoice)?;
    events::emit(tx, "invoice.payment_failed", invoice)?;
    match (counts, goes_on) {
        (false, _) => Ok(()),
        // Nothing follows by itself, not even the end of all patience.
        (true, false) => fall_behind(tx, invoice),
        (true, true) if invoice.field("next_payment_attempt").is_some() => {
            set_status_of_payer(tx, invoice, "past_due")
        }
        (true, true) => give_up_on(tx, invoice),
    }
}

/// Notes that a bank did not pay a debit that was under way. Even a first invoice is tried again then: its subscription has
/// begun already.
pub(super) fn debit_bounced(tx: &Tx<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    invoice.put("_bounced", true);
    failed(tx, invoice, true)
}

/// Sets the day of the next try, or none after the last one.
fn schedule(tx: &Tx<'_>, invoice: &mut Value) {
    let first = invoice.integer("_first_failed_at").unwrap_or(tx.now());
    let tries = usize::try_from(invoice.amount("attempt_count") - 1).unwrap_or(0);
    let next = tx.context().dunning.retry_days.get(tries).map(|days| first + days * DAY);
    invoice.put("_first_failed_at", first);
    invoice.put("next_payment_attempt", json!(next));
    invoice.put("_due_at", json!(next));
}

/// Does what the owner decided for when the last try has failed.
fn give_up_on(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    match tx.context().dunning.last_resort {
        LastResort::MarkUnpaid => set_status_of_payer(tx, invoice, "unpaid"),
        LastResort::LeavePastDue => set_status_of_payer(tx, invoice, "past_due"),
        LastResort::Cancel => {
            let id = invoice.text("parent.subscription_details.subscription").unwrap_or_default();
            let payer = tx.linked("subscription", id)?;
            subscription::end(tx, &payer, "canceled", Some("payment_failed")).map(|_| ())
        }
    }
}

/// A subscription that was in order is not any more.
fn fall_behind(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let id = invoice.text("parent.subscription_details.subscription").unwrap_or_default();
    match tx.linked("subscription", id)?.text("status") {
        Some("active") => set_status_of_payer(tx, invoice, "past_due"),
        _ => Ok(()),
    }
}

fn set_status_of_payer(tx: &Tx<'_>, invoice: &Value, status: &str) -> Result<(), ApiError> {
    let id = invoice.text("parent.subscription_details.subscription").unwrap_or_default();
    let before = tx.linked("subscription", id)?;
    let mut subscription = Value::clone(&before);
    subscription.put("status", status);
    subscription::save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", &before, &subscription)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::Refusal;

    fn declined(decline_code: &'static str) -> Attempt {
        Attempt::Declined(Refusal { code: "card_declined", decline_code, message: "", param: None })
    }

    #[test]
    fn a_lost_card_is_never_tried_again_and_an_empty_one_is() {
        let method = json!({ "id": "pm_1" });
        let other = json!({ "id": "pm_2" });
        let mut invoice = json!({ "id": "in_1" });
        note_refusal(&mut invoice, &method, &declined("insufficient_funds"));
        assert!(may_be_tried(&invoice, &method));
        for code in ["lost_card", "stolen_card"] {
            note_refusal(&mut invoice, &method, &declined(code));
            assert!(!may_be_tried(&invoice, &method) && may_be_tried(&invoice, &other));
        }
    }
}
