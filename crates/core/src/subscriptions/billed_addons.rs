//! Add-ons that Stripe bills no more: an operator may take an item off in Stripe's dashboard, and nobody tells us but
//! Stripe itself.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{AddonState, Subscription, SubscriptionAddon};
use perennial_store::{StoreError, Tx};

use super::plan_change::unsettle_change_in;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::{BilledSubscription, BillingStatus};

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
        let is_settled = addon.state == AddonState::Active && addon.created_at + YOUNG <= asked_at;
        if addon.term.renews() && is_settled && !is_billed(tx, &addon, billed)? {
            addon.canceled_at.get_or_insert(cx.now());
            addon.end(cx.now());
            tx.subscription_addons(project).update(&addon)?;
            record(cx, tx, project, Happening::SubscriptionAddonEnded, addon.id)?;
            ended = true;
        }
    }
    if ended { unsettle_change_in(tx, project, subscription.id) } else { Ok(()) }
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
