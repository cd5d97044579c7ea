//! A free subscription whose first payment has come: what that makes of it.

use perennial_domain::{PlanChangeOrder, Price, Product, ProjectId, Subscription, SubscriptionChange};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::BilledSubscription;
use crate::subscriptions::follow::{become_plan, delete_change};
use crate::subscriptions::turn_due::renew_addons_in;

/// Whether nobody has taken back, since its day came, the change that an order is for. It stays as it is until the
/// transaction ends.
pub(crate) fn is_still_wanted(
    tx: &mut Tx<'_>,
    project: ProjectId,
    order: &PlanChangeOrder,
) -> Result<bool, StoreError> {
    let Some(id) = order.change_id else { return Ok(true) };
    Ok(tx.subscription_changes(project).lock(id)?.is_some_and(|change| change.is_open()))
}

/// Makes it the plan that was bought, billed by Stripe from now on, within a transaction that holds it. The change is
/// written down with it: until it was paid there was nothing to show. One to another plan that waited gives way.
pub(crate) fn become_bought_plan(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    product: &Product,
    price: &Price,
    billed: &BilledSubscription,
) -> Result<(), StoreError> {
    let project = subscription.project_id;
    let open = tx.subscription_changes(project).open_of(subscription.id)?;
    if open.as_ref().is_none_or(|open| open.price_id != price.id) {
        open.map_or(Ok(()), |open| delete_change(cx, tx, open))?;
        let change = SubscriptionChange::of(cx.id(), subscription, price, cx.now());
        tx.subscription_changes(project).insert(&change)?;
        record(cx, tx, project, Happening::SubscriptionChangeCreated, change.id)?;
    }
    let (start, end) = (billed.current_period_start, billed.current_period_end);
    subscription.stripe_subscription_id = Some(billed.id.clone());
    become_plan(cx, tx, subscription, product, price, start)?;
    subscription.begin_anew(product, start, end);
    tx.subscriptions(project).update(subscription)?;
    renew_addons_in(cx, tx, subscription, start, end)
}
