//! Paying what is owed as soon as there is a card that may.

use std::collections::BTreeSet;

use perennial_domain::{Checkout, CustomerId, Money, Payment, ProjectId, Subscription, SubscriptionId};
use perennial_store::{StoreError, Tx};

use super::CardError;
use crate::context::App;
use crate::ports::{BilledInvoice, InvoiceStatus, Payments, PaymentsError, RefusalKind};
use crate::subscriptions::{look_at_debts, sync_subscription};

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct PaidOff {
    /// What was owed and is paid.
    pub paid: Vec<Payment>,
    /// What is still owed, oldest first: the card was declined, or its bank wants to ask the customer.
    pub owed: Vec<Payment>,
}

impl PaidOff {
    /// What became of these invoices.
    pub(crate) fn of_invoices(
        tx: &mut Tx<'_>,
        project: ProjectId,
        invoices: &[String],
    ) -> Result<Self, StoreError> {
        let mut result = Self::default();
        for id in invoices {
            if let Some(now) = tx.payments(project).find_by_reference(id)? {
                result.add(now);
            }
        }
        Ok(result)
    }

    fn add(&mut self, payment: Payment) {
        if payment.has_arrived() {
            self.paid.push(payment);
        } else if payment.is_open() {
            self.owed.push(payment);
        }
    }
}

/// An invoice that the next card is charged with.
#[derive(Clone, Debug)]
struct OwedInvoice {
    invoice_id: String,
    /// What it is for.
    subscription_id: Option<SubscriptionId>,
    due: Money,
    is_draft: bool,
}

impl OwedInvoice {
    fn of(invoice: BilledInvoice, subscription_id: Option<SubscriptionId>) -> Self {
        let is_draft = invoice.status == InvoiceStatus::Draft;
        Self { invoice_id: invoice.id, subscription_id, due: invoice.due, is_draft }
    }
}

/// What a customer owes, and what they need not pay any more.
#[derive(Debug)]
struct AllDebts {
    /// Of all subscriptions, oldest first.
    owed: Vec<OwedInvoice>,
    /// Invoices of time that could not be used.
    forgiven: Vec<String>,
    /// The Stripe Subscriptions that all of it is for.
    billed: BTreeSet<String>,
}

