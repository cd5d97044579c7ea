//! What a change that waits means for the add-ons beside it, and they for the change.

use perennial_domain::{
    AddonState, CustomerId, Price, Product, ProjectId, Subscription, SubscriptionChangeState, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::carry_out::{CarryOutError, carry_out};
use crate::context::App;

/// The plan that the subscription waits to be, and its price.
pub(crate) fn plan_to_come(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
) -> Result<Option<(Product, Price)>, StoreError> {
    let Some(change) = tx.subscription_changes(project).open_of(subscription)? else { return Ok(None) };
    let product = tx.products(project).find(change.product_id)?;
    Ok(product.zip(tx.prices(project).find(change.price_id)?))
}

/// Whether the subscription waits to be a free one.
pub(crate) fn will_be_free(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
) -> Result<bool, StoreError> {
    Ok(plan_to_come(tx, project, subscription)?.is_some_and(|(_, price)| price.amount.is_zero()))
}

/// Whether the customer is paying for an add-on that renews with a subscription. Asked before the subscription is
/// locked, as who delivers takes these locks in that order.
pub(super) fn is_buying_what_renews(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<bool, StoreError> {
    let open = tx.checkouts(project).lock_undecided_of(customer)?;
    Ok(open.is_some_and(|open| open.order.goods.charged_with().is_some()))
}

/// The add-ons that renew with the subscription, and what they cost.
pub(super) fn addons_beside(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
) -> Result<Vec<(Product, Price)>, StoreError> {
    let project = subscription.project_id;
    let mut beside = Vec::new();
    for addon in tx.subscription_addons(project).of_subscription(subscription.id)? {
        if addon.state != AddonState::Ended && addon.term.renews() {
            let product = tx.products(project).find(addon.product_id)?;
            beside.extend(product.zip(tx.prices(project).find(addon.price_id)?));
        }
    }
    Ok(beside)
}

/// Notes that something else is billed with the subscription now, within a transaction that holds it: a schedule at
/// Stripe names every price of the next period, so a change that waits has to be arranged once more. The sweep does it,
/// if [`arrange_again`] does not.
pub(crate) fn arrange_again_later(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
) -> Result<(), StoreError> {
    let Some(mut change) = tx.subscription_changes(project).open_of(subscription)? else { return Ok(()) };
    if change.arranged_at.take().is_some() {
        tx.subscription_changes(project).update(&change)?;
    }
    Ok(())
}

/// Arranges a change that waits at once, with what is billed beside it now.
pub(crate) async fn arrange_again(app: &App, project: ProjectId, subscription: SubscriptionId) {
    if let Err(error) = arrange_open(app, project, subscription).await {
        tracing::warn!(subscription.id = %subscription, %error, "the change of {subscription} is not arranged yet, the sweep tries again");
    }
}

async fn arrange_open(
    app: &App,
    project: ProjectId,
    subscription: SubscriptionId,
) -> Result<(), CarryOutError> {
    let open = app.read(move |_, tx| tx.subscription_changes(project).open_of(subscription)).await?;
    match open.filter(|open| open.state == SubscriptionChangeState::Pending) {
        Some(change) => carry_out(app, project, change.id).await.map(drop),
        None => Ok(()),
    }
}
