//! Add-ons that Stripe bills no more, as an operator may take an item off in Stripe's dashboard, and those that it bills
//! and nobody has yet, as it may make one long after its charge was given up. Nobody tells us of either but Stripe itself.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    AddonState, Checkout, CheckoutState, Goods, PriceId, ProductKind, Subscription, SubscriptionAddon,
};
use perennial_store::{StoreError, Tx};

use super::plan_change::arrange_again_later;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::{BilledSubscription, BillingStatus};
use crate::tasks::{Task, enqueue};

/// Younger add-ons may be younger than what Stripe was asked, by another server's clock.
const YOUNG: SignedDuration = SignedDuration::from_mins(1);

/// A list within an object shows no more than so many; what comes after them is not known to be missing
/// (<https://docs.stripe.com/api/pagination>).
const SHOWN: usize = 10;

/// Ends the renewing add-ons of a subscription that Stripe did not bill when it was asked, within a transaction that holds
/// the subscription and has read its add-ons. A price that took the place of another of the same product goes on billing its
/// add-on.
pub(super) fn end_unbilled_addons(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    addons: Vec<SubscriptionAddon>,
    billed: &BilledSubscription,
    asked_at: Timestamp,
) -> Result<(), StoreError> {
    use BillingStatus::{Canceled, IncompleteExpired};
    let is_over = matches!(billed.status, Canceled | IncompleteExpired) || !subscription.is_live();
    if is_over || billed.items.len() >= SHOWN {
        return Ok(());
    }
    let project = subscription.project_id;
    let mut ended = false;
    for mut addon in addons {
        let is_established = addon.state == AddonState::Active && addon.created_at + YOUNG <= asked_at;
        if addon.term.renews() && is_established && !is_billed(tx, &addon, billed)? {
            addon.canceled_at.get_or_insert(cx.now());
            addon.end(cx.now());
            tx.subscription_addons(project).update(&addon)?;
            record(cx, tx, project, Happening::SubscriptionAddonEnded, addon.id)?;
            ended = true;
        }
    }
    if ended { arrange_again_later(tx, project, subscription.id) } else { Ok(()) }
}

fn is_billed(
    tx: &mut Tx<'_>,
    addon: &SubscriptionAddon,
    billed: &BilledSubscription,
) -> Result<bool, StoreError> {
    let price = tx.prices(addon.project_id).find(addon.price_id)?;
    // What is free is no matter of Stripe's.
    let Some(own) = price.filter(|price| !price.amount.is_zero()).and_then(|price| price.stripe_price_id)
    else {
        return Ok(true);
    };
    if billed.items.iter().any(|item| item.stripe_price_id == own) {
        return Ok(true);
    }
    for item in &billed.items {
        let other = tx.prices(addon.project_id).find_by_stripe_id(&item.stripe_price_id)?;
        if other.is_some_and(|price| price.product_id == addon.product_id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Has every charge looked at that was given up, and of which Stripe bills an add-on all the same, within a transaction
/// that holds the subscription and has read its add-ons: what is paid has to be had.
pub(super) fn wake_given_up_charges(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    addons: &[SubscriptionAddon],
    billed: &BilledSubscription,
) -> Result<(), StoreError> {
    // The plan alone is an item that everybody knows.
    if billed.items.len() < 2 {
        return Ok(());
    }
    let project = subscription.project_id;
    for item in &billed.items {
        let Some(price) = tx.prices(project).find_by_stripe_id(&item.stripe_price_id)? else { continue };
        let is_it = |addon: &SubscriptionAddon| {
            addon.product_id == price.product_id && addon.state != AddonState::Ended
        };
        let product = tx.products(project).find(price.product_id)?;
        if addons.iter().any(is_it) || product.is_none_or(|product| product.kind != ProductKind::Addon) {
            continue;
        }
        if let Some(checkout) = given_up_charge(tx, subscription, price.id)? {
            enqueue(cx, tx, &Task::SettleCheckout { project, checkout: checkout.id })?;
        }
    }
    Ok(())
}

/// The customer's latest charge for this add-on that nobody waits for any more.
fn given_up_charge(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    price: PriceId,
) -> Result<Option<Checkout>, StoreError> {
    let is_for_it = |checkout: &Checkout| match &checkout.order.goods {
        Goods::Addons(order) => {
            order.subscription_id == subscription.id
                && order.prorated_at.is_some()
                && order.addons.iter().any(|line| line.price_id == price)
        }
        Goods::Subscription(_) | Goods::PlanChange(_) => false,
    };
    let all = tx.checkouts(subscription.project_id).all_of_customer(subscription.customer_id)?;
    let is_given_up =
        |checkout: &Checkout| matches!(checkout.state, CheckoutState::Expired | CheckoutState::Abandoned);
    Ok(all.into_iter().find(|checkout| is_given_up(checkout) && is_for_it(checkout)))
}
