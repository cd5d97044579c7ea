//! Giving back what was paid for something that could not be delivered (law 1).

use perennial_domain::{Checkout, CheckoutId, CheckoutState, PaymentState, ProjectId};
use perennial_store::StoreError;

use super::receipt::Receipt;
use crate::context::{AccountError, App};
use crate::events::{Happening, record};
use crate::ports::{Payments, PaymentsError, RefundOf};
use crate::subscriptions::{SyncError, refund_unless_disputed};

/// Why the money is not back yet. Try again.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// There is no such checkout in the project.
    #[error("there is no checkout {0}")]
    UnknownCheckout(CheckoutId),
    /// Money came, and Stripe does not say by which payment intent yet.
    #[error("the payment of the checkout {0} has no payment intent yet")]
    NoPaymentIntent(CheckoutId),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// What went back could not be noted.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cancels what Stripe made of a superseded checkout and refunds it. Safe to run again at any point: cancelling
/// what is over is no refusal, and the refund's key is made from the checkout. What a bank wants back is left to the bank;
/// if it decides for the merchant, the money is given back then.
pub async fn refund_superseded(app: &App, project: ProjectId, id: CheckoutId) -> Result<(), RefundError> {
    let checkout = app.read(move |_, tx| tx.checkouts(project).find(id)).await?;
    let checkout = checkout.ok_or(RefundError::UnknownCheckout(id))?;
    if checkout.state != CheckoutState::Superseded {
        return Ok(());
    }
    give_back(app, &checkout).await?;
    app.write(move |cx, tx| {
        for mut payment in tx.payments(project).of_checkout(id)? {
            if payment.state == PaymentState::Succeeded {
                payment.go_back(payment.amount.amount_minor, None, cx.now());
                tx.payments(project).update(&payment)?;
                record(cx, tx, project, Happening::PaymentRefunded, payment.id)?;
            }
        }
        Ok(())
    })
    .await
}

async fn give_back(app: &App, checkout: &Checkout) -> Result<(), RefundError> {
    let payments = app.payments(checkout.project_id).await?;
    let Made { subscription, payment_intent } =
        match (&checkout.stripe_session_id, &checkout.stripe_charge_id) {
            (Some(session), _) => made_by_session(payments.as_ref(), session).await?,
            (None, Some(charge)) => made_by_charge(payments.as_ref(), checkout, charge).await?,
            (None, None) => return Ok(()),
        };
    // First the cancellation: a subscription that goes on would charge again.
    if let Some(subscription) = subscription {
        payments.cancel_subscription(&subscription).await?;
    }
    let (project, id) = (checkout.project_id, checkout.id);
    let recorded = app.read(move |_, tx| tx.payments(project).of_checkout(id)).await?;
    let by_row = recorded.iter().find_map(|payment| payment.stripe_payment_intent_id.clone());
    match payment_intent.or(by_row) {
        Some(payment_intent) => {
            if !refund_unless_disputed(app, project, &payment_intent, RefundOf::Checkout(id)).await? {
                tracing::info!(checkout.id = %id, "the bank wants the money of the superseded checkout {id} back, and decides");
            }
            Ok(())
        }
        None if recorded.is_empty() => Ok(()),
        None => Err(RefundError::NoPaymentIntent(checkout.id)),
    }
}

/// What Stripe made of a checkout.
struct Made {
    subscription: Option<String>,
    payment_intent: Option<String>,
}

async fn made_by_session(payments: &dyn Payments, stripe_session_id: &str) -> Result<Made, PaymentsError> {
    let session = payments.checkout(stripe_session_id).await?;
    let receipt = Receipt::from(session);
    Ok(Made {
        payment_intent: receipt.payment_intent(),
        subscription: receipt.billed.map(|subscription| subscription.id),
    })
}

/// A charge made an invoice, or began a subscription; one that added to a subscription made neither.
async fn made_by_charge(
    payments: &dyn Payments,
    checkout: &Checkout,
    stripe_charge_id: &str,
) -> Result<Made, PaymentsError> {
    if stripe_charge_id.starts_with("in_") {
        let invoice = payments.invoice(stripe_charge_id).await?;
        return Ok(Made { subscription: None, payment_intent: invoice.payment_intent_id });
    }
    let began = checkout.order.goods.plan().map(|_| stripe_charge_id.to_owned());
    Ok(Made { subscription: began, payment_intent: None })
}
