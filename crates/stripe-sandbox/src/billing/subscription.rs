//! The life of a subscription once it is made: <https://docs.stripe.com/billing/subscriptions/overview>.
//! It is made in [`super::subscribe`].

use serde_json::{Value, json};

use super::{collection, pending, schedules};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::{Select, Tx};
use crate::{events, present};

const DAY: i64 = 86_400;
/// How long Stripe waits for the first payment of a subscription.
const FIRST_PAYMENT_WITHIN_SECONDS: i64 = 23 * 60 * 60;
/// How long before its end Stripe reminds of a trial.
const TRIAL_NOTICE_SECONDS: i64 = 3 * DAY;
/// Stripe's longest trial: 730 days.
const LONGEST_TRIAL_SECONDS: i64 = 730 * DAY;

/// Writes a subscription, with the next time at which something happens to it by itself.
pub(crate) fn save(tx: &Tx<'_>, subscription: &mut Value) -> Result<(), ApiError> {
    let due = match subscription.text("status") {
        Some("active" | "trialing" | "past_due" | "unpaid") => {
            let end = period_end(tx, subscription)?;
            let times = [
                subscription.integer("cancel_at"),
                subscription.integer("pause_collection.resumes_at"),
                subscription.integer("pending_update.expires_at"),
                trial_notice(subscription),
                Some(end),
            ];
            times.into_iter().flatten().min()
        }
        Some("incomplete") => Some(subscription.amount("created") + FIRST_PAYMENT_WITHIN_SECONDS),
        _ => None,
    };
    subscription.put("_due_at", json!(due));
    tx.save(subscription)
}

/// How proration is counted and put on invoices, as it was asked for. Whatever that is, the classic way is what is done here
/// (<https://docs.stripe.com/billing/subscriptions/billing-mode>).
pub(crate) fn billing_mode(parameters: &Value) -> Value {
    let kind = parameters.text("billing_mode.type").unwrap_or("classic");
    json!({ "flexible": parameters.copy("billing_mode.flexible"), "type": kind })
}

/// When a trial would end, by the parameters of a subscription; `within` names the object that holds them.
pub(crate) fn trial_end(tx: &Tx<'_>, parameters: &Value, within: &str) -> Result<Option<i64>, ApiError> {
    let days = parameters.integer("trial_period_days").filter(|days| *days > 0);
    let end = parameters.integer("trial_end").or_else(|| days.map(|days| tx.now() + days * DAY));
    match end.map(|end| end - tx.now()) {
        None => Ok(None),
        Some(length) if (0..=LONGEST_TRIAL_SECONDS).contains(&length) => Ok(end),
        Some(_) => {
            let param =
                if within.is_empty() { "trial_end".to_owned() } else { format!("{within}[trial_end]") };
            Err(ApiError::invalid(&param, "A trial must end in the future, and within two years."))
        }
    }
}

/// When the end of the trial is to be told: three days before, and once.
fn trial_notice(subscription: &Value) -> Option<i64> {
    let waiting = subscription.text("status") == Some("trialing") && !subscription.flag("_trial_end_told");
    subscription.integer("trial_end").filter(|_| waiting).map(|end| end - TRIAL_NOTICE_SECONDS)
}

/// Whether the end of the trial is to be told now.
pub(super) fn trial_ends_soon(tx: &Tx<'_>, subscription: &Value) -> bool {
    trial_notice(subscription).is_some_and(|at| at <= tx.now())
}

/// Tells that the trial ends soon.
pub(super) fn tell_trial_end(tx: &Tx<'_>, mut subscription: Value) -> Result<Value, ApiError> {
    subscription.put("_trial_end_told", true);
    save(tx, &mut subscription)?;
    events::emit(tx, "customer.subscription.trial_will_end", &subscription)?;
    Ok(subscription)
}

/// Collects invoices again after the pause that its owner had set.
pub(super) fn resume_collection(tx: &Tx<'_>, before: &Value) -> Result<(), ApiError> {
    let mut subscription = before.clone();
    subscription.put("pause_collection", Value::Null);
    save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", before, &subscription)
}

/// Whether there is a payment method that pays for a subscription.
pub(super) fn has_payment_method(tx: &Tx<'_>, subscription: &Value) -> Result<bool, ApiError> {
    let customer = tx.linked("customer", subscription.text("customer").unwrap_or_default())?;
    let own = subscription.field("default_payment_method").is_some();
    Ok(own || customer.field("invoice_settings.default_payment_method").is_some())
}

/// The start and the end of the current period.
pub(crate) fn period(tx: &Tx<'_>, subscription: &Value) -> Result<(i64, i64), ApiError> {
    let items = present::subscription_items(tx, subscription.id())?;
    let bounds = |item: &Value| (item.amount("current_period_start"), item.amount("current_period_end"));
    Ok(items.first().map_or((tx.now(), tx.now()), bounds))
}

/// The end of the current period.
pub(crate) fn period_end(tx: &Tx<'_>, subscription: &Value) -> Result<i64, ApiError> {
    Ok(period(tx, subscription)?.1)
}

