//! Cancelling, and taking it back: what an API call, a page and a command all call. Ending at once is in `end_now`.
//!
//! What was said first, then Stripe, then our row: an error says that nothing was changed here, and a crash in between is
//! healed by Stripe's own event, which finds the reason kept.

use jiff::Timestamp;
use perennial_domain::{
    Cancellation, CancellationTime, Letter, Project, ProjectId, Subscription, SubscriptionChangeState,
    SubscriptionId, SubscriptionState, TransitionError,
};
use perennial_store::{StoreError, Tx};

use super::cancellation_request;
use super::end_now::end_with;
use super::follow::delete_change;
use super::plan_change::{WithdrawError, Withdrawn, release_open};
use super::sync::SyncError;
use super::turn_due::ask_stripe_first;
use crate::business::follow_parent;
use crate::context::{AccountError, App, Cx};
use crate::events::{Happening, record};
use crate::mails;
use crate::ports::{BillingEnd, PaymentsError};
use crate::tasks::{Task, enqueue};

/// Why it is not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    Unknown(SubscriptionId),
    /// It is over.
    #[error("the subscription has ended")]
    Ended,
    /// It is paid once, and ends, or does not, by itself.
    #[error("the subscription does not renew")]
    NotRecurring,
    /// A change of plan is being paid: it comes true first, and may hand what Stripe bills to another subscription.
    #[error("a change of subscription {0} is being paid")]
    ChangeUnderWay(SubscriptionId),
    /// The change of plan that waits cannot be taken back first.
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// What is true at Stripe could not be found out.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The life cycle does not have this step.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cancels a recurring subscription: it is used up to the end of the running period, or of the minimum periods if that is
/// later. Cancelling twice changes nothing (contracts/projects-api.md §5, row 25); one that waits for its activation
/// ends at once (row 27), and so does one whose running period nobody has paid for: what is owed for it is let go. Answers
/// which of the two it was.
pub async fn cancel_subscription(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
    cancellation: Cancellation,
) -> Result<CancellationTime, CancelError> {
    let subscription = find_up_to_date(app, project, id).await?;
    cancel_found(app, &subscription, cancellation).await
}

async fn cancel_found(
    app: &App,
    subscription: &Subscription,
    cancellation: Cancellation,
) -> Result<CancellationTime, CancelError> {
    let now = app.now();
    match cancelable(subscription)? {
        Cancelable::Already => Ok(CancellationTime::AtPeriodEnd),
        Cancelable::Yes if has_nothing_to_use(subscription, now) => {
            end_with(app, subscription, cancellation).await?;
            Ok(CancellationTime::AtOnce)
        }
        Cancelable::Yes => {
            cancel_at(app, subscription, subscription.scheduled_end(now), cancellation).await?;
            Ok(CancellationTime::AtPeriodEnd)
        }
    }
}

fn has_nothing_to_use(subscription: &Subscription, now: Timestamp) -> bool {
    subscription.state == SubscriptionState::Pending || subscription.has_nothing_left(now)
}

/// Has a live subscription end at this time, whether it renews or not, and whatever end was decided before.
pub(crate) async fn cancel_at(
    app: &App,
    subscription: &Subscription,
    end: Timestamp,
    cancellation: Cancellation,
) -> Result<(), CancelError> {
    match schedule_end(app, subscription, end, cancellation).await {
        Err(
            CancelError::Payments(refused @ PaymentsError::Refused(_))
            | CancelError::Withdraw(WithdrawError::Payments(refused @ PaymentsError::Refused(_))),
        ) => answer_refused_end(app, subscription, refused).await,
        scheduled => scheduled,
    }
}

async fn schedule_end(
    app: &App,
    subscription: &Subscription,
    end: Timestamp,
    cancellation: Cancellation,
) -> Result<(), CancelError> {
    let (project, id) = (subscription.project_id, subscription.id);
    // What is being paid comes true, and ends with the rest.
    let _: Withdrawn = release_open(app, subscription).await?;
    cancellation_request::keep(app, subscription, &cancellation).await?;
    let scheduled = schedule_at_stripe(app, subscription, end).await;
    let end = cancellation_request::forget_if_refused(app, subscription, scheduled).await?;
    app.write(move |cx, tx| note_cancellation(cx, tx, project, id, end, &cancellation)).await
}

