//! `stop_billing`: Stripe's part of what has ended here.

use perennial_domain::{ProjectId, SubscriptionId};

use super::sync::{SyncError, sync_subscription};
use crate::context::App;
use crate::ports::InvoiceStatus;

/// Why Stripe may still bill it. Try again.
#[derive(Debug, thiserror::Error)]
pub enum StopBillingError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    UnknownSubscription(SubscriptionId),
    /// Stripe refused, or did not answer, or the database failed.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

/// Cancels at Stripe what has ended here, and sees to it that nobody pays for it any more. What was paid before Stripe
/// heard of the end is noted, and goes back where it is for time after it.
pub async fn stop_billing(app: &App, project: ProjectId, id: SubscriptionId) -> Result<(), StopBillingError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await.map_err(SyncError::from)?;
    let subscription = found.ok_or(StopBillingError::UnknownSubscription(id))?;
    if let (false, Some(stripe_id)) = (subscription.is_live(), &subscription.stripe_subscription_id) {
        cancel_and_void(app, project, stripe_id).await?;
        sync_subscription(app, project, stripe_id).await?;
    }
    Ok(())
}

async fn cancel_and_void(app: &App, project: ProjectId, stripe_id: &str) -> Result<(), SyncError> {
    let payments = app.payments(project).await?;
    payments.cancel_subscription(stripe_id).await?;
    let owned = stripe_id.to_owned();
    let since = app.read(move |_, tx| tx.billing_marks(project).settled_until(&owned)).await?;
    for invoice in payments.invoices(stripe_id, since).await? {
        if matches!(invoice.status, InvoiceStatus::Open | InvoiceStatus::Uncollectible) {
            payments.void_invoice(&invoice.id).await?;
        }
    }
    Ok(())
}
