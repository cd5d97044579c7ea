//! Invoices that a change at Stripe waits for: once one is paid Stripe makes the change by itself, and once it is void the
//! change is dropped (<https://docs.stripe.com/billing/subscriptions/pending-updates>).

use crate::ports::{
    AttemptFailure, AttemptState, BilledInvoice, InvoiceStatus, PaymentAttempt, Payments, PaymentsError,
};

/// How such an invoice stands.
pub(crate) enum Awaited {
    /// The money is here, or none was due.
    Paid(Box<BilledInvoice>),
    /// The money is on its way.
    Processing,
    /// The bank asks its customer about this payment intent.
    Asks(String),
    /// The money did not come, and can come no more. Why, where a card was tried.
    GivenUp(Option<AttemptFailure>),
}

/// Looks at such an invoice. Unless its money may still come nobody can pay it afterwards; of one that is late the bank's
/// customer is not waited for any more.
pub(crate) async fn look_at_awaited(
    payments: &dyn Payments,
    invoice_id: &str,
    is_late: bool,
) -> Result<Awaited, PaymentsError> {
    let invoice = payments.invoice(invoice_id).await?;
    if invoice.is_paid() {
        return Ok(Awaited::Paid(Box::new(invoice)));
    }
    let asked = invoice.payment_intent_id.filter(|_| invoice.status == InvoiceStatus::Open);
    let attempt = match &asked {
        Some(intent) => Some(payments.payment_attempt(intent).await?),
        None => None,
    };
    match attempt.as_ref().map(|attempt| &attempt.state) {
        Some(AttemptState::Processing | AttemptState::Succeeded) => Ok(Awaited::Processing),
        Some(AttemptState::NeedsConfirmation { .. }) if !is_late => {
            Ok(Awaited::Asks(asked.unwrap_or_default()))
        }
        _ => give_up(payments, invoice_id, attempt).await,
    }
}

async fn give_up(
    payments: &dyn Payments,
    invoice_id: &str,
    attempt: Option<PaymentAttempt>,
) -> Result<Awaited, PaymentsError> {
    payments.void_invoice(invoice_id).await?;
    // Voiding leaves one alone that was paid a moment before.
    let invoice = payments.invoice(invoice_id).await?;
    if invoice.is_paid() {
        return Ok(Awaited::Paid(Box::new(invoice)));
    }
    Ok(Awaited::GivenUp(attempt.and_then(|attempt| attempt.failure)))
}

/// Sees to it that the money can come no more, and the change with it. Answers whether it has not come before.
pub(crate) async fn void_unless_paid(
    payments: &dyn Payments,
    invoice_id: &str,
) -> Result<bool, PaymentsError> {
    Ok(matches!(give_up(payments, invoice_id, None).await?, Awaited::GivenUp(_)))
}
