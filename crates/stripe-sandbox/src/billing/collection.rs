//! The end of an open invoice: paid, tried again, voided or given up.

use serde_json::{Value, json};

use super::payments::{self, Attempt, Presence};
use super::{balance, dunning, pending, subscription};
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::{Select, Tx};

/// Tries to pay an open invoice with `method`, or with the default one.
pub(crate) fn pay(
    tx: &Tx<'_>,
    invoice: &mut Value,
    method: Option<&str>,
    presence: Presence,
) -> Result<Attempt, ApiError> {
    let method = match method {
        Some(id) => payment_methods::resolve(tx, id, "payment_method")?,
        None => default_method(tx, invoice)?.ok_or_else(|| {
            ApiError::request("This customer has no default payment method.").with_code("resource_missing")
        })?,
    };
    pay_with(tx, invoice, method, presence, false)
}

/// Like [`pay`], with the method at hand. `scheduled` says that nobody asked for it. Of the tries that somebody asks for,
/// only the first one counts: `attempt_count` looks from the retry schedule.
pub(super) fn pay_with(
    tx: &Tx<'_>,
    invoice: &mut Value,
    mut method: Value,
    presence: Presence,
    scheduled: bool,
) -> Result<Attempt, ApiError> {
    let mut intent = tx.linked_copy("payment_intent", invoice.text("_payment_intent").unwrap_or_default())?;
    let first = invoice.amount("attempt_count") == 0;
    invoice.put("attempted", true);
    if first || scheduled {
        invoice.put("attempt_count", invoice.amount("attempt_count") + 1);
    }
    tx.save(invoice)?;
    // An invoice keeps a challenge open for the customer to come back to, so it is not a refusal like for other payments.
    let attempt = payments::confirm(tx, &mut intent, &mut method, Presence::OnSession)?;
    *invoice = tx.linked_copy("invoice", invoice.id())?;
    dunning::note_refusal(invoice, &method, &attempt);
    let unpaid = match attempt {
        Attempt::Succeeded => false,
        Attempt::Challenged => {
            tx.save(invoice)?;
            events::emit(tx, "invoice.payment_action_required", invoice)?;
            presence == Presence::OffSession
        }
        Attempt::Processing => {
            subscription::payment_under_way(tx, invoice)?;
            false
        }
        Attempt::Declined(_) => true,
    };
    if unpaid {
        dunning::failed(tx, invoice, first || scheduled)?;
    }
    Ok(attempt)
}

/// The method that pays when none is named: the invoice's, the subscription's, the customer's.
pub(super) fn default_method(tx: &Tx<'_>, invoice: &Value) -> Result<Option<Value>, ApiError> {
    let subscription = invoice.text("parent.subscription_details.subscription");
    let subscription = subscription.map(|id| tx.linked("subscription", id)).transpose()?;
    let customer = tx.linked("customer", invoice.text("customer").unwrap_or_default())?;
    let id = invoice
        .text("default_payment_method")
        .or(subscription.as_ref().and_then(|subscription| subscription.text("default_payment_method")))
        .or(customer.text("invoice_settings.default_payment_method"));
    id.map(|id| tx.linked_copy("payment_method", id)).transpose()
}

/// Records that an invoice is paid, and tells its subscription.
pub(crate) fn mark_paid(tx: &Tx<'_>, invoice: &mut Value, intent: Option<&Value>) -> Result<(), ApiError> {
    invoice.put("status", "paid");
    invoice.put("attempted", true);
    invoice.put("auto_advance", false);
    invoice.put("amount_paid", invoice.amount("amount_due"));
    invoice.put("amount_remaining", 0);
    invoice.put("next_payment_attempt", Value::Null);
    invoice.put("_due_at", Value::Null);
    invoice.put("status_transitions.paid_at", tx.now());
    tx.save(invoice)?;
    if let Some(intent) = intent {
        end_payments(tx, invoice, "paid", Some(intent))?;
    }
    events::emit(tx, "invoice.paid", invoice)?;
    events::emit(tx, "invoice.payment_succeeded", invoice)?;
    subscription::invoice_paid(tx, invoice)
}

/// Ends the open payments of an invoice as paid or canceled.
fn end_payments(tx: &Tx<'_>, invoice: &Value, status: &str, intent: Option<&Value>) -> Result<(), ApiError> {
    let open = Select::of("invoice_payment")
        .with("invoice", invoice.id().to_owned())
        .with("status", "open".to_owned());
    for mut payment in open.all(tx)? {
        payment.put("status", status);
        payment.put(&format!("status_transitions.{status}_at"), tx.now());
        if let Some(intent) = intent {
            payment.put("amount_paid", intent.amount("amount_received"));
        }
        tx.save(&payment)?;
        if status == "paid" {
            events::emit(tx, "invoice_payment.paid", &payment)?;
        }
    }
    Ok(())
}

/// Has what happens to an invoice by itself follow its `auto_advance`: a subscription's draft is finalized, and what is open
/// is tried again (<https://docs.stripe.com/invoicing/integration/automatic-advancement-collection>).
pub(crate) fn follow_auto_advance(tx: &Tx<'_>, invoice: &mut Value) {
    let is_billed = invoice.text("parent.subscription_details.subscription").is_some();
    let at =
        (is_billed && invoice.flag("auto_advance")).then(|| tx.now() + tx.context().renewal_draft_seconds);
    match invoice.text("status") {
        Some("draft") => invoice.put("automatically_finalizes_at", json!(at)),
        Some("open") => invoice.put("next_payment_attempt", json!(at)),
        _ => return,
    }
    invoice.put("_due_at", json!(at));
}

/// Leaves an open invoice to whoever wants to pay it.
pub(super) fn stop(tx: &Tx<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let before = invoice.clone();
    invoice.put("auto_advance", false);
    invoice.put("next_payment_attempt", Value::Null);
    invoice.put("_due_at", Value::Null);
    tx.save(invoice)?;
    events::emit_change(tx, "invoice.updated", &before, invoice)
}

/// Ends an open invoice without payment: `void` or `uncollectible`.
pub(crate) fn give_up(tx: &Tx<'_>, invoice: &mut Value, status: &str) -> Result<(), ApiError> {
    let (transition, event) = match status {
        "void" => ("voided_at", "invoice.voided"),
        _ => ("marked_uncollectible_at", "invoice.marked_uncollectible"),
    };
    invoice.put("status", status);
    invoice.put("auto_advance", false);
    invoice.put("next_payment_attempt", Value::Null);
    invoice.put("_due_at", Value::Null);
    invoice.put(&format!("status_transitions.{transition}"), tx.now());
    tx.save(invoice)?;
    if let Some(intent) = invoice.text("_payment_intent") {
        let mut intent = tx.linked_copy("payment_intent", intent)?;
        if status == "void" && intent.text("status") != Some("succeeded") {
            payments::cancel(tx, &mut intent, Some("void_invoice"))?;
            end_payments(tx, invoice, "canceled", None)?;
        }
    }
    events::emit(tx, event, invoice)?;
    if status != "void" {
        return Ok(());
    }
    balance::give_back(tx, invoice)?;
    pending::invoice_voided(tx, invoice)
}
