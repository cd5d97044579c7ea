//! The first payment of a subscription that was free: it becomes the plan that was bought for it, under its own id.

use perennial_domain::{Checkout, PlanChangeOrder, SubscriptionId};
use perennial_store::Tx;

use super::{DeliverError, sold};
use crate::checkout::receipt::Receipt;
use crate::context::Cx;
use crate::subscriptions::{become_bought_plan, is_still_wanted};

/// Makes the subscription the new plan, unless it has ended or changed since, or nobody wants that any more: then the money goes back.
pub(super) fn deliver(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    order: &PlanChangeOrder,
    receipt: Option<&Receipt>,
) -> Result<SubscriptionId, DeliverError> {
    let id = order.subscription_id;
    let subscription = tx.subscriptions(checkout.project_id).lock(id)?;
    let mut subscription = subscription
        .filter(|subscription| subscription.customer_id == checkout.customer_id && order.fits(subscription))
        .ok_or(DeliverError::SubscriptionChanged(id))?;
    if !is_still_wanted(tx, checkout.project_id, order)? {
        return Err(DeliverError::SubscriptionChanged(id));
    }
    let (product, price) = sold(tx, checkout, &order.to)?;
    let billed = receipt.and_then(Receipt::beginning).ok_or(DeliverError::NotBilled)?;
    become_bought_plan(cx, tx, &mut subscription, &product, &price, &billed)?;
    Ok(id)
}
