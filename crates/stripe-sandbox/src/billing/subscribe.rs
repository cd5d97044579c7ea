//! Making a subscription: its items, its discounts, and the first invoice that makes it live.

use serde_json::{Value, json};

use super::cycle::{draft_for, draft_with_waiting};
use super::discounts::{self, Holder, Redeemable};
use super::payments::{Attempt, Presence};
use super::subscription::{save, tell_trial_end, trial_ends_soon};
use super::{collection, invoice, lines, period};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;
use crate::{blank, events, ids, present};

/// What a new subscription is made of.
pub(crate) struct NewSubscription {
    pub(crate) customer: Value,
    /// Recurring prices and how many of each.
    pub(crate) items: Vec<NewItem>,
    /// Prices charged once, with the first invoice.
    pub(crate) extras: Vec<NewItem>,
    pub(crate) redeemables: Vec<Redeemable>,
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
    /// The ids of the tax rates that count for it in place of the subscription's.
    pub(crate) tax_rates: Value,
    /// Whether discounts take off it.
    pub(crate) discountable: bool,
}

/// How the first invoice is to be paid.
pub(crate) enum FirstPayment<'i> {
    /// By the default method, now.
    Now(Presence),
    /// By an intent that has succeeded already, or by nothing when nothing is due.
    Done(Option<&'i mut Value>),
    /// By an intent that a bank was asked to pay.
    UnderWay(&'i mut Value),
    /// Later: the invoice stays open.
    Later,
}

/// Adds a subscription with its first invoice, and answers it with the attempt to pay, if one was made.
pub(crate) fn open(
    tx: &Tx<'_>,
    new: &NewSubscription,
    payment: FirstPayment<'_>,
) -> Result<(Value, Option<Attempt>), ApiError> {
    let (subscription, mut first) =
        insert_with_draft(tx, new, matches!(payment, FirstPayment::Done(_) | FirstPayment::UnderWay(_)))?;
    let attempt = finalize_first(tx, &mut first, payment)?;
    let mut subscription = tx.linked_copy("subscription", subscription.id())?;
    subscription.put("_announced", true);
    save(tx, &mut subscription)?;
    events::emit(tx, "customer.subscription.created", &subscription)?;
    if trial_ends_soon(tx, &subscription) {
        subscription = tell_trial_end(tx, subscription)?;
    }
    Ok((subscription, attempt))
}

fn finalize_first(
    tx: &Tx<'_>,
    first: &mut Value,
    payment: FirstPayment<'_>,
) -> Result<Option<Attempt>, ApiError> {
    match payment {
        FirstPayment::Done(intent) => {
            let paid_by = intent.as_deref().cloned();
            invoice::finalize(tx, first, intent)?;
            if first.text("status") != Some("paid") {
                collection::mark_paid(tx, first, paid_by.as_ref())?;
            }
        }
        FirstPayment::UnderWay(intent) => {
            invoice::finalize(tx, first, Some(intent))?;
            // Asking the bank is a try, whatever it will answer.
            first.put("attempted", true);
            first.put("attempt_count", 1);
            tx.save(first)?;
            super::subscription::payment_under_way(tx, first)?;
        }
        FirstPayment::Later => invoice::finalize(tx, first, None)?,
        FirstPayment::Now(presence) => {
            invoice::finalize(tx, first, None)?;
            let open = first.text("status") == Some("open");
            return open.then(|| collection::pay(tx, first, None, presence)).transpose();
        }
    }
    Ok(None)
}

/// The draft of the first invoice of a subscription, which is added with it.
pub(crate) fn draft_first(tx: &Tx<'_>, new: &NewSubscription) -> Result<Value, ApiError> {
    insert_with_draft(tx, new, false).map(|(_, draft)| draft)
}

fn insert_with_draft(
    tx: &Tx<'_>,
    new: &NewSubscription,
    paid_already: bool,
) -> Result<(Value, Value), ApiError> {
    let mut subscription = insert(tx, new)?;
    let discounts = attach_discounts(tx, &mut subscription, &new.redeemables)?;
    let draft = first_invoice(tx, &subscription, new, discounts, paid_already)?;
    subscription.put("latest_invoice", draft.id());
    tx.save(&subscription)?;
    Ok((subscription, draft))
}

fn insert(tx: &Tx<'_>, new: &NewSubscription) -> Result<Value, ApiError> {
    let first_price = &new.items.first().ok_or_else(|| ApiError::missing("items"))?.price;
    let anchor = new.trial_end.unwrap_or(tx.now());
    let end = match new.trial_end {
        Some(end) => end,
        None => period::boundary(anchor, first_price, 1)?,
    };
    let mut subscription = blank::SUBSCRIPTION.copy()?;
    subscription.merge(json!({
        "id": ids::new_id("sub"),
        "billing_cycle_anchor": anchor,
        "created": tx.now(),
        "currency": first_price.copy("currency"),
        "customer": new.customer.id(),
        "start_date": tx.now(),
        "test_clock": new.customer.copy("test_clock"),
        "status": first_status(new),
        "trial_end": new.trial_end,
        "trial_start": new.trial_end.map(|_| tx.now()),
        // Whether `customer.subscription.created` has been told; before that, changes are no events.
        "_announced": false,
        // How many periods lie between the anchor and the end of the current one.
        "_periods": i64::from(new.trial_end.is_none()),
    }));
    subscription.merge(new.more.clone());
    tx.insert(&subscription)?;
    for item in &new.items {
        tx.insert(&new_item(tx, subscription.id(), item, (tx.now(), end)))?;
    }
    Ok(subscription)
}

/// A trial is live at once, and so is a customer who is sent an invoice: such are trusted to pay it.
fn first_status(new: &NewSubscription) -> &'static str {
    if new.trial_end.is_some() {
        "trialing"
    } else if new.more.text("collection_method") == Some("send_invoice") {
        "active"
    } else {
        "incomplete"
    }
}

/// An item for a subscription, not stored yet.
pub(crate) fn new_item(tx: &Tx<'_>, subscription: &str, item: &NewItem, period: (i64, i64)) -> Value {
    json!({
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
        "tax_rates": item.tax_rates,
    })
}

/// Redeems coupons for a subscription, and keeps those that last beyond the first invoice.
pub(crate) fn attach_discounts(
    tx: &Tx<'_>,
    subscription: &mut Value,
    redeemables: &[Redeemable],
) -> Result<Vec<Value>, ApiError> {
    let mut discounts = Vec::new();
    for redeemable in redeemables {
        let holder = Holder {
            customer: subscription.text("customer"),
            subscription: Some(subscription.id()),
            ..Holder::default()
        };
        discounts.push(discounts::redeem(tx, redeemable, holder)?);
    }
    // A coupon for once has done its work with the first invoice.
    let lasting: Vec<&str> = discounts
        .iter()
        .zip(redeemables)
        .filter(|(_, redeemable)| redeemable.coupon.text("duration") != Some("once"))
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
    paid_already: bool,
) -> Result<Value, ApiError> {
    let mut lines = Vec::new();
    for item in present::subscription_items(tx, subscription.id())? {
        lines.push(lines::of_item(tx, &item, new.trial_end.is_some())?);
    }
    for extra in &new.extras {
        lines.push(lines::of_price(tx, &extra.price, extra.quantity)?);
    }
    // What was paid on a Checkout page is what the page showed, and it shows no waiting items.
    let draft = if paid_already { draft_for } else { draft_with_waiting };
    draft(tx, subscription, "subscription_create", lines, discounts)
}
