//! Bringing a subscription up to date with what Stripe bills: renewals, arrears, scheduled ends and ends.
//!
//! What an event says is never applied: Stripe is asked what is true now. Repeated, late and reordered events all
//! end in the same rows.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Cancellation, CancellationCause, PriceId, ProjectId, Subscription, TransitionError};
use perennial_store::{StoreError, Tx};

use super::activate::ActivateInError;
use super::after_end::settle_after_end;
use super::arrears::apply_standing;
use super::billed_addons::end_unbilled_addons;
use super::cancel::confirm_by_mail;
use super::cancellation_wish::answered_at;
use super::follow::{Billing, Seen, follow_billing};
use super::invoices::{SeenInvoice, look_into, record_invoice};
use super::plan_change::{fail_if_voided, succeed_if_billed};
use super::turn_due::renew_addons_in;
use crate::business::follow_parent;
use crate::cards::payer_of_subscription;
use crate::checkout::{SettleError, settle_checkout, wake_waiting_charge};
use crate::context::{AccountError, App, Cx};
use crate::events::{Happening, record};
use crate::ports::{BilledInvoice, BilledSubscription, BillingReason, BillingStatus, PaymentsError};

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

/// Stripe's lists may lag behind its objects: an invoice is looked for again for so long after all is settled.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// What Stripe answered, and what had been decided here before it was asked.
pub(crate) struct Picture {
    billed: BilledSubscription,
    invoices: Vec<SeenInvoice>,
    canceled_at: Option<Timestamp>,
    price: Option<PriceId>,
    asked_at: Timestamp,
    /// How many pictures had been written down before this one was asked for.
    before: i64,
}

