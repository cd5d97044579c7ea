//! Add-ons that were bought, with a subscription or on top of one.

use perennial_domain::{
    AddonOrder, AddonState, Checkout, OrderLine, SubscriptionAddon, SubscriptionId, SubscriptionState,
};
use perennial_store::Tx;

use super::{DeliverError, sold};
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::subscriptions::{activate_addons_in, arrange_again_later};

/// Adds them to the live subscription that they were bought for, active at once unless it is not itself.
pub(super) fn deliver(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    order: &AddonOrder,
) -> Result<SubscriptionId, DeliverError> {
    let id = order.subscription_id;
    let subscription = tx.subscriptions(checkout.project_id).lock(id)?;
    let renews_at_stripe = order.prorated_at.is_some();
    let subscription = subscription
        .filter(|found| found.is_had_at(cx.now()) && found.customer_id == checkout.customer_id)
        // What Stripe renews is over with Stripe's part.
        .filter(|subscription| !renews_at_stripe || subscription.stripe_subscription_id.is_some())
        .ok_or(DeliverError::SubscriptionEnded(id))?;
    for line in &order.addons {
        insert(cx, tx, checkout, line, id)?;
    }
    if renews_at_stripe {
        arrange_again_later(tx, checkout.project_id, id)?;
    }
    if subscription.state != SubscriptionState::Pending {
        activate_addons_in(cx, tx, &subscription)?;
    }
    Ok(id)
}

/// One add-on, which waits for its subscription.
pub(super) fn insert(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    line: &OrderLine,
    subscription_id: SubscriptionId,
) -> Result<(), DeliverError> {
    let (product, price) = sold(tx, checkout, line)?;
    let addon = SubscriptionAddon {
        id: cx.id(),
        project_id: checkout.project_id,
        subscription_id,
        customer_id: checkout.customer_id,
        product_id: product.id,
        price_id: price.id,
        term: price.term,
        checkout_id: Some(checkout.id),
        state: AddonState::Pending,
        current_period: None,
        activated_at: None,
        canceled_at: None,
        ended_at: None,
        created_at: cx.now(),
    };
    tx.subscription_addons(checkout.project_id).insert(&addon)?;
    record(cx, tx, checkout.project_id, Happening::SubscriptionAddonCreated, addon.id)?;
    Ok(())
}
