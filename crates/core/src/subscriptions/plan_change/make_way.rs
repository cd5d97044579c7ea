//! Room for another change: the one that waited is let go at Stripe first, and leaves in the transaction that reserves the
//! other one. So whatever refuses that one drops nothing.

use perennial_domain::{Subscription, SubscriptionChangeId};
use perennial_store::{StoreError, Tx};

use super::addons::arrange_again;
use super::start::ChangePlanError;
use super::withdraw::{Withdrawn, release_open};
use crate::context::{App, Cx};
use crate::subscriptions::follow::delete_change;

/// Has Stripe let go of whatever change waits, so that another one can be reserved in its place; answers that change. Who
/// does not reserve one after all calls [`turn_back`]. One whose day has come stays: Stripe bills the new plan already.
pub async fn make_way(
    app: &App,
    subscription: &Subscription,
) -> Result<Option<SubscriptionChangeId>, ChangePlanError> {
    let (project, id, now) = (subscription.project_id, subscription.id, app.now());
    let open = app.read(move |_, tx| tx.subscription_changes(project).open_of(id)).await?;
    if open.is_some_and(|open| open.is_due_at(now)) {
        return Err(ChangePlanError::UnderWay);
    }
    match release_open(app, subscription).await? {
        Withdrawn::Gone => Ok(None),
        Withdrawn::Released(id) => Ok(Some(id)),
        Withdrawn::UnderWay => Err(ChangePlanError::UnderWay),
    }
}

/// Nothing came of what way was made for: the change that waited is arranged again. Should that fail, a sweep does it.
pub async fn turn_back(app: &App, subscription: &Subscription) {
    arrange_again(app, subscription.project_id, subscription.id).await;
}

/// Takes back whatever change waits, so that the plan goes on; not while the customer may still pay for another subscription
/// in place of it. Where that comes to light, the change waits again.
pub(crate) async fn keep_plan(app: &App, subscription: &Subscription) -> Result<(), ChangePlanError> {
    let released = make_way(app, subscription).await?;
    let kept = subscription.clone();
    let kept = app.write(move |cx, tx| keep(cx, tx, &kept, released)).await;
    if kept.is_err() && released.is_some() {
        turn_back(app, subscription).await;
    }
    kept
}

fn keep(
    cx: &Cx,
    tx: &mut Tx<'_>,
    known: &Subscription,
    released: Option<SubscriptionChangeId>,
) -> Result<(), ChangePlanError> {
    let subscription = tx.subscriptions(known.project_id).lock(known.id)?;
    // Somebody else may have taken the change back; it may have come true as well.
    let is_same = |it: &Subscription| it.can_change_plan() && it.price_id == known.price_id;
    let subscription = subscription.filter(is_same).ok_or(ChangePlanError::Contended)?;
    if is_being_replaced(tx, &subscription)? {
        return Err(ChangePlanError::Contended);
    }
    match released {
        Some(id) => replace(cx, tx, &subscription, id),
        None => Ok(()),
    }
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