/// Cancels for the customer: as the project wants it, at the end of what is paid or at once. Who is bound for longer
/// never goes at once.
pub async fn cancel_for_customer(
    app: &App,
    project: &Project,
    id: SubscriptionId,
    cancellation: Cancellation,
) -> Result<(), CancelError> {
    let subscription = find_up_to_date(app, project.id, id).await?;
    match cancelable(&subscription)? {
        Cancelable::Yes if ends_at_once(project, &subscription, app.now()) => {
            end_with(app, &subscription, cancellation).await
        }
        _ => cancel_found(app, &subscription, cancellation).await.map(drop),
    }
}

/// Whether a subscription is over as soon as its customer cancels it.
pub fn ends_at_once(project: &Project, subscription: &Subscription, now: Timestamp) -> bool {
    let paid_until = subscription.current_period.and_then(|period| period.end);
    let is_bound = subscription.earliest_end_at() > paid_until;
    has_nothing_to_use(subscription, now)
        || project.settings.cancellation == CancellationTime::AtOnce && !is_bound
}

/// Takes a cancellation back, as long as its end has not come. Where there is none, nothing changes.
pub async fn resume_subscription(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), CancelError> {
    let subscription = find(app, project, id).await?;
    if subscription.is_live() && subscription.canceled_at.is_none() {
        return Ok(());
    }
    if !subscription.can_resume(app.now()) {
        return Err(CancelError::Ended);
    }
    if let Some(stripe_subscription_id) = &subscription.stripe_subscription_id {
        let payments = app.payments(project).await?;
        match payments.schedule_end(stripe_subscription_id, BillingEnd::Never).await {
            Ok(billed) if billed.status.is_over() => {
                ask_stripe_first(app, project, id).await?;
                return Err(CancelError::Ended);
            }
            Err(refused @ PaymentsError::Refused(_)) => {
                return answer_refused_resumption(app, &subscription, refused).await;
            }
            resumed => drop(resumed?),
        }
    }
    app.write(move |cx, tx| {
        let mut subscription = tx.subscriptions(project).lock(id)?.ok_or(CancelError::Unknown(id))?;
        if !subscription.is_live() {
            return Err(CancelError::Ended);
        }
        Ok(resume_in(cx, tx, &mut subscription)?)
    })
    .await
}

/// Takes a cancellation back, within a transaction that holds the subscription. What Stripe has to be told is its caller's
/// affair.
pub(super) fn resume_in(cx: &Cx, tx: &mut Tx<'_>, subscription: &mut Subscription) -> Result<(), StoreError> {
    let (project, id) = (subscription.project_id, subscription.id);
    tx.cancellation_requests(project).delete(id)?;
    // What is over stays over.
    if subscription.canceled_at.is_some() && subscription.resume().is_ok() {
        tx.subscriptions(project).update(subscription)?;
        follow_parent(cx, tx, subscription)?;
        record(cx, tx, project, Happening::SubscriptionResumed, id)?;
    }
    Ok(())
}

enum Cancelable {
    Yes,
    Already,
}

fn cancelable(subscription: &Subscription) -> Result<Cancelable, CancelError> {
    match subscription {
        subscription if !subscription.is_live() => Err(CancelError::Ended),
        subscription if !subscription.term.renews() => Err(CancelError::NotRecurring),
        subscription if subscription.canceled_at.is_some() => Ok(Cancelable::Already),
        _ => Ok(Cancelable::Yes),
    }
}

pub(super) async fn find(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<Subscription, CancelError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    found.ok_or(CancelError::Unknown(id))
}

