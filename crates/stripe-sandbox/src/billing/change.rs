//! Changing a live subscription: its items, its cycle, its trial. What it costs is worked out in [`super::proration`].
//!
//! A change is applied in two steps, so that a preview can stop after the first: [`apply`] changes the objects and
//! drafts the invoice that the change calls for, [`update`] also collects it.

use std::rc::Rc;

use serde_json::Value;

use super::payments::{Attempt, Presence};
use super::pending::{self, Image};
use super::proration::{self, Entry, ItemChange, Kind};
use super::subscribe::NewItem;
use super::{collection, cycle, extras, invoice, lines, period, subscription};
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::present;
use crate::resources::payment_methods;
use crate::store::Tx;

/// What is asked of a subscription.
pub(crate) struct Change {
    /// The subscription as it is to be, without the consequences of the rest.
    pub(crate) subscription: Value,
    pub(crate) items: Vec<ItemChange>,
    /// What is charged once beside them, with the next invoice.
    pub(crate) extras: Vec<NewItem>,
    pub(crate) proration: Proration,
    /// When the change counts from, for proration.
    pub(crate) proration_date: i64,
    pub(crate) cycle: Cycle,
    pub(crate) payment: PaymentBehavior,
    pub(crate) presence: Presence,
}

impl Change {
    /// Whether it touches what is billed, or when.
    pub(super) fn is_billed(&self) -> bool {
        !self.items.is_empty() || !self.extras.is_empty() || self.cycle != Cycle::Keep
    }
}

/// Stripe's `proration_behavior`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proration {
    /// Credits and charges wait for the next invoice.
    Create,
    /// They are invoiced at once.
    InvoiceAlways,
    /// There are none.
    Off,
}

/// What happens to the billing cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cycle {
    /// It stays, unless the prices say otherwise.
    Keep,
    /// A new one begins now.
    Restart,
    /// A new one begins when a trial has ended.
    TrialUntil(i64),
}

/// Stripe's `payment_behavior`: what an unpaid invoice means for the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentBehavior {
    /// The change stands; while it is not paid, the subscription is past due.
    Allow,
    /// The change stands and waits for the customer to pay.
    Wait,
    /// Without payment nothing changes.
    Refuse,
    /// The change waits for the payment.
    Pend,
}

/// A change that was applied, with the draft that it calls for at once, if any.
pub(crate) struct Applied {
    pub(crate) subscription: Value,
    pub(crate) invoice: Option<Value>,
}

/// Changes a subscription and collects what is due for it now.
pub(crate) fn update(tx: &Tx<'_>, before: &Value, change: &Change) -> Result<Value, ApiError> {
    if change.cycle == Cycle::Restart
        && let Some(set_aside) = cycle::set_aside(tx, before)?
    {
        return Ok(set_aside);
    }
    let shown_before = present::shown_as(tx, before.clone(), versions::DEFAULT)?;
    pending::make_way(tx, before, change)?;
    let image = Image::of(tx, &*tx.linked("subscription", before.id())?)?;
    let Applied { subscription, invoice } = apply(tx, before, change)?;
    if let Some(mut invoice) = invoice {
        invoice::finalize(tx, &mut invoice, None)?;
        if invoice.text("status") == Some("open") {
            collect(tx, image, &subscription, &mut invoice, change)?;
        }
    }
    let subscription = tx.linked_copy("subscription", subscription.id())?;
    events::emit_change_from(tx, "customer.subscription.updated", &shown_before, &subscription)?;
    Ok(subscription)
}

fn collect(
    tx: &Tx<'_>,
    before: Image,
    subscription: &Value,
    invoice: &mut Value,
    change: &Change,
) -> Result<(), ApiError> {
    if subscription.text("collection_method") == Some("send_invoice") {
        return Ok(());
    }
    if change.payment == PaymentBehavior::Pend {
        return pending::collect(tx, before, subscription, invoice, change.presence);
    }
    let away = change.presence == Presence::OffSession && change.payment == PaymentBehavior::Allow;
    // A change that comes by the clock has nobody to tell of a missing card.
    let nothing_to_try = away && collection::default_method(tx, invoice)?.is_none();
    if nothing_to_try || change.payment == PaymentBehavior::Wait {
        return subscription::payment_awaited(tx, invoice);
    }
    let attempt = collection::pay(tx, invoice, None, change.presence)?;
    match attempt {
        Attempt::Succeeded | Attempt::Processing => Ok(()),
        Attempt::Declined(refusal) if change.payment == PaymentBehavior::Refuse => {
            Err(payment_methods::refusal_error(&refusal).rolled_back())
        }
        Attempt::Challenged if change.payment == PaymentBehavior::Refuse => {
            let message = "The payment needs an action of the customer before the change can be made.";
            Err(ApiError::card("subscription_payment_intent_requires_action", None, message).rolled_back())
        }
        Attempt::Challenged | Attempt::Declined(_) => subscription::payment_awaited(tx, invoice),
    }
}

