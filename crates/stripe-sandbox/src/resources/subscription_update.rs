//! Updating a subscription: <https://docs.stripe.com/api/subscriptions/update>.

use serde_json::{Value, json};

use super::{subscription_items, subscriptions};
use crate::billing::change::{self, Change, Cycle, PaymentBehavior, Proration};
use crate::billing::payments::Presence;
use crate::billing::proration::ItemChange;
use crate::billing::{discounts, pending, subscribe, subscription, taxes};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::Request;
use crate::store::Tx;
use crate::{events, metadata};

pub(super) fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = live(tx, request.id(), "id")?;
    run(tx, &before, &request.parameters)
}

/// Updates a subscription as `POST /v1/subscriptions/{id}` does.
pub(crate) fn run(tx: &Tx<'_>, before: &Value, parameters: &Value) -> Result<Value, ApiError> {
    let change = read(tx, before, parameters)?;
    change::update(tx, before, &change)
}

/// The subscription, unless it has ended.
pub(crate) fn live(tx: &Tx<'_>, id: &str, param: &str) -> Result<Value, ApiError> {
    let subscription = tx.get("subscription", id, param)?;
    if matches!(subscription.text("status"), Some("canceled" | "incomplete_expired")) {
        return Err(ApiError::request("A subscription that has ended cannot be changed."));
    }
    Ok(subscription)
}

/// Reads what an update asks for.
pub(super) fn read(tx: &Tx<'_>, before: &Value, parameters: &Value) -> Result<Change, ApiError> {
    let mut subscription = before.clone();
    copy_given(&mut subscription, parameters, &["description", "days_until_due", "collection_method"]);
    match parameters.get("default_payment_method") {
        Some(Value::String(id)) => {
            let customer = before.text("customer").unwrap_or_default();
            subscription.put("default_payment_method", subscriptions::own_method(tx, id, customer)?);
        }
        Some(_) => subscription.put("default_payment_method", Value::Null),
        None => {}
    }
    if parameters.get("default_tax_rates").is_some() {
        subscription.put("default_tax_rates", taxes::read(tx, parameters, "default_tax_rates")?);
    }
    if let Some(pause) = parameters.get("pause_collection") {
        subscription.put("pause_collection", pause_collection(pause));
    }
    copy_trial_settings(&mut subscription, parameters);
    schedule_end(tx, &mut subscription, parameters)?;
    note_cancellation(&mut subscription, parameters);
    metadata::merge(&mut subscription, parameters)?;
    change_discounts(tx, &mut subscription, parameters)?;
    let items = subscription_items::read_changes(tx, before, parameters)?;
    change_of(tx, subscription, items, parameters)
}

/// The pause as it is shown; null when it is lifted.
fn pause_collection(given: &Value) -> Value {
    match given.text("behavior") {
        Some(behavior) => json!({ "behavior": behavior, "resumes_at": given.copy("resumes_at") }),
        None => Value::Null,
    }
}

/// What happens when a trial ends without a payment method.
pub(super) fn copy_trial_settings(subscription: &mut Value, parameters: &Value) {
    let path = "trial_settings.end_behavior.missing_payment_method";
    if let Some(behavior) = parameters.field(path) {
        subscription.put(path, behavior.clone());
    }
}

/// Takes up a subscription that was paused because its trial ended without a payment method.
pub(super) fn resume(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = live(tx, request.id(), "id")?;
    if before.text("status") != Some("paused") {
        return Err(ApiError::request("Only a paused subscription can be resumed."));
    }
    let mut change = change_of(tx, before.clone(), Vec::new(), &request.parameters)?;
    change.cycle = Cycle::Restart;
    let resumed = change::update(tx, &before, &change)?;
    events::emit(tx, "customer.subscription.resumed", &resumed)?;
    Ok(resumed)
}

/// A change of items, with the terms that `parameters` set for it.
pub(super) fn change_of(
    tx: &Tx<'_>,
    subscription: Value,
    items: Vec<ItemChange>,
    parameters: &Value,
) -> Result<Change, ApiError> {
    Ok(Change {
        extras: subscriptions::read_items(tx, parameters, "add_invoice_items")?,
        proration: match parameters.text("proration_behavior") {
            Some("always_invoice") => Proration::InvoiceAlways,
            Some("none") => Proration::Off,
            _ => Proration::Create,
        },
        proration_date: proration_date(tx, &subscription, parameters)?,
        cycle: cycle(tx, parameters)?,
        payment: payment_behavior(parameters)?,
        presence: if parameters.flag("off_session") { Presence::OffSession } else { Presence::OnSession },
        subscription,
        items,
    })
}