/// What the next card of a customer is charged at once, all of it in the currency of the oldest; `None` if nothing is.
/// Stripe is asked only where something is not paid.
pub async fn sum_of_debts(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Option<Money>, CardError> {
    let owed = find_debts(app, project, customer).await?.owed;
    let Some(oldest) = owed.first() else { return Ok(None) };
    let currency = oldest.due.currency;
    let same = owed.iter().filter(|debt| debt.due.currency == currency);
    Ok(Some(Money::new(same.map(|debt| debt.due.amount_minor).sum(), currency)))
}

/// Whether something is owed beside a payment: on one of these invoices, or for the subscription that it was for, as when
/// the running period is held back.
pub async fn is_more_owed(app: &App, payment: &Payment, invoices: &[String]) -> Result<bool, CardError> {
    let subscription = payment.subscription_id;
    if subscription.is_none() && invoices.is_empty() {
        return Ok(false);
    }
    let owed = find_debts(app, payment.project_id, payment.customer_id).await?.owed;
    let is_for_same = |debt: &OwedInvoice| subscription.is_some() && debt.subscription_id == subscription;
    Ok(owed.iter().any(|debt| is_for_same(debt) || invoices.contains(&debt.invoice_id)))
}

/// The invoices that the next card of a customer is charged with, oldest first.
pub(super) async fn owed_invoices(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Vec<String>, CardError> {
    let debts = find_debts(app, project, customer).await?;
    Ok(debts.owed.into_iter().map(|debt| debt.invoice_id).collect())
}

/// Charges everything that a customer owes on invoices to this card, oldest first, lets go what they need not pay any
/// more, and brings what was paid for up to date. Safe to run again: an invoice is charged to a card once.
pub async fn pay_open_invoices(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
    payment_method_id: &str,
) -> Result<PaidOff, CardError> {
    let debts = find_debts(app, project, customer).await?;
    pay(app, project, &debts, payment_method_id).await?;
    let invoices: Vec<_> = debts.owed.into_iter().map(|debt| debt.invoice_id).collect();
    Ok(app.read(move |_, tx| PaidOff::of_invoices(tx, project, &invoices)).await?)
}

/// The same for those of these invoices that are owed still.
pub(super) async fn pay_open_ones_of(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
    payment_method_id: &str,
    invoices: &[String],
) -> Result<(), CardError> {
    let mut debts = find_debts(app, project, customer).await?;
    debts.owed.retain(|debt| invoices.contains(&debt.invoice_id));
    if debts.owed.is_empty() { Ok(()) } else { pay(app, project, &debts, payment_method_id).await }
}

async fn pay(
    app: &App,
    project: ProjectId,
    debts: &AllDebts,
    payment_method_id: &str,
) -> Result<(), CardError> {
    let payments = app.payments(project).await?;
    for invoice in &debts.forgiven {
        payments.void_invoice(invoice).await?;
    }
    charge(payments.as_ref(), &debts.owed, payment_method_id).await?;
    for id in &debts.billed {
        sync_subscription(app, project, id).await?;
    }
    Ok(())
}

async fn charge(
    payments: &dyn Payments,
    owed: &[OwedInvoice],
    payment_method_id: &str,
) -> Result<(), PaymentsError> {
    for debt in owed {
        if debt.is_draft {
            payments.finalize_invoice(&debt.invoice_id).await?;
        }
        match payments.pay_invoice(&debt.invoice_id, payment_method_id).await {
            Ok(()) => {}
            // The next one would only be refused as well.
            Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Card => break,
            // It was voided meanwhile; bringing it up to date tells.
            Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Our rows tell of what was charged and failed; what of it the customer's balance pays, Stripe knows alone. Of a subscription
/// in arrears it knows more: renewals that it holds back, and those of time that could not be used.
async fn find_debts(app: &App, project: ProjectId, customer: CustomerId) -> Result<AllDebts, CardError> {
    let InRows { open, mut billed, behind } =
        app.read(move |_, tx| look_into_rows(tx, project, customer)).await?;
    let (mut in_arrears, mut forgiven) = (Vec::new(), Vec::new());
    for subscription in behind {
        let Some(stripe_id) = &subscription.stripe_subscription_id else { continue };
        let of_subscription = look_at_debts(app, stripe_id, &subscription).await?;
        billed.insert(stripe_id.clone());
        forgiven.extend(of_subscription.forgiven.into_iter().map(|invoice| invoice.id));
        let of_it = |invoice| OwedInvoice::of(invoice, Some(subscription.id));
        in_arrears.extend(of_subscription.owed.into_iter().map(of_it));
    }
    let mut owed = Vec::new();
    for Payment { stripe_reference: id, subscription_id, .. } in open {
        if forgiven.contains(&id) {
            continue;
        }
        owed.push(match in_arrears.iter().position(|debt| debt.invoice_id == id) {
            Some(index) => in_arrears.remove(index),
            None => OwedInvoice::of(app.payments(project).await?.invoice(&id).await?, subscription_id),
        });
    }
    owed.append(&mut in_arrears);
    Ok(AllDebts { owed, forgiven, billed })
}

/// What our rows know of a customer's debts.
struct InRows {
    /// What was charged and failed, oldest first.
    open: Vec<Payment>,
    /// The Stripe Subscriptions that it is for.
    billed: BTreeSet<String>,
    /// The subscriptions in arrears.
    behind: Vec<Subscription>,
}

fn look_into_rows(tx: &mut Tx<'_>, project: ProjectId, customer: CustomerId) -> Result<InRows, StoreError> {
    let open = open_invoices(tx, project, customer)?;
    let billed = billed_for(tx, project, &open)?;
    let mut behind = tx.subscriptions(project).billed_of(customer)?;
    behind.retain(Subscription::is_in_arrears);
    Ok(InRows { open, billed, behind })
}

/// What a customer owes on invoices, oldest first. What is only asked for, and buys something that they do not have yet, is
/// no debt: who turned back at their bank's question shall not get it with their next card.
fn open_invoices(
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
