//! Renewals that are not paid: what that means for the right to use the subscription, and how it ends.

use perennial_domain::{
    ArrearsPolicy, CancellationCause, ProjectId, Subscription, SubscriptionId, SubscriptionState,
};
use perennial_store::{StoreError, Tx};

use super::cancel::confirm_by_mail;
use super::cancellation_request::answered_at;
use super::collection::{align_collection_if_it_differs, align_collection_later};
use super::picture::Picture;
use super::sync::SyncError;
use super::turn_due::{ask_stripe_first, end_in};
use crate::business::turn_with_parent;
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::ports::{BilledSubscription, BillingStatus, InvoiceStatus};

/// What Stripe's status means for the right to use it. A first payment that is missing concerns the checkout, not us.
pub(super) fn apply_standing(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    picture: &Picture,
) -> Result<(), SyncError> {
    if !subscription.is_live() {
        return Ok(());
    }
    let (before, was_behind) = (subscription.state, subscription.is_in_arrears());
    let billed = &picture.billed;
    match billed.status {
        BillingStatus::Active | BillingStatus::Trialing => match picture.owed_for_running_period() {
            None => subscription.catch_up(),
            // Stripe counts it as settled when its merchant gives up the money. Nobody has paid all the same (law 2).
            Some(InvoiceStatus::Uncollectible) => fall_behind(cx, tx, subscription)?,
            // Stripe calls it active also while it waits for a first try, or for a draft that is held back.
            Some(_) => {}
        },
        BillingStatus::PastDue => fall_behind(cx, tx, subscription)?,
        // Stripe has stopped to try, and lets it go on without money. We do not.
        BillingStatus::Unpaid => give_up_waiting(cx, tx, subscription)?,
        BillingStatus::Canceled | BillingStatus::IncompleteExpired => {
            end_with_stripe(cx, tx, subscription, billed)?;
        }
        BillingStatus::Incomplete | BillingStatus::Paused => {}
    }
    if !was_behind {
        date_back(subscription, picture);
    }
    tell(cx, tx, subscription, before)?;
    Ok(align_collection_if_it_differs(cx, tx, subscription, picture)?)
}

fn fall_behind(cx: &Cx, tx: &mut Tx<'_>, subscription: &mut Subscription) -> Result<(), SyncError> {
    let policy = policy_of(tx, subscription.project_id)?;
    Ok(subscription.fall_behind(&policy, cx.now())?)
}

/// We may have heard of it late. The clock that ends it runs from now on all the same: nobody could be told before.
fn date_back(subscription: &mut Subscription, picture: &Picture) {
    if let (Some(arrears), Some(failed_at)) = (&mut subscription.arrears, picture.failing_since()) {
        arrears.since = arrears.since.min(failed_at);
    }
}

/// Stripe has ended it: because nobody paid, because somebody asked for it here, or for a reason of its own.
fn end_with_stripe(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    billed: &BilledSubscription,
) -> Result<(), StoreError> {
    let ended_at = billed.ended_at.unwrap_or(cx.now());
    // We may have heard of nothing until it was over.
    if billed.ended_unpaid || subscription.is_in_arrears() {
        return end_in(cx, tx, subscription, ended_at, CancellationCause::PaymentFailed);
    }
    let request = answered_at(tx, subscription, ended_at)?.filter(|_| subscription.canceled_at.is_none());
    let Some(request) = request else {
        return end_in(cx, tx, subscription, ended_at, CancellationCause::SubscriptionEnded);
    };
    let cause = request.cancellation.cause;
    subscription.canceled_at = Some(request.requested_at);
    subscription.cancellation = Some(request.cancellation);
    end_in(cx, tx, subscription, ended_at, cause)?;
    if cause == CancellationCause::CancellationRequested {
        confirm_by_mail(cx, tx, subscription)
    } else {
        Ok(())
    }
}

/// Turns arrears that have lasted too long into what the project decided. Stripe is asked first: it may have the money, or
/// have ended the subscription itself, and nobody told us. As long as it cannot be asked, they wait.
pub(super) async fn ask_and_give_up(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), SyncError> {
    ask_stripe_first(app, project, id).await?;
    Ok(app.write(move |cx, tx| end_arrears_if_due(cx, tx, project, id)).await?)
}

fn end_arrears_if_due(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), StoreError> {
    let Some(mut subscription) = tx.subscriptions(project).lock(id)? else { return Ok(()) };
    // It may have been paid, or ended at Stripe, since the list was read.
    let until = subscription.arrears.and_then(|arrears| arrears.until);
    if until.is_none_or(|until| until > cx.now()) {
        return Ok(());
    }
    let before = subscription.state;
    give_up_waiting(cx, tx, &mut subscription)?;
    tx.subscriptions(project).update(&subscription)?;
    if subscription.is_given_up() {
        align_collection_later(cx, tx, &subscription)?;
    }
    tell(cx, tx, &subscription, before)
}

fn give_up_waiting(cx: &Cx, tx: &mut Tx<'_>, subscription: &mut Subscription) -> Result<(), StoreError> {
    let policy = policy_of(tx, subscription.project_id)?;
    if !subscription.give_up_waiting(&policy, cx.now()) {
        return Ok(());
    }
    end_in(cx, tx, subscription, cx.now(), CancellationCause::PaymentFailed)
}

/// What the project decided about renewals that are not paid.
pub(super) fn policy_of(tx: &mut Tx<'_>, project: ProjectId) -> Result<ArrearsPolicy, StoreError> {
    Ok(tx.projects().find(project)?.map(|project| project.settings.arrears).unwrap_or_default())
}

/// Tells others of a change, and has what was given along follow it; but for an end, which does both by itself.
fn tell(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    before: SubscriptionState,
) -> Result<(), StoreError> {
    let what = match (before, subscription.state) {
        (_, SubscriptionState::Ended) => return Ok(()),
        (before, after) if before == after => return Ok(()),
        (_, SubscriptionState::Restricted) => Happening::SubscriptionRestricted,
        (SubscriptionState::Restricted, _) => Happening::SubscriptionRestored,
        _ => Happening::SubscriptionUpdated,
    };
    record(cx, tx, subscription.project_id, what, subscription.id)?;
    turn_with_parent(cx, tx, subscription, before)
}
