//! Paying what is owed as soon as there is a card that may.

use std::collections::BTreeSet;

use perennial_domain::{Checkout, CustomerId, Payment, PaymentId, ProjectId};
use perennial_store::{StoreError, Tx};

use super::CardError;
use crate::context::App;
use crate::ports::{PaymentsError, RefusalKind};
use crate::subscriptions::sync_subscription;

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct PaidOff {
    /// What was owed and is paid.
    pub paid: Vec<Payment>,
    /// What is still owed, oldest first: the card was declined, or its bank wants to ask the customer.
    pub owed: Vec<Payment>,
}

impl PaidOff {
    /// What became of these payments.
    pub(super) fn of(
        tx: &mut Tx<'_>,
        project: ProjectId,
        payments: &[PaymentId],
    ) -> Result<Self, StoreError> {
        let mut result = Self::default();
        for id in payments {
            match tx.payments(project).find(*id)? {
                Some(now) if now.has_arrived() => result.paid.push(now),
                Some(now) if now.is_open() => result.owed.push(now),
                _ => {}
            }
        }
        Ok(result)
    }
}

/// Charges everything that a customer owes on invoices to this card, oldest first, and brings what was paid for up to
/// date. Safe to run again: an invoice is charged to a card once.
pub async fn pay_open_invoices(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
    payment_method_id: &str,
) -> Result<PaidOff, CardError> {
    let payments = app.payments(project).await?;
    let open = app.read(move |_, tx| open_invoices(tx, project, customer)).await?;
    for payment in &open {
        match payments.pay_invoice(&payment.stripe_reference, payment_method_id).await {
            Ok(()) => {}
            // The next one would only be refused as well.
            Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Card => break,
            // It was voided meanwhile; bringing it up to date tells.
            Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {}
            Err(error) => return Err(error.into()),
        }
    }
    let ids: Vec<_> = open.iter().map(|payment| payment.id).collect();
    for id in app.read(move |_, tx| billed_for(tx, project, &open)).await? {
        sync_subscription(app, project, &id).await?;
    }
    Ok(app.read(move |_, tx| PaidOff::of(tx, project, &ids)).await?)
}

/// What a customer owes on invoices, oldest first. What is only asked for, and buys something that they do not have yet, is
/// no debt: who turned back at their bank's question shall not get it with their next card.
pub(super) fn open_invoices(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Vec<Payment>, StoreError> {
    let cart = tx.checkouts(project).undecided_of(customer)?;
    let in_cart = cart.as_ref().and_then(Checkout::awaited_invoice);
    let mut owed = Vec::new();
    for payment in tx.payments(project).open_of(customer)? {
        let reference = payment.stripe_reference.as_str();
        let is_invoice = reference.starts_with("in_") && in_cart != Some(reference);
        if is_invoice && !pays_for_change(tx, &payment)? {
            owed.push(payment);
        }
    }
    Ok(owed)
}

/// Whether another plan waits for this payment.
fn pays_for_change(tx: &mut Tx<'_>, payment: &Payment) -> Result<bool, StoreError> {
    let Some(subscription) = payment.subscription_id else { return Ok(false) };
    let open = tx.subscription_changes(payment.project_id).open_of(subscription)?;
    Ok(open.is_some_and(|change| change.stripe_invoice_id.as_ref() == Some(&payment.stripe_reference)))
}

/// The Stripe Subscriptions that these payments are for.
fn billed_for(
    tx: &mut Tx<'_>,
    project: ProjectId,
    payments: &[Payment],
) -> Result<BTreeSet<String>, StoreError> {
    let mut billed = BTreeSet::new();
    for id in payments.iter().filter_map(|payment| payment.subscription_id) {
        let subscription = tx.subscriptions(project).find(id)?;
        billed.extend(subscription.and_then(|subscription| subscription.stripe_subscription_id));
    }
    Ok(billed)
}