/// When the change counts from: any moment of the current period.
fn proration_date(tx: &Tx<'_>, subscription: &Value, parameters: &Value) -> Result<i64, ApiError> {
    let Some(date) = parameters.integer("proration_date") else { return Ok(tx.now()) };
    let (start, end) = subscription::period(tx, subscription)?;
    if (start..=end).contains(&date) {
        return Ok(date);
    }
    Err(ApiError::invalid("proration_date", "The proration date must lie in the current period."))
}

/// The cycle by `trial_end` and `billing_cycle_anchor`, the latter in its older and its newer shape.
fn cycle(tx: &Tx<'_>, parameters: &Value) -> Result<Cycle, ApiError> {
    if parameters.text("trial_end") == Some("now") {
        return Ok(Cycle::Restart);
    }
    if let Some(end) = subscription::trial_end(tx, parameters, "")? {
        return Ok(Cycle::TrialUntil(end));
    }
    let anchor = parameters.text("billing_cycle_anchor").or(parameters.text("billing_cycle_anchor.type"));
    Ok(if anchor == Some("now") { Cycle::Restart } else { Cycle::Keep })
}

fn payment_behavior(parameters: &Value) -> Result<PaymentBehavior, ApiError> {
    match parameters.text("payment_behavior") {
        Some("error_if_incomplete") => Ok(PaymentBehavior::Refuse),
        Some("default_incomplete") => Ok(PaymentBehavior::Wait),
        Some("pending_if_incomplete") => {
            pending::check(parameters)?;
            Ok(PaymentBehavior::Pend)
        }
        _ => Ok(PaymentBehavior::Allow),
    }
}

/// Replaces the discounts by those given: new ones by coupon or code, old ones by their own id.
fn change_discounts(tx: &Tx<'_>, subscription: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    let named = ["discounts", "coupon", "promotion_code"];
    if named.iter().all(|name| parameters.get(*name).is_none()) {
        return Ok(());
    }
    let given = parameters.elements("discounts");
    let kept: Vec<Value> = given.iter().filter_map(|given| given.field("discount").cloned()).collect();
    if let Some(unknown) = kept.iter().find(|id| !subscription.elements("discounts").contains(id)) {
        return Err(ApiError::no_such("discount", unknown.as_str().unwrap_or_default(), "discounts"));
    }
    let fresh: Vec<&Value> = given.iter().filter(|given| given.field("discount").is_none()).collect();
    let mut redeemed = parameters.clone();
    redeemed.put("discounts", json!(fresh));
    let redeemables = discounts::read(tx, &redeemed)?;
    let mut all = kept;
    for discount in subscribe::attach_discounts(tx, subscription, &redeemables)? {
        all.push(json!(discount.id()));
    }
    subscription.put("discounts", all);
    Ok(())
}

/// Sets or lifts a cancellation in the future.
fn schedule_end(tx: &Tx<'_>, subscription: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    let at_period_end = parameters.field("cancel_at_period_end").and_then(Value::as_bool);
    let end = match (at_period_end, parameters.get("cancel_at")) {
        (Some(true), _) => Some(subscription::period_end(tx, subscription)?),
        (_, Some(at)) if at.is_i64() => at.as_i64(),
        (_, Some(Value::String(_))) => Some(subscription::period_end(tx, subscription)?),
        (Some(false), _) | (_, Some(Value::Null)) => None,
        _ => return Ok(()),
    };
    if end.is_some_and(|end| end <= tx.now()) {
        return Err(ApiError::invalid("cancel_at", "The time of a cancellation must be in the future."));
    }
    subscription.put("cancel_at", json!(end));
    subscription.put("cancel_at_period_end", at_period_end.unwrap_or(false));
    subscription.put("canceled_at", json!(end.map(|_| tx.now())));
    let reason = end.map(|_| "cancellation_requested");
    subscription.put("cancellation_details.reason", json!(reason));
    Ok(())
}

/// Keeps what the customer said about leaving.
pub(super) fn note_cancellation(subscription: &mut Value, parameters: &Value) {
    for name in ["cancellation_details.comment", "cancellation_details.feedback"] {
        if let Some(value) = parameters.field(name) {
            subscription.put(name, value.clone());
        }
    }
}
