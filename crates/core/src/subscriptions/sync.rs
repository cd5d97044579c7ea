//! Bringing a subscription up to date with what Stripe bills: renewals, arrears, scheduled ends and ends.
//!
//! What an event says is never applied: Stripe is asked what is true now. Repeated, late and reordered events all
//! end in the same rows.

use jiff::Timestamp;
use perennial_domain::{
    Cancellation, CancellationCause, ProjectId, Subscription, SubscriptionAddon, SubscriptionChange,
    SubscriptionChangeState, TransitionError,
};
use perennial_store::tables::{BillingAnswer, NotedAnswer};
use perennial_store::{StoreError, Tx};

use super::activate::ActivateInError;
use super::after_end::{clear_up_after_end, is_for_nothing};
use super::arrears::apply_standing;
use super::billed_addons::{end_unbilled_addons, wake_given_up_charges};
use super::cancel::confirm_by_mail;
use super::cancellation_request::answered_at;
use super::follow::{Billing, delete_change, follow_billing};
use super::invoices::{Books, SeenInvoice, record_invoice};
use super::picture::{Picture, take_picture};
use super::plan_change::{fail_if_voided, succeed_if_billed};
use super::turn_due::renew_addons;
use crate::business::follow_parent;
use crate::checkout::{SettleError, wake_waiting_charge};
use crate::context::{AccountError, App, Cx};
use crate::events::{Happening, record};
use crate::ports::{BilledInvoice, BilledSubscription, BillingReason, PaymentsError};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synced {
    /// Our rows say what Stripe says.
    UpToDate,
    /// Stripe's object belongs to nothing of ours.
    NotOurs,
}

/// Why it is not up to date. Try again.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// What Stripe was asked for again meanwhile is written down already, and newer. Ask again.
    #[error("Stripe was asked again meanwhile")]
    Overtaken,
    /// The checkout that made it could not be settled.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// The life cycle does not have this step.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ActivateInError> for SyncError {
    fn from(error: ActivateInError) -> Self {
        match error {
            ActivateInError::Transition(error) => Self::Transition(error),
            ActivateInError::Store(error) => Self::Store(error),
        }
    }
}

/// So often in a row somebody else may be quicker.
pub(crate) const ROUNDS: u32 = 5;

/// Brings the subscription behind a Stripe Subscription up to date.
pub async fn sync_subscription(
    app: &App,
    project: ProjectId,
    stripe_subscription_id: &str,
) -> Result<Synced, SyncError> {
    for _ in 0..ROUNDS {
        let Some(picture) = take_picture(app, project, stripe_subscription_id).await? else {
            return Ok(Synced::NotOurs);
        };
        match app.write(move |cx, tx| apply_picture(cx, tx, project, &picture)).await {
            Err(SyncError::Overtaken) => {}
            applied => return applied,
        }
    }
    Err(SyncError::Overtaken)
}

/// Writes down what Stripe answered, within a transaction.
pub(crate) fn apply_picture(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    picture: &Picture,
) -> Result<Synced, SyncError> {
    let Some(mut subscription) = tx.subscriptions(project).lock_by_stripe_id(&picture.billed.id)? else {
        return Ok(Synced::NotOurs);
    };
    let known = subscription.clone();
    let noted = note_picture(cx, tx, &subscription, picture)?;
    // First, because what was paid for it is its own.
    let open = succeed(cx, tx, &mut subscription, &noted, picture)?;
    let mut addons = Vec::new();
    if noted.has_addons {
        addons = tx.subscription_addons(project).of_subscription(subscription.id)?;
    }
    let own_card = picture.billed.payment_method_id.as_deref().filter(|_| !noted.card_is_gone);
    let mut books = Books::read(tx, &subscription, own_card, &picture.invoices)?;
    apply_invoices(cx, tx, &mut subscription, &mut addons, &mut books, &picture.invoices)?;
    let open = fail_if_voided(cx, tx, open, picture.invoices())?;
    apply_billing(cx, tx, &mut subscription, addons, open, picture)?;
    clear_up_after_end(cx, tx, &subscription, &picture.billed, &picture.invoices)?;
    if subscription != known {
        tx.subscriptions(project).update_from(&known, &subscription)?;
    }
    Ok(Synced::UpToDate)
}

/// Notes that this is what Stripe answered, unless another answer was written down since it was asked.
fn note_picture(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    picture: &Picture,
) -> Result<NotedAnswer, SyncError> {
    let noted = tx.billing_marks(subscription.project_id).put(&BillingAnswer {
        stripe_subscription_id: &picture.billed.id,
        subscription: subscription.id,
        settled_until: picture.settled_until(),
        payment_method_id: picture.billed.payment_method_id.as_deref(),
        asked_at: cx.now(),
    })?;
    if noted.pictures == picture.before + 1 { Ok(noted) } else { Err(SyncError::Overtaken) }
}

/// Puts the successor in its place, if one waits and Stripe bills it. Answers the change that may still come true.
fn succeed(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    noted: &NotedAnswer,
    picture: &Picture,
) -> Result<Option<SubscriptionChange>, SyncError> {
    if !noted.has_open_change {
        return Ok(None);
    }
    let open = tx.subscription_changes(subscription.project_id).open_of(subscription.id)?;
    if picture.is_paid_up()
        && let Some(successor) = succeed_if_billed(cx, tx, subscription, open.as_ref(), &picture.billed)?
    {
        *subscription = successor;
        return Ok(None);
    }
    Ok(open)
}