/// Makes a subscription live once its invoice is paid.
pub(crate) fn invoice_paid(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(id) = invoice.text("parent.subscription_details.subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    let mut subscription = Value::clone(&before);
    keep_payment_method(tx, &mut subscription, invoice)?;
    // Of several open invoices the newest decides.
    let newest = before.text("latest_invoice") == Some(invoice.id());
    if newest && matches!(before.text("status"), Some("incomplete" | "past_due" | "unpaid")) {
        subscription.put("status", "active");
    }
    save(tx, &mut subscription)?;
    if subscription.flag("_announced") {
        events::emit_change(tx, "customer.subscription.updated", &before, &subscription)?;
    }
    pending::invoice_paid(tx, &subscription, invoice)
}

/// Makes a subscription live whose newest invoice its owner voided, or does not expect the money of any more: no payment of
/// it is behind then (<https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses>).
pub(crate) fn invoice_given_up(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(id) = invoice.text("parent.subscription_details.subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    let newest = before.text("latest_invoice") == Some(invoice.id());
    if !newest || !matches!(before.text("status"), Some("past_due" | "unpaid")) {
        return Ok(());
    }
    let mut subscription = Value::clone(&before);
    subscription.put("status", "active");
    save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", &before, &subscription)
}

/// Remembers the method that paid, when the subscription was made to.
fn keep_payment_method(tx: &Tx<'_>, subscription: &mut Value, invoice: &Value) -> Result<(), ApiError> {
    if subscription.text("payment_settings.save_default_payment_method") != Some("on_subscription") {
        return Ok(());
    }
    let Some(intent) = invoice.text("_payment_intent") else { return Ok(()) };
    let intent = tx.linked("payment_intent", intent)?;
    let Some(method) = intent.text("payment_method") else { return Ok(()) };
    let mut method = tx.linked_copy("payment_method", method)?;
    payment_methods::attach(tx, &mut method, subscription.text("customer").unwrap_or_default())?;
    subscription.put("default_payment_method", method.id());
    Ok(())
}

/// Makes a subscription live whose first invoice a bank was asked to pay: Stripe trusts it to.
pub(super) fn payment_under_way(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(id) = invoice.text("parent.subscription_details.subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    if before.text("status") != Some("incomplete") {
        return Ok(());
    }
    let mut subscription = Value::clone(&before);
    keep_payment_method(tx, &mut subscription, invoice)?;
    subscription.put("status", "active");
    save(tx, &mut subscription)?;
    if subscription.flag("_announced") {
        events::emit_change(tx, "customer.subscription.updated", &before, &subscription)?;
    }
    Ok(())
}

/// Notes that a change of a subscription waits for its invoice to be paid.
pub(super) fn payment_awaited(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let id = invoice.text("parent.subscription_details.subscription").unwrap_or_default();
    let mut subscription = tx.linked_copy("subscription", id)?;
    if subscription.text("status") == Some("active") {
        subscription.put("status", "past_due");
    }
    save(tx, &mut subscription)
}

/// Ends a subscription that its owner canceled. One that has ended already is left alone.
pub(crate) fn cancel_now(tx: &Tx<'_>, subscription: &Value) -> Result<Value, ApiError> {
    end(tx, subscription, "canceled", Some("cancellation_requested"))
}

/// Ends a subscription as `canceled` or `incomplete_expired`.
pub(crate) fn end(
    tx: &Tx<'_>,
    subscription: &Value,
    status: &str,
    reason: Option<&str>,
) -> Result<Value, ApiError> {
    if matches!(subscription.text("status"), Some("canceled" | "incomplete_expired")) {
        return Ok(subscription.clone());
    }
    let mut ended = subscription.clone();
    ended.put("status", status);
    ended.put("ended_at", tx.now());
    if ended.field("canceled_at").is_none() {
        ended.put("canceled_at", tx.now());
    }
    ended.put("cancellation_details.reason", json!(reason));
    pending::forget(&mut ended);
    save(tx, &mut ended)?;
    schedules::cancel_with(tx, &ended)?;
    stop_open_invoices(tx, subscription)?;
    let event =
        if status == "canceled" { "customer.subscription.deleted" } else { "customer.subscription.updated" };
    events::emit(tx, event, &ended)?;
    Ok(ended)
}

/// Nothing is collected by itself any more: what is open stays open, for its owner to void and for anybody to pay
/// (<https://docs.stripe.com/billing/subscriptions/cancel#handle-invoice-items-when-canceling-subscriptions>). Only what a
/// subscription was to begin with, or was to change for, is voided.
fn stop_open_invoices(tx: &Tx<'_>, before: &Value) -> Result<(), ApiError> {
    let open = Select::of("invoice")
        .with("parent.subscription_details.subscription", before.id().to_owned())
        .with("status", "open".to_owned());
    for mut invoice in open.all(tx)? {
        let awaited = before.text("_pending.invoice") == Some(invoice.id());
        if awaited || before.text("status") == Some("incomplete") {
            collection::give_up(tx, &mut invoice, "void")?;
        } else {
            collection::stop(tx, &mut invoice)?;
        }
    }
    Ok(())
}