/// Changes the objects and drafts the invoice for it.
pub(crate) fn apply(tx: &Tx<'_>, before: &Value, change: &Change) -> Result<Applied, ApiError> {
    let old_items = present::subscription_items(tx, before.id())?;
    let cycle = cycle_of(tx, before, &old_items, change)?;
    let (_, end) = subscription::period(tx, before)?;
    let running = matches!(before.text("status"), Some("active" | "past_due")) && change.proration_date < end;
    if running && change.proration != Proration::Off {
        prorate(tx, before, &old_items, change, cycle)?;
    }
    change.extras.iter().try_for_each(|extra| extras::record(tx, before, extra))?;
    write_items(tx, &change.items)?;
    let mut subscription = change.subscription.clone();
    if change.is_billed() {
        pending::forget(&mut subscription);
    }
    let items = present::subscription_items(tx, before.id())?;
    check_items(tx, &items)?;
    if cycle != Cycle::Keep {
        restart(tx, &mut subscription, items, cycle)?;
    }
    subscription::save(tx, &mut subscription)?;
    let invoice = draft(tx, &mut subscription, change, cycle)?;
    Ok(Applied { subscription, invoice })
}

/// What becomes of the cycle. It restarts by itself when the interval changes, or when something is to be paid where
/// nothing was: <https://docs.stripe.com/billing/subscriptions/change-price>.
fn cycle_of(tx: &Tx<'_>, before: &Value, old_items: &[Value], change: &Change) -> Result<Cycle, ApiError> {
    let trialing = before.text("status") == Some("trialing");
    if change.cycle != Cycle::Keep || trialing || change.items.is_empty() {
        return Ok(change.cycle);
    }
    let mut was_free = true;
    let mut now_paid = false;
    let mut other_interval = false;
    let old_prices: Result<Vec<_>, _> = old_items.iter().map(|item| price_of(tx, item)).collect();
    let old_prices = old_prices?;
    for price in &old_prices {
        was_free &= price.amount("unit_amount") == 0;
    }
    for item in change.items.iter().filter_map(|change| change.after.as_ref()) {
        let price = price_of(tx, item)?;
        now_paid |= price.amount("unit_amount") > 0;
        other_interval |= old_prices.first().is_some_and(|old| !same_interval(old, &price));
    }
    Ok(if other_interval || (was_free && now_paid) { Cycle::Restart } else { Cycle::Keep })
}

fn price_of(tx: &Tx<'_>, item: &Value) -> Result<Rc<Value>, ApiError> {
    tx.linked("price", item.text("price").unwrap_or_default())
}

fn same_interval(one: &Value, other: &Value) -> bool {
    ["recurring.interval", "recurring.interval_count"].iter().all(|path| one.copy(path) == other.copy(path))
}

/// Credits what will not be used, and charges what will be unless a whole new period is billed anyway.
fn prorate(
    tx: &Tx<'_>,
    subscription: &Value,
    old_items: &[Value],
    change: &Change,
    cycle: Cycle,
) -> Result<(), ApiError> {
    let record = |item: &Value, kind| {
        proration::record(tx, &Entry { subscription, item, at: change.proration_date, kind })
    };
    if cycle != Cycle::Keep {
        return old_items.iter().try_for_each(|item| record(item, Kind::Credit));
    }
    for item in change.items.iter().filter(|item| item.is_billed()) {
        item.before.iter().try_for_each(|item| record(item, Kind::Credit))?;
        item.after.iter().try_for_each(|item| record(item, Kind::Charge))?;
    }
    Ok(())
}

