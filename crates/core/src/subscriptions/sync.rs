//! Bringing a subscription up to date with what Stripe bills: renewals, arrears, scheduled ends and ends.
//!
//! What an event says is never applied: Stripe is asked what is true now. Repeated, late and reordered events all
//! end in the same rows.

use perennial_domain::{
    Cancellation, CancellationCause, Payment, PaymentReason, PaymentState, ProjectId, Subscription,
    SubscriptionState, TransitionError,
};
use perennial_store::{StoreError, Tx};

use super::turn_due::{end_in, renew_addons_in};
use crate::checkout::{SettleError, settle_checkout};
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

/// Brings the subscription behind a Stripe Subscription up to date.
pub async fn sync_subscription(
    app: &App,
    project: ProjectId,
    stripe_subscription_id: &str,
) -> Result<Synced, SyncError> {
    let payments = app.payments(project).await?;
    let billed = payments.subscription(stripe_subscription_id).await?;
    let id = billed.id.clone();
    let known = app.read(move |_, tx| tx.subscriptions(project).find_by_stripe_id(&id)).await?;
    if known.is_none() {
        // Its events may overtake those of the checkout that made it.
        let Some(checkout) = billed.checkout_id else { return Ok(Synced::NotOurs) };
        settle_checkout(app, project, checkout).await?;
    }
    let invoices = payments.paid_invoices(stripe_subscription_id).await?;
    app.write(move |cx, tx| apply(cx, tx, project, &billed, &invoices)).await
}

/// Notes how much of a payment was given back.
pub async fn sync_refund(
    app: &App,
    project: ProjectId,
    payment_intent_id: &str,
) -> Result<Synced, SyncError> {
    let refunded_minor = app.payments(project).await?.refunded_minor(payment_intent_id).await?;
    let payment_intent_id = payment_intent_id.to_owned();
    app.write(move |cx, tx| {
        let Some(mut payment) = tx.payments(project).find_by_payment_intent(&payment_intent_id)? else {
            return Ok(Synced::NotOurs);
        };
        if refunded_minor > payment.refunded_minor {
            payment.refunded_minor = refunded_minor;
            if refunded_minor >= payment.amount.amount_minor {
                payment.state = PaymentState::Refunded;
            }
            tx.payments(project).update(&payment)?;
            record(cx, tx, project, Happening::PaymentRefunded, payment.id)?;
        }
        Ok(Synced::UpToDate)
    })
    .await
}

fn apply(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    billed: &BilledSubscription,
    invoices: &[BilledInvoice],
) -> Result<Synced, SyncError> {
    let Some(mut subscription) = tx.subscriptions(project).lock_by_stripe_id(&billed.id)? else {
        return Ok(Synced::NotOurs);
    };
    for invoice in invoices {
        record_invoice(cx, tx, &subscription, invoice)?;
        apply_renewal(cx, tx, &mut subscription, invoice)?;
    }
    apply_standing(cx, tx, &mut subscription, billed)?;
    apply_schedule(cx, tx, &mut subscription, billed)?;
    tx.subscriptions(project).update(&subscription)?;
    Ok(Synced::UpToDate)
}

/// Law 3: every paid invoice is a payment, once. The subscription's first may be here already, from its checkout.
fn record_invoice(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    invoice: &BilledInvoice,
) -> Result<(), StoreError> {
    let project = subscription.project_id;
    if invoice.paid.is_zero() || tx.payments(project).find_by_reference(&invoice.id)?.is_some() {
        return Ok(());
    }
    let payment = Payment {
        id: cx.id(),
        project_id: project,
        customer_id: subscription.customer_id,
        subscription_id: Some(subscription.id),
        checkout_id: None,
        amount: invoice.paid,
        refunded_minor: 0,
        state: PaymentState::Succeeded,
        reason: match invoice.reason {
            BillingReason::SubscriptionCreate => PaymentReason::SubscriptionCreation,
            BillingReason::SubscriptionCycle => PaymentReason::SubscriptionRenewal,
            BillingReason::SubscriptionUpdate | BillingReason::Other => PaymentReason::Other,
        },
        stripe_reference: invoice.id.clone(),
        stripe_payment_intent_id: invoice.payment_intent_id.clone(),
        paid_at: Some(invoice.paid_at.unwrap_or(cx.now())),
        created_at: cx.now(),
    };
    tx.payments(project).insert(&payment)?;
    record(cx, tx, project, Happening::PaymentSucceeded, payment.id)
}

fn apply_renewal(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    invoice: &BilledInvoice,
) -> Result<(), SyncError> {
    let (BillingReason::SubscriptionCycle, Some((start, end)), true) =
        (invoice.reason, invoice.period, subscription.is_live())
    else {
        return Ok(());
    };
    let before = subscription.current_period;
    subscription.renew(start, end)?;
    if subscription.current_period != before {
        renew_addons_in(tx, subscription, start, end)?;
        record(cx, tx, subscription.project_id, Happening::SubscriptionRenewed, subscription.id)?;
    }
    Ok(())
}

/// What Stripe's status means for the right to use it. A first payment that is missing concerns the checkout, not us.
fn apply_standing(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    billed: &BilledSubscription,
) -> Result<(), SyncError> {
    if !subscription.is_live() {
        return Ok(());
    }
    let before = subscription.state;
    match billed.status {
        BillingStatus::Active | BillingStatus::Trialing => subscription.catch_up(),
        BillingStatus::PastDue | BillingStatus::Unpaid => subscription.fall_behind()?,
        BillingStatus::Canceled | BillingStatus::IncompleteExpired => {
            let cause = match before {
                SubscriptionState::PastDue => CancellationCause::PaymentFailed,
                _ => CancellationCause::SubscriptionEnded,
            };
            end_in(cx, tx, subscription, billed.ended_at.unwrap_or(cx.now()), cause)?;
        }
        BillingStatus::Incomplete | BillingStatus::Paused => {}
    }
    if subscription.is_live() && subscription.state != before {
        record(cx, tx, subscription.project_id, Happening::SubscriptionUpdated, subscription.id)?;
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
            let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
            subscription.schedule_end(at, cancellation, billed.canceled_at.unwrap_or(cx.now()))?;
            record(cx, tx, project, Happening::SubscriptionCanceled, subscription.id)?;
        }
        (None, Some(_)) => {
            subscription.resume()?;
            record(cx, tx, project, Happening::SubscriptionResumed, subscription.id)?;
        }
        (Some(at), Some(_)) => subscription.ended_at = Some(at),
        (None, None) => {}
    }
    Ok(())
}
