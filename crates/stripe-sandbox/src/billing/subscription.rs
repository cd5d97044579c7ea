//! The life of a subscription: <https://docs.stripe.com/billing/subscriptions/overview>.

use serde_json::{Value, json};

use super::discounts::{self, Holder, Offer};
use super::invoice::{self, Draft};
use super::payments::{Attempt, Presence};
use super::{lines, period};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::resources::payment_methods;
use crate::store::Tx;
use crate::{events, ids, present};

/// How long Stripe waits for the first payment of a subscription.
const FIRST_PAYMENT_WITHIN_SECONDS: i64 = 23 * 60 * 60;

/// What a new subscription is made of.
pub(crate) struct NewSubscription {
    pub(crate) customer: Value,
    /// Recurring prices and how many of each.
    pub(crate) items: Vec<NewItem>,
    /// Prices charged once, with the first invoice.
    pub(crate) extras: Vec<NewItem>,
    pub(crate) offers: Vec<Offer>,
    pub(crate) trial_end: Option<i64>,
    /// Members that differ from the usual.
    pub(crate) more: Value,
}

/// A price in some quantity.
#[derive(Clone, Debug)]
pub(crate) struct NewItem {
    pub(crate) price: Value,
    pub(crate) quantity: i64,
    pub(crate) metadata: Value,
}

/// How the first invoice is to be paid.
pub(crate) enum FirstPayment<'i> {
    /// By the default method, now.
    Now(Presence),
    /// By an intent that has succeeded already, or by nothing when nothing is due.
    Done(Option<&'i mut Value>),
    /// Later: the invoice stays open.
    Later,
}

/// Adds a subscription with its first invoice, and answers it with the attempt to pay, if one was made.
pub(crate) fn open(
    tx: &Tx<'_>,
    new: &NewSubscription,
    payment: FirstPayment<'_>,
) -> Result<(Value, Option<Attempt>), ApiError> {
    let mut subscription = insert(tx, new)?;
    let discounts = attach_discounts(tx, &mut subscription, &new.offers)?;
    let mut first = first_invoice(tx, &subscription, new, discounts)?;
    subscription.put("latest_invoice", first.id());
    tx.save(&subscription)?;
    let attempt = match payment {
        FirstPayment::Done(intent) => {
            let paid_by = intent.as_deref().cloned();
            invoice::finalize(tx, &mut first, intent)?;
            if first.text("status") != Some("paid") {
                invoice::mark_paid(tx, &mut first, paid_by.as_ref())?;
            }
            None
        }
        FirstPayment::Later => {
            invoice::finalize(tx, &mut first, None)?;
            None
        }
        FirstPayment::Now(presence) => {
            invoice::finalize(tx, &mut first, None)?;
            let open = first.text("status") == Some("open");
            open.then(|| invoice::pay(tx, &mut first, None, presence)).transpose()?
        }
    };
    let mut subscription = tx.linked("subscription", subscription.id())?;
    subscription.put("_announced", true);
    save(tx, &mut subscription)?;
    events::emit(tx, "customer.subscription.created", &subscription)?;
    Ok((subscription, attempt))
}

