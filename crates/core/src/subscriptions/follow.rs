//! Following Stripe to another plan: by a change that was asked for here, or by one that was made at Stripe itself.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    Price, Product, ProductKind, Subscription, SubscriptionChange, SubscriptionChangeState,
};
use perennial_store::{StoreError, Tx};

use super::cancellation_request::answered_at;
use crate::business::regive_bundle;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::{BilledSubscription, BillingStatus};
use crate::tasks::{Task, enqueue};

/// So far Stripe's clock may be behind ours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

/// What Stripe's part in a subscription is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Billing {
    /// Stripe bills it.
    GoesOn,
    /// Stripe's part ends with the period, and the subscription goes on as a free one.
    EndsFree,
    /// Stripe's part is over, and the subscription is a free one.
    Free,
}

/// What Stripe answered.
pub(super) struct Seen<'s> {
    /// What it bills.
    pub(super) billed: &'s BilledSubscription,
    /// Whether the running period is paid.
    pub(super) is_paid_up: bool,
    /// When it was asked.
    pub(super) asked_at: Timestamp,
    /// Stripe's name of the price at which the subscription is sold, if it is known.
    pub(super) own_price: Option<&'s str>,
}

impl Seen<'_> {
    /// Whether Stripe bills the plan that the subscription has.
    fn bills_own_plan(&self) -> bool {
        self.own_price.is_some_and(|own| self.billed.items.iter().any(|item| item.stripe_price_id == own))
    }
}

/// Brings plan and open change up to date with what Stripe bills, within a transaction that holds the subscription and
/// has read its open change. The caller keeps the row.
pub(super) fn follow_billing(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    open: Option<SubscriptionChange>,
    seen: &Seen<'_>,
) -> Result<Billing, StoreError> {
    if !subscription.is_live() {
        return Ok(Billing::GoesOn);
    }
    let &Seen { billed, is_paid_up, asked_at, .. } = seen;
    let other = if seen.bills_own_plan() { None } else { other_billed_plan(tx, subscription, billed)? };
    if let Some((product, price)) = other {
        // Until then it is the old plan that is not paid: nobody has the new one, or its period, for nothing.
        if is_paid_up {
            become_plan(cx, tx, subscription, &product, &price, billed.current_period_start)?;
        }
        return Ok(Billing::GoesOn);
    }
    match open {
        Some(change) => follow_change(cx, tx, subscription, change, billed, asked_at),
        None if billed.has_schedule => {
            take_back_again(cx, tx, subscription)?;
            Ok(Billing::GoesOn)
        }
        None => Ok(Billing::GoesOn),
    }
}

/// What becomes of a change that waits, as Stripe still bills the present plan.
fn follow_change(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    change: SubscriptionChange,
    billed: &BilledSubscription,
    asked_at: Timestamp,
) -> Result<Billing, StoreError> {
    let project = subscription.project_id;
    // Of a free plan Stripe bills the add-ons alone: our clock changes the plan.
    if tx.prices(project).find(subscription.price_id)?.is_some_and(|present| present.amount.is_zero()) {
        return Ok(Billing::GoesOn);
    }
    let price = tx.prices(project).find(change.price_id)?;
    // Stripe was asked before it knew of the change: it cannot have lost it.
    let was_known = change.arranged_at.is_some_and(|arranged_at| arranged_at < asked_at);
    if let Some(price) = price.filter(|price| price.amount.is_zero()) {
        return follow_to_free(cx, tx, subscription, billed, Lapse { change, price, was_known });
    }
    if change.scheduled_at.is_some() && was_known && !billed.has_schedule {
        delete_change(cx, tx, change)?;
    }
    Ok(Billing::GoesOn)
}

/// A change may have been taken back while Stripe was told of it, and whoever told it went down before they knew: then
/// Stripe would still carry it out. What somebody scheduled at Stripe by hand is left alone.
fn take_back_again(cx: &Cx, tx: &mut Tx<'_>, subscription: &Subscription) -> Result<(), StoreError> {
    let (project, id) = (subscription.project_id, subscription.id);
    let latest = tx.subscription_changes(project).latest_of(id)?;
    if latest.is_some_and(|change| change.state == SubscriptionChangeState::Deleted) {
        enqueue(cx, tx, &Task::UnarrangeChange { project, subscription: id })?;
    }
    Ok(())
}

/// A change to a free plan, for which Stripe's part has to lapse.
struct Lapse {
    change: SubscriptionChange,
    price: Price,
    was_known: bool,
}

