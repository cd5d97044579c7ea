//! A payment that waits for the customer's bank: leading the customer there, and what came of it.

use perennial_domain::{Payment, PaymentId, PaymentState, ProjectId};
use perennial_store::StoreError;

use crate::context::{AccountError, App};
use crate::ports::{AttemptState, PaymentsError};
use crate::subscriptions::{SyncError, record_attempt, sync_subscription};

/// How a payment that is to be confirmed stands.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// The bank asks the customer here.
    AskAt(String),
    /// The money is here.
    Paid(Payment),
    /// The bank has not decided yet.
    Confirming(Payment),
    /// The bank still waits for the customer.
    Unanswered(Payment),
    /// The bank said no: another card is needed.
    Refused(Payment),
}

/// Why it is not known. Try again.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// There is no such payment, or nothing of it can be confirmed.
    #[error("there is no payment {0} to confirm")]
    Unknown(PaymentId),
    /// What it pays for could not be brought up to date.
    #[error(transparent)]
    Sync(#[from] SyncError),
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

/// Asks the bank to ask the customer, who comes back to `return_url`. A payment takes the money once, so this may be
/// asked as often as the customer likes.
pub async fn confirm_payment(
    app: &App,
    project: ProjectId,
    id: PaymentId,
    return_url: &str,
) -> Result<Confirmation, ConfirmError> {
    let payment = find(app, project, id).await?;
    if payment.state == PaymentState::RequiresConfirmation {
        let intent = payment.stripe_payment_intent_id.as_deref().ok_or(ConfirmError::Unknown(id))?;
        let attempt = app.payments(project).await?.confirm_payment(intent, return_url).await?;
        if let AttemptState::NeedsConfirmation { bank_url: Some(bank_url) } = attempt.state {
            return Ok(Confirmation::AskAt(bank_url));
        }
    }
    settle_confirmation(app, project, id).await
}

/// Brings the payment up to date, and tells how it stands.
pub async fn settle_confirmation(
    app: &App,
    project: ProjectId,
    id: PaymentId,
) -> Result<Confirmation, ConfirmError> {
    let payment = find(app, project, id).await?;
    if payment.has_arrived() {
        return Ok(Confirmation::Paid(payment));
    }
    match billed_by(app, &payment).await? {
        Some(stripe_id) => drop(sync_subscription(app, project, &stripe_id).await?),
        None => sync_alone(app, &payment).await?,
    }
    let payment = find(app, project, id).await?;
    Ok(match payment.state {
        PaymentState::Succeeded | PaymentState::Refunded | PaymentState::Disputed => {
            Confirmation::Paid(payment)
        }
        PaymentState::Pending => Confirmation::Confirming(payment),
        PaymentState::RequiresConfirmation => Confirmation::Unanswered(payment),
        PaymentState::Failed | PaymentState::RequiresPaymentMethod => Confirmation::Refused(payment),
    })
}

/// The Stripe Subscription whose invoices tell of the payment.
async fn billed_by(app: &App, payment: &Payment) -> Result<Option<String>, StoreError> {
    let (project, Some(id)) = (payment.project_id, payment.subscription_id) else { return Ok(None) };
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    Ok(found.and_then(|subscription| subscription.stripe_subscription_id))
}

/// A payment that no subscription bills: its payment intent tells.
async fn sync_alone(app: &App, payment: &Payment) -> Result<(), ConfirmError> {
    let Some(intent) = &payment.stripe_payment_intent_id else { return Ok(()) };
    let (project, id) = (payment.project_id, payment.id);
    let attempt = app.payments(project).await?.payment_attempt(intent).await?;
    Ok(app.write(move |cx, tx| record_attempt(cx, tx, project, id, &attempt)).await?)
}

async fn find(app: &App, project: ProjectId, id: PaymentId) -> Result<Payment, ConfirmError> {
    let found = app.read(move |_, tx| tx.payments(project).find(id)).await?;
    found.ok_or(ConfirmError::Unknown(id))
}