fn insert(tx: &Tx<'_>, new: &NewSubscription) -> Result<Value, ApiError> {
    let first_price = &new.items.first().ok_or_else(|| ApiError::missing("items"))?.price;
    let anchor = new.trial_end.unwrap_or(tx.now());
    let end = match new.trial_end {
        Some(end) => end,
        None => period::boundary(anchor, first_price, 1)?,
    };
    let mut subscription = json!({
        "id": ids::new_id("sub"),
        "object": "subscription",
        "application": null,
        "application_fee_percent": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": null,
        "billing_mode": { "flexible": null, "type": "classic" },
        "billing_schedules": [],
        "billing_thresholds": null,
        "cancel_at": null,
        "cancel_at_period_end": false,
        "canceled_at": null,
        "cancellation_details": { "comment": null, "feedback": null, "feedback_option": null, "reason": null },
        "collection_method": "charge_automatically",
        "created": tx.now(),
        "currency": first_price.copy("currency"),
        "customer": new.customer.id(),
        "customer_account": null,
        "days_until_due": null,
        "default_payment_method": null,
        "default_source": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "ended_at": null,
        "invoice_settings": {
            "account_tax_ids": null,
            "custom_fields": null,
            "description": null,
            "footer": null,
            "issuer": { "type": "self" },
        },
        "latest_invoice": null,
        "livemode": false,
        "managed_payments": null,
        "metadata": {},
        "next_pending_invoice_item_invoice": null,
        "on_behalf_of": null,
        "pause_collection": null,
        "payment_settings": {
            "payment_method_options": null,
            "payment_method_types": null,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": null,
        "pending_setup_intent": null,
        "pending_update": null,
        "schedule": null,
        "start_date": tx.now(),
        "status": if new.trial_end.is_some() { "trialing" } else { "incomplete" },
        "test_clock": null,
        "transfer_data": null,
        "trial_end": new.trial_end,
        "trial_settings": {
            "end_behavior": { "billing_cycle_anchor": null, "missing_payment_method": "create_invoice" },
        },
        "trial_start": new.trial_end.map(|_| tx.now()),
        // Whether `customer.subscription.created` has been told; before that, changes are no events.
        "_announced": false,
        // How many periods lie between the anchor and the end of the current one.
        "_periods": i64::from(new.trial_end.is_none()),
    });
    if let Value::Object(members) = &new.more {
        for (name, value) in members {
            subscription.put(name, value.clone());
        }
    }
    tx.insert(&subscription)?;
    for item in &new.items {
        add_item(tx, subscription.id(), item, (tx.now(), end))?;
    }
    Ok(subscription)
}

fn add_item(tx: &Tx<'_>, subscription: &str, item: &NewItem, period: (i64, i64)) -> Result<(), ApiError> {
    tx.insert(&json!({
        "id": ids::new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": null,
        "created": tx.now(),
        "current_period_end": period.1,
        "current_period_start": period.0,
        "current_trial": null,
        "discounts": [],
        "metadata": item.metadata,
        "price": item.price.id(),
        "quantity": item.quantity,
        "subscription": subscription,
        "tax_rates": [],
    }))
}

fn attach_discounts(tx: &Tx<'_>, subscription: &mut Value, offers: &[Offer]) -> Result<Vec<Value>, ApiError> {
    let mut discounts = Vec::new();
    for offer in offers {
        let holder = Holder {
            customer: subscription.text("customer"),
            subscription: Some(subscription.id()),
            ..Holder::default()
        };
        discounts.push(discounts::redeem(tx, offer, holder)?);
    }
    // A coupon for once has done its work with the first invoice.
    let lasting: Vec<&str> = discounts
        .iter()
        .zip(offers)
        .filter(|(_, offer)| offer.coupon.text("duration") != Some("once"))
        .map(|(discount, _)| discount.id())
        .collect();
    subscription.put("discounts", json!(lasting));
    Ok(discounts)
}

fn first_invoice(
    tx: &Tx<'_>,
    subscription: &Value,
    new: &NewSubscription,
    discounts: Vec<Value>,
) -> Result<Value, ApiError> {
    let mut lines = Vec::new();
    for item in present::subscription_items(tx, subscription.id())? {
        lines.push(lines::of_item(tx, &item, new.trial_end.is_some())?);
    }
    for extra in &new.extras {
        lines.push(lines::of_price(tx, &extra.price, extra.quantity)?);
    }
    draft_for(tx, subscription, "subscription_create", lines, discounts)
}

fn draft_for(
    tx: &Tx<'_>,
    subscription: &Value,
    reason: &'static str,
    lines: Vec<Value>,
    discounts: Vec<Value>,
) -> Result<Value, ApiError> {
    let customer = tx.linked("customer", subscription.text("customer").unwrap_or_default())?;
    let due = subscription.integer("days_until_due").map(|days| tx.now() + days * 86_400);
    let more = json!({
        "collection_method": subscription.copy("collection_method"),
        "due_date": due,
    });
    let draft = Draft {
        customer: &customer,
        subscription: Some(subscription),
        reason,
        currency: subscription.owned("currency").unwrap_or_default(),
        lines,
        discounts,
        more,
    };
    invoice::draft(tx, draft)
}

/// Writes a subscription, with the next time at which something happens to it by itself.
pub(crate) fn save(tx: &Tx<'_>, subscription: &mut Value) -> Result<(), ApiError> {
    let due = match subscription.text("status") {
        Some("active" | "trialing" | "past_due") => {
            let end = period_end(tx, subscription)?;
            Some(subscription.integer("cancel_at").map_or(end, |cancel_at| cancel_at.min(end)))
        }
        Some("incomplete") => Some(subscription.amount("created") + FIRST_PAYMENT_WITHIN_SECONDS),
        _ => None,
    };
    subscription.put("_due_at", json!(due));
    tx.save(subscription)
}

/// The end of the current period.
pub(crate) fn period_end(tx: &Tx<'_>, subscription: &Value) -> Result<i64, ApiError> {
    let items = present::subscription_items(tx, subscription.id())?;
    Ok(items.first().map_or(tx.now(), |item| item.amount("current_period_end")))
}

/// Makes a subscription live once its invoice is paid.
pub(crate) fn invoice_paid(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(id) = invoice.text("parent.subscription_details.subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    let mut subscription = before.clone();
    keep_payment_method(tx, &mut subscription, invoice)?;
    if matches!(before.text("status"), Some("incomplete" | "past_due" | "unpaid")) {
        subscription.put("status", "active");
    }
    save(tx, &mut subscription)?;
    if subscription.flag("_announced") {
        events::emit_change(tx, "customer.subscription.updated", &before, &subscription)?;
    }
    Ok(())
}

/// Remembers the method that paid, when the subscription was made to.
fn keep_payment_method(tx: &Tx<'_>, subscription: &mut Value, invoice: &Value) -> Result<(), ApiError> {
    if subscription.text("payment_settings.save_default_payment_method") != Some("on_subscription") {
        return Ok(());
    }
    let Some(intent) = invoice.text("_payment_intent") else { return Ok(()) };
    let intent = tx.linked("payment_intent", intent)?;
    let Some(method) = intent.text("payment_method") else { return Ok(()) };
    let mut method = tx.linked("payment_method", method)?;
    payment_methods::attach(tx, &mut method, subscription.text("customer").unwrap_or_default())?;
    subscription.put("default_payment_method", method.id());
    Ok(())
}

/// Starts the next period: makes its invoice and tries to pay it.
pub(crate) fn renew(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    let shown_before = present::shown_as(tx, subscription, versions::DEFAULT)?;
    let mut subscription = subscription.clone();
    let periods = subscription.amount("_periods") + 1;
    let anchor = subscription.amount("billing_cycle_anchor");
    let mut lines = Vec::new();
    for mut item in present::subscription_items(tx, subscription.id())? {
        let price = tx.linked("price", item.text("price").unwrap_or_default())?;
        item.put("current_period_start", item.copy("current_period_end"));
        item.put("current_period_end", period::boundary(anchor, &price, periods)?);
        tx.save(&item)?;
        lines.push(lines::of_item(tx, &item, false)?);
    }
    subscription.put("_periods", periods);
    if subscription.text("status") == Some("trialing") {
        subscription.put("status", "active");
    }
    let discounts = lasting_discounts(tx, &mut subscription)?;
    let mut invoice = draft_for(tx, &subscription, "subscription_cycle", lines, discounts)?;
    subscription.put("latest_invoice", invoice.id());
    save(tx, &mut subscription)?;
    events::emit_change_from(tx, "customer.subscription.updated", &shown_before, &subscription)?;
    invoice::finalize(tx, &mut invoice, None)?;
    let collect = subscription.text("collection_method") == Some("charge_automatically");
    if !collect || invoice.text("status") != Some("open") {
        return Ok(());
    }
    match invoice::pay(tx, &mut invoice, None, Presence::OffSession) {
        // Without a payment method a renewal fails like one that was declined, but leaves no charge.
        Err(error) if error.code() == Some("resource_missing") => renewal_failed(tx, &invoice, false),
        outcome => outcome.map(|_| ()),
    }
}

/// The discounts that still count, which are also the ones the subscription keeps.
fn lasting_discounts(tx: &Tx<'_>, subscription: &mut Value) -> Result<Vec<Value>, ApiError> {
    let mut lasting = Vec::new();
    for id in subscription.elements("discounts").iter().filter_map(Value::as_str) {
        let discount = tx.linked("discount", id)?;
        if discount.integer("end").is_none_or(|end| end > tx.now()) {
            lasting.push(discount);
        }
    }
    subscription.put("discounts", json!(lasting.iter().map(Fields::id).collect::<Vec<_>>()));
    Ok(lasting)
}

/// Notes that a renewal was not paid: the subscription is past due, and ends after the last try.
pub(crate) fn renewal_failed(tx: &Tx<'_>, invoice: &Value, last_try: bool) -> Result<(), ApiError> {
    let Some(id) = invoice.text("parent.subscription_details.subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    if last_try {
        return end(tx, &before, "canceled", Some("payment_failed")).map(|_| ());
    }
    let mut subscription = before.clone();
    subscription.put("status", "past_due");
    save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", &before, &subscription)
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
    save(tx, &mut ended)?;
    void_open_invoice(tx, &ended)?;
    let event =
        if status == "canceled" { "customer.subscription.deleted" } else { "customer.subscription.updated" };
    events::emit(tx, event, &ended)?;
    Ok(ended)
}

/// An invoice that nobody will pay any more must not be tried again.
fn void_open_invoice(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    let Some(id) = subscription.text("latest_invoice") else { return Ok(()) };
    let mut invoice = tx.linked("invoice", id)?;
    if invoice.text("status") == Some("open") { invoice::give_up(tx, &mut invoice, "void") } else { Ok(()) }
}