impl Lapse {
    /// When the free plan begins, and from when on an end of Stripe's part is the one that it waits for. One that counts
    /// at once is due since it was asked for, by our clock; the day of any other is Stripe's own.
    fn due(&self) -> (Timestamp, Timestamp) {
        let asked_at = self.change.created_at;
        match self.change.scheduled_at {
            Some(scheduled_at) => (scheduled_at, scheduled_at),
            None => (asked_at, asked_at - CLOCKS_DIFFER),
        }
    }
}

impl Lapse {
    /// Whether Stripe's part does not end for the free plan's sake: its end was taken back there, or is the answer to a
    /// cancellation that was asked for here, after Stripe had let go of the change.
    fn is_overruled(
        &self,
        tx: &mut Tx<'_>,
        subscription: &Subscription,
        billed: &BilledSubscription,
    ) -> Result<bool, StoreError> {
        match (billed.cancel_at, billed.canceled_at) {
            (None, _) => Ok(self.was_known),
            (Some(_), Some(decided_at)) if self.change.arranged_at.is_none() => {
                Ok(answered_at(tx, subscription, decided_at)?.is_some())
            }
            (Some(_), _) => Ok(false),
        }
    }
}

fn follow_to_free(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    billed: &BilledSubscription,
    lapse: Lapse,
) -> Result<Billing, StoreError> {
    let is_over = billed.status == BillingStatus::Canceled;
    let (due_at, over_from) = lapse.due();
    if is_over && billed.ended_at.is_some_and(|ended_at| over_from <= ended_at) {
        let product = tx.products(subscription.project_id).find(lapse.price.product_id)?;
        if let Some(product) = product {
            let (project, id) = (subscription.project_id, subscription.id);
            let stripe_subscription = billed.id.clone();
            enqueue(cx, tx, &Task::CloseBilling { project, subscription: id, stripe_subscription })?;
            subscription.stripe_subscription_id = None;
            // What was owed for the old plan is let go with it: the new one is paid for with nothing.
            subscription.catch_up();
            become_plan(cx, tx, subscription, &product, &lapse.price, due_at)?;
            return Ok(Billing::Free);
        }
    }
    if !is_over && lapse.is_overruled(tx, subscription, billed)? {
        delete_change(cx, tx, lapse.change)?;
        return Ok(Billing::GoesOn);
    }
    Ok(if is_over { Billing::GoesOn } else { Billing::EndsFree })
}

/// The plan that Stripe bills, if it is one of ours and not the one that the subscription has.
fn other_billed_plan(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    billed: &BilledSubscription,
) -> Result<Option<(Product, Price)>, StoreError> {
    let project = subscription.project_id;
    let mut other = None;
    for item in &billed.items {
        let Some(price) = tx.prices(project).find_by_stripe_id(&item.stripe_price_id)? else { continue };
        if price.id == subscription.price_id {
            return Ok(None);
        }
        let product = tx.products(project).find(price.product_id)?;
        if let Some(product) = product.filter(|product| product.kind == ProductKind::Plan) {
            other = Some((product, price));
        }
    }
    Ok(other)
}

/// The subscription is another plan, and the change that asked for it has come true. `since` is when the period began
/// that is the new plan's first. The caller keeps the subscription's row.
pub(super) fn become_plan(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    product: &Product,
    price: &Price,
    since: Timestamp,
) -> Result<(), StoreError> {
    let project = subscription.project_id;
    let held_group = subscription.exclusive_group.clone();
    subscription.change_plan(product, price, since);
    if let Some(group) = &product.exclusive_group
        && let Some(other) = tx.subscriptions(project).live_of_group(subscription.customer_id, group)?
        && other.id != subscription.id
    {
        // Never by a change from here: those stay in their group.
        tracing::error!(subscription.id = %subscription.id, "Stripe bills {} a plan that excludes {}", subscription.id, other.id);
        subscription.exclusive_group = held_group;
    }
    regive_bundle(cx, tx, subscription, product)?;
    record(cx, tx, project, Happening::SubscriptionUpdated, subscription.id)?;
    let open = tx.subscription_changes(project).open_of(subscription.id)?;
    if let Some(mut change) = open.filter(|change| change.price_id == price.id) {
        change.apply(cx.now());
        tx.subscription_changes(project).update(&change)?;
        record(cx, tx, project, Happening::SubscriptionChangeApplied, change.id)?;
    }
    Ok(())
}

/// The change will not come true.
pub(super) fn delete_change(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut change: SubscriptionChange,
) -> Result<(), StoreError> {
    if change.delete() {
        tx.subscription_changes(change.project_id).update(&change)?;
        record(cx, tx, change.project_id, Happening::SubscriptionChangeDeleted, change.id)?;
    }
    Ok(())
}
