//! Room for another change: the one that waited is let go at Stripe first, and leaves in the transaction that reserves the
//! other one. So whatever refuses that one drops nothing.

use perennial_domain::{Subscription, SubscriptionChangeId};
use perennial_store::{StoreError, Tx};

use super::addons::arrange_again;
use super::choice::CurrentPlan;
use super::start::ChangePlanError;
use super::withdraw::{Withdrawn, release_open};
use crate::context::{App, Cx};
use crate::subscriptions::follow::delete_change;

/// Has Stripe let go of whatever change waits, so that another one can be reserved in its place; answers that change. Who
/// does not reserve one after all calls [`turn_back`]. One whose day has come stays: Stripe bills the new plan already.
pub async fn make_way(
    app: &App,
    current: &CurrentPlan,
) -> Result<Option<SubscriptionChangeId>, ChangePlanError> {
    let (project, id, now) = (current.subscription.project_id, current.subscription.id, app.now());
    let open = app.read(move |_, tx| tx.subscription_changes(project).open_of(id)).await?;
    if open.is_some_and(|open| open.is_due_at(now)) {
        return Err(ChangePlanError::UnderWay);
    }
    match release_open(app, &current.subscription).await? {
        Withdrawn::Gone => Ok(None),
        Withdrawn::Released(id) => Ok(Some(id)),
        Withdrawn::UnderWay => Err(ChangePlanError::UnderWay),
    }
}

/// Nothing came of what way was made for: the change that waited is arranged again. Should that fail, a sweep does it.
pub async fn turn_back(app: &App, current: &CurrentPlan) {
    arrange_again(app, current.subscription.project_id, current.subscription.id).await;
}

/// Whether the customer may still pay for another subscription in place of this one. The caller holds this one, which
/// whoever delivers the other has to end.
pub(super) fn is_being_replaced(tx: &mut Tx<'_>, subscription: &Subscription) -> Result<bool, StoreError> {
    let open = tx.checkouts(subscription.project_id).undecided_of(subscription.customer_id)?;
    let bought = open.as_ref().and_then(|open| open.order.goods.subscription());
    Ok(bought.is_some_and(|bought| bought.replaces == Some(subscription.id)))
}

/// Another one takes the place of a change that Stripe has let go of.
pub(super) fn replace(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    id: SubscriptionChangeId,
) -> Result<(), ChangePlanError> {
    match tx.subscription_changes(subscription.project_id).lock(id)? {
        // The sweep has just arranged it again.
        Some(change) if change.arranged_at.is_some() && subscription.stripe_subscription_id.is_some() => {
            Err(ChangePlanError::Contended)
        }
        Some(change) => Ok(delete_change(cx, tx, change)?),
        None => Ok(()),
    }
}
