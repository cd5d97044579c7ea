//! `stop_billing`: Stripe's part of what has ended here. `close_billing`: Stripe's part of what goes on without it.

use perennial_domain::{ProjectId, SubscriptionId};
use perennial_store::StoreError;

use super::invoices::{Books, SeenInvoice, look_into, record_invoice};
use super::sync::SyncError;
use super::turn_due::ask_stripe_first;
use crate::context::App;
use crate::ports::{BilledInvoice, BillingReason, InvoiceStatus};

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

impl From<StoreError> for StopBillingError {
    fn from(error: StoreError) -> Self {
        Self::Sync(error.into())
    }
}

/// Cancels at Stripe what has ended here, and sees to it that nobody pays for it any more. What was paid before Stripe
/// heard of the end is noted, and goes back where it is for time after it.
pub async fn stop_billing(app: &App, project: ProjectId, id: SubscriptionId) -> Result<(), StopBillingError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    let subscription = found.ok_or(StopBillingError::UnknownSubscription(id))?;
    if let (false, Some(stripe_id)) = (subscription.is_live(), &subscription.stripe_subscription_id) {
        cancel_and_void(app, project, stripe_id).await?;
        ask_stripe_first(app, project, id).await?;
    }
    Ok(())
}

/// Sees to it that nobody pays any more for what Stripe billed of a subscription that is a free one now: what is owed is
/// let go, as with an end. What was paid before that is noted, because Stripe's events do not lead to it any more.
pub async fn close_billing(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
    stripe_id: &str,
) -> Result<(), StopBillingError> {
    if !cancel_and_void(app, project, stripe_id).await? {
        return Ok(());
    }
    let seen = last_invoices(app, project, stripe_id).await?;
    app.write(move |cx, tx| {
        let subscription = tx.subscriptions(project).lock(id)?;
        let subscription = subscription.ok_or(StopBillingError::UnknownSubscription(id))?;
        let mut books = Books::without_payer(tx, &subscription, &seen)?;
        for invoice in &seen {
            record_invoice(cx, tx, &subscription, &mut books, invoice)?;
        }
        Ok(())
    })
    .await
}

async fn last_invoices(
    app: &App,
    project: ProjectId,
    stripe_id: &str,
) -> Result<Vec<SeenInvoice>, SyncError> {
    let owned = stripe_id.to_owned();
    let since = app.read(move |_, tx| tx.billing_marks(project).settled_until(&owned)).await?;
    let payments = app.payments(project).await?;
    let invoices = payments.invoices(stripe_id, since).await?;
    Ok(look_into(payments.as_ref(), invoices).await?)
}

/// Answers whether Stripe knows it at all.
async fn cancel_and_void(app: &App, project: ProjectId, stripe_id: &str) -> Result<bool, SyncError> {
    let payments = app.payments(project).await?;
    match payments.cancel_subscription(stripe_id).await {
        Err(error) if error.is_not_found() => return Ok(false),
        canceled => canceled?,
    };
    let owned = stripe_id.to_owned();
    let since = app.read(move |_, tx| tx.billing_marks(project).settled_until(&owned)).await?;
    for invoice in payments.invoices(stripe_id, since).await? {
        if may_be_paid(&invoice) {
            payments.void_invoice(&invoice.id).await?;
        }
    }
    Ok(true)
}

/// Stripe goes on finalizing the drafts of what it has ended, and charges them. Those that the merchant wrote by hand are
/// their own affair.
fn may_be_paid(invoice: &BilledInvoice) -> bool {
    match invoice.status {
        InvoiceStatus::Open | InvoiceStatus::Uncollectible => true,
        InvoiceStatus::Draft => invoice.reason != BillingReason::Other,
        InvoiceStatus::Paid | InvoiceStatus::Void => false,
    }
}
