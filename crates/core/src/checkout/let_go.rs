//! Letting go at Stripe what a checkout began there whose money did not come: a debit that the bank refused.
//!
//! The session is complete, so a Stripe Subscription runs already; left alone, Stripe would try its first invoice again,
//! and bill the periods after it, for a customer who may have bought by another way since.

use perennial_domain::{CheckoutId, ProjectId};

use super::settle::{SettleError, apply_session};
use crate::context::App;
use crate::ports::{CheckoutSessionStatus, InvoiceStatus};

/// Cancels what a failed checkout began at Stripe, and sees to it that nobody pays for it any more. What was paid at the
/// same moment is settled. Safe to run again.
pub async fn let_go(app: &App, project: ProjectId, id: CheckoutId) -> Result<(), SettleError> {
    let checkout = app.read(move |_, tx| tx.checkouts(project).find(id)).await?;
    let checkout = checkout.ok_or(SettleError::UnknownCheckout(id))?;
    let stripe_session_id = checkout.stripe_session_id.as_deref().filter(|_| !checkout.is_undecided());
    let Some(stripe_session_id) = stripe_session_id else { return Ok(()) };
    let payments = app.payments(project).await?;
    let session = payments.checkout(stripe_session_id).await?;
    let is_unpaid = session.status == CheckoutSessionStatus::Complete && !session.is_paid;
    if let Some(began) = session.subscription.filter(|_| is_unpaid) {
        payments.cancel_subscription(&began.id).await?;
        for invoice in payments.invoices(&began.id, None).await? {
            if matches!(invoice.status, InvoiceStatus::Open | InvoiceStatus::Uncollectible) {
                payments.void_invoice(&invoice.id).await?;
            }
        }
    }
    let session = payments.checkout(stripe_session_id).await?;
    if session.is_paid {
        apply_session(app, project, session).await?;
    }
    Ok(())
}