impl Picture {
    /// Whether the running period is paid. Stripe begins one, and with it a plan that was scheduled, before anybody has
    /// paid for it.
    fn is_paid_up(&self) -> bool {
        use BillingStatus::{Incomplete, PastDue, Unpaid};
        let begins_it = |invoice: &BilledInvoice| {
            invoice.period.is_some_and(|(start, _)| self.billed.current_period_start <= start)
        };
        let mut invoices = self.invoices.iter().map(|seen| &seen.invoice);
        !matches!(self.billed.status, Incomplete | PastDue | Unpaid)
            && invoices.all(|invoice| invoice.is_final() || !begins_it(invoice))
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

/// Asks Stripe what is true of a subscription now; nothing when it is none of ours. Of its invoices only those are read
/// of which something may still be news.
pub(crate) async fn take_picture(
    app: &App,
    project: ProjectId,
    stripe_subscription_id: &str,
) -> Result<Option<Picture>, SyncError> {
    let id = stripe_subscription_id.to_owned();
    let (known, settled_until, before) = app
        .read(move |_, tx| {
            let known = tx.subscriptions(project).find_by_stripe_id(&id)?;
            let mut marks = tx.billing_marks(project);
            Ok::<_, StoreError>((known, marks.settled_until(&id)?, marks.pictures(&id)?))
        })
        .await?;
    let payments = app.payments(project).await?;
    let asked_at = app.now();
    let billed = payments.subscription(stripe_subscription_id).await?;
    if known.is_none() {
        // Its events may overtake those of the checkout that made it.
        let Some(checkout) = billed.checkout_id else { return Ok(None) };
        settle_checkout(app, project, checkout).await?;
    }
    let since = settled_until.map(|mark| mark - OVERLAP);
    let invoices = payments.invoices(stripe_subscription_id, since).await?;
    let invoices = look_into(payments.as_ref(), invoices).await?;
    let (canceled_at, price) = known.map(|known| (known.canceled_at, known.price_id)).unzip();
    Ok(Some(Picture { billed, invoices, canceled_at: canceled_at.flatten(), price, asked_at, before }))
}

/// Writes down what Stripe answered, within a transaction.
pub(crate) fn apply_picture(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    picture: &Picture,
) -> Result<Synced, SyncError> {
    let billed = &picture.billed;
    let Some(mut subscription) = tx.subscriptions(project).lock_by_stripe_id(&billed.id)? else {
        return Ok(Synced::NotOurs);
    };
    if tx.billing_marks(project).pictures(&billed.id)? != picture.before {
        return Err(SyncError::Overtaken);
    }
    tx.billing_marks(project).put(
        &billed.id,
        settled_until(&picture.invoices),
        billed.payment_method_id.as_deref(),
        cx.now(),
    )?;
    // First, because what was paid for it is its own.
    if picture.is_paid_up()
        && let Some(successor) = succeed_if_billed(cx, tx, &subscription, billed)?
    {
        subscription = successor;
    }
    // Before them, so that the payment knows what was bought before its receipt is written.
    wake_waiting_charge(cx, tx, &subscription, picture.invoices.iter().map(|seen| &seen.invoice))?;
    let payer = payer_of_subscription(tx, &subscription)?;
    for seen in &picture.invoices {
        record_invoice(cx, tx, &subscription, payer.as_deref(), seen)?;
        if seen.invoice.is_paid() {
            apply_renewal(cx, tx, &mut subscription, &seen.invoice)?;
        }
    }
    fail_if_voided(cx, tx, &subscription, picture.invoices.iter().map(|seen| &seen.invoice))?;
    // Someone may have changed the plan, cancelled or resumed while Stripe was asked: then the picture is older than
    // that, and another event of Stripe's is on its way.
    let billing = if picture.price.is_none_or(|price| price == subscription.price_id) {
        let seen = Seen { billed, is_paid_up: picture.is_paid_up(), asked_at: picture.asked_at };
        follow_billing(cx, tx, &mut subscription, &seen)?
    } else {
        Billing::GoesOn
    };
    if billing != Billing::Free {
        apply_standing(cx, tx, &mut subscription, billed)?;
        end_unbilled_addons(cx, tx, &subscription, billed, picture.asked_at)?;
    }
    if billing == Billing::GoesOn && subscription.canceled_at == picture.canceled_at {
        apply_schedule(cx, tx, &mut subscription, billed)?;
    }
    settle_after_end(cx, tx, &subscription, billed, &picture.invoices)?;
    tx.subscriptions(project).update(&subscription)?;
    Ok(Synced::UpToDate)
}

/// Up to where these invoices, oldest first, are final: an open one may still be paid, years later, and holds the mark.
fn settled_until(invoices: &[SeenInvoice]) -> Option<Timestamp> {
    let unsettled = invoices.iter().find(|seen| !seen.invoice.is_final());
    unsettled.or(invoices.last()).map(|seen| seen.invoice.created_at)
}

fn apply_renewal(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    invoice: &BilledInvoice,
) -> Result<(), SyncError> {
    let for_a_period = match invoice.reason {
        // A change of rhythm begins a period of its own, any other covers a part of the running one.
        BillingReason::SubscriptionCycle | BillingReason::SubscriptionUpdate => invoice.period,
        BillingReason::SubscriptionCreate | BillingReason::Other => None,
    };
    let (Some((start, end)), true) = (for_a_period, subscription.is_live()) else { return Ok(()) };
    let before = subscription.current_period;
    subscription.renew(start, end)?;
    if subscription.current_period != before {
        renew_addons_in(cx, tx, subscription, start, end)?;
        record(cx, tx, subscription.project_id, Happening::SubscriptionRenewed, subscription.id)?;
    }
    Ok(())
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
        (Some(at), None) => {
            let decided_at = billed.canceled_at.unwrap_or(cx.now());
            let request = answered_at(tx, subscription, decided_at)?;
            let requested_at = request.as_ref().map_or(decided_at, |request| request.requested_at);
            let cancellation = request.map_or_else(
                || Cancellation::because(CancellationCause::CancellationRequested),
                |request| request.cancellation,
            );
            subscription.schedule_end(at, cancellation, requested_at)?;
            follow_parent(cx, tx, subscription)?;
            record(cx, tx, project, Happening::SubscriptionCanceled, subscription.id)?;
            confirm_by_mail(cx, tx, subscription)?;
        }
        (None, Some(_)) => {
            subscription.resume()?;
            follow_parent(cx, tx, subscription)?;
            record(cx, tx, project, Happening::SubscriptionResumed, subscription.id)?;
        }
        (Some(at), Some(_)) if subscription.ended_at != Some(at) => {
            subscription.ended_at = Some(at);
            follow_parent(cx, tx, subscription)?;
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    Ok(())
}