/// Writes down what was paid or should have been, and what that renews.
fn apply_invoices(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    addons: &mut [SubscriptionAddon],
    books: &mut Books,
    invoices: &[SeenInvoice],
) -> Result<(), SyncError> {
    // Before them, so that the payment knows what was bought before its receipt is written.
    wake_waiting_charge(cx, tx, subscription, invoices.iter().map(|seen| &seen.invoice))?;
    for seen in invoices {
        record_invoice(cx, tx, subscription, books, seen)?;
        if seen.invoice.is_paid() {
            apply_renewal(cx, tx, subscription, addons, &seen.invoice)?;
        }
    }
    Ok(())
}

/// What Stripe bills from now on, and for how long.
fn apply_billing(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    addons: Vec<SubscriptionAddon>,
    open: Option<SubscriptionChange>,
    picture: &Picture,
) -> Result<(), SyncError> {
    let billed = &picture.billed;
    // Someone may have changed the plan, cancelled or resumed while Stripe was asked: then the picture is older than
    // that, and another event of Stripe's is on its way.
    let billing = if picture.is_of_same_plan(subscription) {
        follow_billing(cx, tx, subscription, open, &picture.seen())?
    } else {
        Billing::GoesOn
    };
    if billing != Billing::Free {
        apply_standing(cx, tx, subscription, picture)?;
        wake_given_up_charges(cx, tx, subscription, &addons, billed)?;
        end_unbilled_addons(cx, tx, subscription, addons, billed, picture.asked_at)?;
    }
    if billing == Billing::GoesOn && picture.is_of_same_end(subscription) {
        apply_schedule(cx, tx, subscription, billed)?;
    }
    Ok(())
}

fn apply_renewal(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    addons: &mut [SubscriptionAddon],
    invoice: &BilledInvoice,
) -> Result<(), SyncError> {
    let for_a_period = match invoice.reason {
        // A change of rhythm begins a period of its own, any other covers a part of the running one.
        BillingReason::SubscriptionCycle | BillingReason::SubscriptionUpdate => invoice.period,
        BillingReason::SubscriptionCreate | BillingReason::Other => None,
    };
    let Some((start, end)) = for_a_period else { return Ok(()) };
    // Where the news of it is late, it may be over by now. What was paid before that was had all the same.
    let is_over = !subscription.is_live();
    if is_over && subscription.ended_at.is_none_or(|ended_at| is_for_nothing(invoice, ended_at)) {
        return Ok(());
    }
    let before = subscription.current_period;
    subscription.renew(start, end)?;
    if subscription.current_period == before {
        return Ok(());
    }
    if is_over {
        return Ok(record(cx, tx, subscription.project_id, Happening::SubscriptionUpdated, subscription.id)?);
    }
    renew_addons(cx, tx, addons, start, end)?;
    Ok(record(cx, tx, subscription.project_id, Happening::SubscriptionRenewed, subscription.id)?)
}

/// An end that was scheduled, or taken back, at Stripe.
fn apply_schedule(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    billed: &BilledSubscription,
) -> Result<(), SyncError> {
    if !subscription.is_live() {
        return Ok(());
    }
    let project = subscription.project_id;
    match (billed.cancel_at, subscription.canceled_at) {
        (Some(at), None) => schedule_end(cx, tx, subscription, billed, at)?,
        (None, Some(_)) => {
            subscription.resume()?;
            follow_parent(cx, tx, subscription)?;
            record(cx, tx, project, Happening::SubscriptionResumed, subscription.id)?;
        }
        (Some(at), Some(_)) if subscription.ended_at != Some(at) => {
            subscription.ended_at = Some(at);
            // Another end was asked for here, and whoever asked went down before they wrote it down.
            if let Some(request) = answered_at(tx, subscription, billed.canceled_at.unwrap_or(cx.now()))? {
                subscription.cancellation = Some(request.cancellation);
            }
            follow_parent(cx, tx, subscription)?;
            record(cx, tx, project, Happening::SubscriptionUpdated, subscription.id)?;
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    Ok(())
}

fn schedule_end(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    billed: &BilledSubscription,
    at: Timestamp,
) -> Result<(), SyncError> {
    let decided_at = billed.canceled_at.unwrap_or(cx.now());
    let request = answered_at(tx, subscription, decided_at)?;
    let requested_at = request.as_ref().map_or(decided_at, |request| request.requested_at);
    let cancellation = request.map_or_else(
        || Cancellation::because(CancellationCause::CancellationRequested),
        |request| request.cancellation,
    );
    subscription.schedule_end(at, cancellation, requested_at)?;
    drop_waiting_change(cx, tx, subscription)?;
    follow_parent(cx, tx, subscription)?;
    record(cx, tx, subscription.project_id, Happening::SubscriptionCanceled, subscription.id)?;
    Ok(confirm_by_mail(cx, tx, subscription)?)
}

/// What would have changed with the renewal ends before it.
fn drop_waiting_change(cx: &Cx, tx: &mut Tx<'_>, subscription: &Subscription) -> Result<(), StoreError> {
    let open = tx.subscription_changes(subscription.project_id).open_of(subscription.id)?;
    match open.filter(|change| change.state == SubscriptionChangeState::Pending) {
        Some(change) => delete_change(cx, tx, change),
        None => Ok(()),
    }
}
