//! What was paid, and giving it back.

use perennial_domain::{Attempts, Letter, Payment, PaymentId, PaymentState, ProjectId, SubscriptionId};
use perennial_store::{StoreError, Tx};

use super::invoices::announce;
use super::money_back::{refund_unless_disputed, sync_refund};
use super::sync::SyncError;
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::mails;
use crate::ports::{AttemptState, PaymentAttempt, RefundOf};
use crate::tasks::{Task, enqueue};

/// Why the money of a subscription is not back yet. Try again.
#[derive(Debug, thiserror::Error)]
pub enum RefundSubscriptionError {
    /// Nothing of ours names the payment at Stripe: a person has to give it back there.
    #[error("the payment {0} cannot be named to Stripe")]
    Unnamed(PaymentId),
    /// Stripe refused, or did not answer, or the database failed.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

impl From<StoreError> for RefundSubscriptionError {
    fn from(error: StoreError) -> Self {
        Self::Sync(error.into())
    }
}

/// Keeps a payment that is not known yet, within the transaction that learned of it (law 3).
pub(crate) fn keep_payment(cx: &Cx, tx: &mut Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    let was_heard_of = tx.payments(payment.project_id).insert(payment)?;
    // Who bought something may have given a card with it.
    if payment.checkout_id.is_some() {
        let (project, customer) = (payment.project_id, payment.customer_id);
        enqueue(cx, tx, &Task::SyncCards { project, customer })?;
    }
    tell_arrival(cx, tx, payment, was_heard_of)
}

/// Tells that money arrived, within the transaction that wrote it down.
pub(crate) fn note_arrival(cx: &Cx, tx: &mut Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    let was_heard_of = match &payment.stripe_payment_intent_id {
        Some(payment_intent) => tx.stripe_events(payment.project_id).knows_payment(payment_intent)?,
        None => false,
    };
    tell_arrival(cx, tx, payment, was_heard_of)
}

/// `was_heard_of` says whether an event about its payment intent came before it.
fn tell_arrival(cx: &Cx, tx: &mut Tx<'_>, payment: &Payment, was_heard_of: bool) -> Result<(), StoreError> {
    let project = payment.project_id;
    record(cx, tx, project, Happening::PaymentSucceeded, payment.id)?;
    mails::queue(cx, tx, project, payment.customer_id, Letter::Receipt { payment: payment.id })?;
    // The event of a refund may have come before its payment was known here, and found nothing to change.
    if let (true, Some(payment_intent)) = (was_heard_of, &payment.stripe_payment_intent_id) {
        enqueue(cx, tx, &Task::SyncRefund { project, payment_intent: payment_intent.clone() })?;
    }
    Ok(())
}

/// Writes down how far an attempt has come that stands alone, without an invoice of a subscription that would tell.
pub(crate) fn record_attempt(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: PaymentId,
    attempt: &PaymentAttempt,
) -> Result<(), StoreError> {
    let Some(mut payment) = tx.payments(project).lock(id)?.filter(|payment| !payment.has_arrived()) else {
        return Ok(());
    };
    let state = match attempt.state {
        AttemptState::Succeeded => {
            payment.arrive(payment.amount, attempt.last_charged_at.unwrap_or(cx.now()));
            tx.payments(project).update(&payment)?;
            return note_arrival(cx, tx, &payment);
        }
        AttemptState::NeedsConfirmation { .. } => PaymentState::RequiresConfirmation,
        AttemptState::NeedsPaymentMethod => PaymentState::RequiresPaymentMethod,
        AttemptState::Processing => PaymentState::Pending,
        AttemptState::Canceled => PaymentState::Failed,
    };
    let failure = attempt.failure.as_ref().map(|failure| failure.failure.clone());
    let attempts = Attempts {
        payment_method: attempt.payment_method_id.clone().or(payment.attempts.payment_method.take()),
        failure: failure.or(payment.attempts.failure.take()),
        last_at: attempt.last_charged_at.or(payment.attempts.last_at),
        ..payment.attempts
    };
    let is_news = payment.state != state;
    payment.wait(state, payment.amount, attempts);
    tx.payments(project).update(&payment)?;
    if is_news { announce(cx, tx, project, &payment) } else { Ok(()) }
}

/// Gives everything back that was paid for a subscription. Safe to run again: the refund's key is made from the
/// checkout that was paid, or from the payment.
pub async fn refund_subscription(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), RefundSubscriptionError> {
    let paid = app.read(move |_, tx| tx.payments(project).of_subscription(id)).await?;
    for payment in &paid {
        give_back(app, payment).await?;
    }
    Ok(())
}

/// Gives one payment back that was made for nothing: by then its subscription was over. Safe to run again.
pub async fn refund_payment(
    app: &App,
    project: ProjectId,
    id: PaymentId,
) -> Result<(), RefundSubscriptionError> {
    let payment = app.read(move |_, tx| tx.payments(project).find(id)).await?;
    give_back(app, &payment.ok_or(RefundSubscriptionError::Unnamed(id))?).await
}

async fn give_back(app: &App, payment: &Payment) -> Result<(), RefundSubscriptionError> {
    if payment.state != PaymentState::Succeeded {
        return Ok(());
    }
    let project = payment.project_id;
    let named = payment.stripe_payment_intent_id.as_deref();
    let payment_intent = named.ok_or(RefundSubscriptionError::Unnamed(payment.id))?;
    let paid = payment.checkout_id.map_or(RefundOf::Payment(payment.id), RefundOf::Checkout);
    if refund_unless_disputed(app, project, payment_intent, paid).await? {
        sync_refund(app, project, payment_intent).await?;
    }
    Ok(())
}