fn write_items(tx: &Tx<'_>, changes: &[ItemChange]) -> Result<(), ApiError> {
    for change in changes {
        match (&change.before, &change.after) {
            (Some(_), Some(after)) => tx.save(after)?,
            (None, Some(after)) => tx.insert(after)?,
            (Some(before), None) => tx.remove(before.id())?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn check_items(tx: &Tx<'_>, items: &[Value]) -> Result<(), ApiError> {
    let Some((first, others)) = items.split_first() else {
        return Err(ApiError::invalid("items", "A subscription must keep at least one item."));
    };
    let first = price_of(tx, first)?;
    for item in others {
        let price = price_of(tx, item)?;
        if price.copy("currency") != first.copy("currency") || !same_interval(&price, &first) {
            let message = "All items must have the same currency and the same interval.";
            return Err(ApiError::invalid("items", message));
        }
    }
    Ok(())
}

/// Begins a new cycle with a first period or a trial.
fn restart(tx: &Tx<'_>, subscription: &mut Value, items: Vec<Value>, cycle: Cycle) -> Result<(), ApiError> {
    let (anchor, periods) = match cycle {
        Cycle::TrialUntil(end) => (end, 0),
        _ => (tx.now(), 1),
    };
    for mut item in items {
        let price = price_of(tx, &item)?;
        let end = period::boundary(anchor, &price, periods)?;
        item.put("current_period_start", tx.now());
        item.put("current_period_end", end);
        tx.save(&item)?;
    }
    subscription.put("billing_cycle_anchor", anchor);
    subscription.put("_periods", periods);
    if let Cycle::TrialUntil(end) = cycle {
        if subscription.text("status") != Some("trialing") {
            subscription.put("trial_start", tx.now());
        }
        subscription.put("status", "trialing");
        subscription.put("trial_end", end);
        subscription.put("_trial_end_told", false);
    } else {
        if subscription.text("status") == Some("trialing") {
            subscription.put("trial_end", tx.now());
        }
        if matches!(subscription.text("status"), Some("trialing" | "paused")) {
            subscription.put("status", "active");
        }
    }
    if subscription.flag("cancel_at_period_end") {
        let end = subscription::period_end(tx, subscription)?;
        subscription.put("cancel_at", end);
    }
    Ok(())
}

/// The invoice that the change calls for now: for a cycle that begins, and for prorations that shall not wait.
fn draft(
    tx: &Tx<'_>,
    subscription: &mut Value,
    change: &Change,
    cycle: Cycle,
) -> Result<Option<Value>, ApiError> {
    let mut lines = Vec::new();
    if cycle != Cycle::Keep {
        for item in present::subscription_items(tx, subscription.id())? {
            lines.push(lines::of_item(tx, &item, matches!(cycle, Cycle::TrialUntil(_)))?);
        }
    } else if change.proration != Proration::InvoiceAlways
        || invoice::waiting_items(tx, subscription)?.is_empty()
    {
        return Ok(None);
    }
    let discounts = cycle::lasting_discounts(tx, subscription)?;
    let invoice = cycle::draft_with_waiting(tx, subscription, "subscription_update", lines, discounts)?;
    subscription.put("latest_invoice", invoice.id());
    tx.save(subscription)?;
    Ok(Some(invoice))
}

/// Credits what is left of the current period of a subscription that ends.
pub(crate) fn credit_rest(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    if !matches!(subscription.text("status"), Some("active" | "past_due")) {
        return Ok(());
    }
    for item in present::subscription_items(tx, subscription.id())? {
        proration::record(tx, &Entry { subscription, item: &item, at: tx.now(), kind: Kind::Credit })?;
    }
    Ok(())
}

/// Invoices what waits for the next invoice of a subscription, and collects it.
pub(crate) fn invoice_waiting(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    if invoice::waiting_items(tx, subscription)?.is_empty() {
        return Ok(());
    }
    let mut last = cycle::draft_of_waiting(tx, subscription)?;
    let mut subscription = subscription.clone();
    subscription.put("latest_invoice", last.id());
    tx.save(&subscription)?;
    invoice::finalize(tx, &mut last, None)?;
    if last.text("status") == Some("open") {
        collection::pay(tx, &mut last, None, Presence::OffSession)?;
    }
    Ok(())
}
