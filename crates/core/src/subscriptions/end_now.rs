//! Ending a subscription at once: at Stripe first, and then here.

use jiff::Timestamp;
use perennial_domain::{Cancellation, CancellationCause, ProjectId, Subscription, SubscriptionId};
use perennial_store::Tx;

use super::cancel::{CancelError, confirm_by_mail, find};
use super::cancellation_request;
use super::plan_change::{Withdrawn, is_change_under_way, release_open};
use super::turn_due::end_in;
use crate::context::{App, Cx};

/// Ends a subscription now, of whatever kind. Ending twice changes nothing.
pub async fn end_subscription(app: &App, project: ProjectId, id: SubscriptionId) -> Result<(), CancelError> {
    let subscription = find(app, project, id).await?;
    end_with(app, &subscription, Cancellation::because(CancellationCause::CancellationRequested)).await
}

/// Ends a live subscription now: at Stripe, then here. What waits for its money is taken back first; what was paid at the
/// same moment has come true, and its successor lives on.
pub(crate) async fn end_with(
    app: &App,
    subscription: &Subscription,
    cancellation: Cancellation,
) -> Result<(), CancelError> {
    if !subscription.is_live() {
        return Ok(());
    }
    let (project, id, requested_at) = (subscription.project_id, subscription.id, app.now());
    if release_open(app, subscription).await? == Withdrawn::UnderWay {
        return Err(CancelError::ChangeUnderWay(id));
    }
    let said = cancellation.clone();
    let ending = app.write(move |cx, tx| reserve_end(cx, tx, project, id, &said)).await?;
    let stopped = stop_at_stripe(app, &ending).await;
    cancellation_request::forget_if_refused(app, subscription, stopped).await?;
    app.write(move |cx, tx| note_end(cx, tx, project, id, requested_at, &cancellation)).await
}

async fn stop_at_stripe(app: &App, subscription: &Subscription) -> Result<(), CancelError> {
    let Some(stripe_subscription_id) = &subscription.stripe_subscription_id else { return Ok(()) };
    match app.payments(subscription.project_id).await?.cancel_subscription(stripe_subscription_id).await {
        // It is over there already.
        Err(error) if error.is_not_found() => Ok(()),
        stopped => Ok(stopped.map(drop)?),
    }
}

/// The subscription as it is by now: a successor may bill what it billed when it was read. Why it ends is kept.
fn reserve_end(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
    cancellation: &Cancellation,
) -> Result<Subscription, CancelError> {
    let subscription = tx.subscriptions(project).lock(id)?.ok_or(CancelError::Unknown(id))?;
    if is_change_under_way(tx, project, id)? {
        return Err(CancelError::ChangeUnderWay(id));
    }
    cancellation_request::keep_in(cx, tx, &subscription, cancellation)?;
    Ok(subscription)
}

fn note_end(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
    requested_at: Timestamp,
    cancellation: &Cancellation,
) -> Result<(), CancelError> {
    let mut subscription = tx.subscriptions(project).lock(id)?.ok_or(CancelError::Unknown(id))?;
    tx.cancellation_requests(project).delete(id)?;
    // Stripe's own event of this end may have been quicker; it knows neither the reason nor who asked for it. Its times
    // are whole seconds.
    let is_this_end =
        subscription.ended_at.is_some_and(|ended_at| requested_at.as_second() <= ended_at.as_second());
    if subscription.is_live() {
        subscription.canceled_at.get_or_insert(cx.now());
        subscription.cancellation.get_or_insert(cancellation.clone());
        end_in(cx, tx, &mut subscription, cx.now(), cancellation.cause)?;
    } else if is_this_end && subscription.canceled_at.is_none() {
        subscription.canceled_at = Some(requested_at);
        subscription.cancellation = Some(cancellation.clone());
        tx.subscriptions(project).update(&subscription)?;
    } else {
        return Ok(());
    }
    if cancellation.cause == CancellationCause::CancellationRequested {
        confirm_by_mail(cx, tx, &subscription)?;
    }
    Ok(())
}