/// The subscription as it is by now. When its paid period is over Stripe is asked first: it may have been paid, or not, or
/// have ended, and nobody told us.
pub async fn find_up_to_date(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<Subscription, CancelError> {
    let known = find(app, project, id).await?;
    if !known.awaits_renewal(app.now()) {
        return Ok(known);
    }
    ask_stripe_first(app, project, id).await?;
    find(app, project, id).await
}

/// Stripe said no to an end: most likely it has ended, or knows of an end, and nobody told us. What is true then is the
/// answer; its no stands if nothing has changed.
async fn answer_refused_end(
    app: &App,
    subscription: &Subscription,
    refused: PaymentsError,
) -> Result<(), CancelError> {
    ask_stripe_first(app, subscription.project_id, subscription.id).await?;
    let now = find(app, subscription.project_id, subscription.id).await?;
    let has_another_end = now.canceled_at.is_some() && now.ended_at != subscription.ended_at;
    match now.is_live() {
        true if has_another_end => Ok(()),
        true => Err(refused.into()),
        false => Err(CancelError::Ended),
    }
}

/// The same of a no to taking an end back. What Stripe does not know any more cannot go on.
async fn answer_refused_resumption(
    app: &App,
    subscription: &Subscription,
    refused: PaymentsError,
) -> Result<(), CancelError> {
    ask_stripe_first(app, subscription.project_id, subscription.id).await?;
    let now = find(app, subscription.project_id, subscription.id).await?;
    match now.is_live() {
        true if now.canceled_at.is_none() => Ok(()),
        true if !refused.is_not_found() => Err(refused.into()),
        _ => Err(CancelError::Ended),
    }
}

/// Answers when it ends, which is Stripe's to say: a renewal that we have not heard of yet may have been paid there. What
/// Stripe does not know ends by our clock alone.
async fn schedule_at_stripe(
    app: &App,
    subscription: &Subscription,
    end: Timestamp,
) -> Result<Timestamp, CancelError> {
    let Some(stripe_subscription_id) = &subscription.stripe_subscription_id else { return Ok(end) };
    let wanted = BillingEnd::of(subscription, end, app.now());
    let payments = app.payments(subscription.project_id).await?;
    match payments.schedule_end(stripe_subscription_id, wanted).await {
        Err(error) if error.is_not_found() => Ok(end),
        billed => Ok(billed?.cancel_at.unwrap_or(end)),
    }
}

fn note_cancellation(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
    end: Timestamp,
    cancellation: &Cancellation,
) -> Result<(), CancelError> {
    let mut subscription = tx.subscriptions(project).lock(id)?.ok_or(CancelError::Unknown(id))?;
    tx.cancellation_requests(project).delete(id)?;
    // Stripe's own event may have been quicker; it does not know the customer's reason.
    let is_news = subscription.canceled_at.is_none();
    let is_moved = subscription.ended_at != Some(end);
    subscription.schedule_end(end, cancellation.clone(), cx.now())?;
    subscription.cancellation = Some(cancellation.clone());
    tx.subscriptions(project).update(&subscription)?;
    follow_parent(cx, tx, &subscription)?;
    let open = tx.subscription_changes(project).open_of(id)?;
    if let Some(change) = open.filter(|change| change.state == SubscriptionChangeState::Pending) {
        // It may have been arranged, or arranged again, while Stripe was told of the end. Whoever is about to do so finds
        // it deleted, and takes it back.
        if change.arranged_at.is_some() {
            enqueue(cx, tx, &Task::UnarrangeChange { project, subscription: id })?;
        }
        delete_change(cx, tx, change)?;
    }
    if is_news {
        record(cx, tx, project, Happening::SubscriptionCanceled, id)?;
        confirm_by_mail(cx, tx, &subscription)?;
    } else if is_moved {
        record(cx, tx, project, Happening::SubscriptionUpdated, id)?;
    }
    Ok(())
}

/// Tells the customer of an end that somebody decided, if they know of none yet.
pub(super) fn confirm_by_mail(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
) -> Result<(), StoreError> {
    let Some(canceled_at) = subscription.canceled_at else { return Ok(()) };
    let letter = Letter::CancellationConfirmed { subscription: subscription.id, canceled_at };
    mails::queue(cx, tx, subscription.project_id, subscription.customer_id, letter)
}
