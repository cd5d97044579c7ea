//! What Stripe took for an order, however it was paid, and its trace in our books.

use jiff::Timestamp;
use perennial_domain::{Attempts, Checkout, Goods, Money, Payment, PaymentReason, PaymentState};
use perennial_store::{StoreError, Tx};

use crate::cards::payer_of_subscription;
use crate::context::Cx;
use crate::ports::{BilledInvoice, BilledSubscription, CheckoutSession};
use crate::subscriptions::{keep_payment, note_arrival};

/// What Stripe made of an order that is paid.
#[derive(Clone, Debug)]
pub(super) struct Receipt {
    /// What it came to, after discounts.
    pub(super) total: Option<Money>,
    /// The Stripe Subscription that it began.
    pub(super) billed: Option<BilledSubscription>,
    /// The invoice that it was paid by.
    pub(super) invoice: Option<BilledInvoice>,
    /// The payment intent, where no invoice stands between.
    pub(super) payment_intent_id: Option<String>,
    /// The card that was charged, where the subscription does not name it.
    pub(super) payment_method_id: Option<String>,
}

impl From<CheckoutSession> for Receipt {
    fn from(session: CheckoutSession) -> Self {
        Self {
            total: session.total,
            billed: session.subscription,
            invoice: session.invoice,
            payment_intent_id: session.payment_intent_id,
            payment_method_id: session.payment_method_id,
        }
    }
}

impl Receipt {
    /// What Stripe bills from this order on, in the period that the order has paid. By now a later one may run there, of
    /// which nobody here has heard, and which may not be paid.
    pub(super) fn beginning(&self) -> Option<BilledSubscription> {
        let mut billed = self.billed.clone()?;
        if let Some(paid) = self.invoice.as_ref().and_then(|invoice| invoice.period) {
            (billed.current_period_start, billed.current_period_end) = paid;
        }
        Some(billed)
    }

    /// The payment intent by which the money can be given back.
    pub(super) fn payment_intent(&self) -> Option<String> {
        let by_invoice = || self.invoice.as_ref().and_then(|invoice| invoice.payment_intent_id.clone());
        self.payment_intent_id.clone().or_else(by_invoice)
    }

    fn paid_at(&self) -> Option<Timestamp> {
        self.invoice.as_ref().and_then(|invoice| invoice.paid_at)
    }

    /// The card that was charged, `pm_…`: the one that the customer gave to Stripe, that was chosen, or that pays for what
    /// was begun or added to.
    fn payment_method(&self, tx: &mut Tx<'_>, checkout: &Checkout) -> Result<Option<String>, StoreError> {
        if let Some(given) = &self.payment_method_id {
            return Ok(Some(given.clone()));
        }
        if let Some(id) = checkout.order.goods.charged_with() {
            let subscription = tx.subscriptions(checkout.project_id).find(id)?;
            let payer =
                subscription.map(|subscription| payer_of_subscription(tx, &subscription)).transpose()?;
            return Ok(payer.flatten());
        }
        let by_subscription = || self.billed.as_ref().and_then(|billed| billed.payment_method_id.clone());
        Ok(checkout.saved_card.clone().or_else(by_subscription))
    }
}

/// Law 3: once per payment at Stripe, whether or not the order could be delivered. Nothing was paid where nothing was due.
pub(super) fn record_payment(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let payment_intent = receipt.payment_intent();
    let invoice_id = receipt.invoice.as_ref().map(|invoice| invoice.id.clone());
    let reference = invoice_id.or_else(|| payment_intent.clone());
    let amount = receipt.total.unwrap_or(Money::zero(checkout.order.due_now.currency));
    let Some(stripe_reference) = reference.filter(|_| !amount.is_zero()) else { return Ok(()) };
    if let Some(known) = tx.payments(checkout.project_id).find_by_reference(&stripe_reference)? {
        return say_what_it_was_for(cx, tx, known, checkout, receipt, amount);
    }
    let payment = Payment {
        id: cx.id(),
        project_id: checkout.project_id,
        customer_id: checkout.customer_id,
        subscription_id: checkout.subscription_id,
        checkout_id: Some(checkout.id),
        amount,
        refunded_minor: 0,
        refunded_at: None,
        state: PaymentState::Succeeded,
        reason: match checkout.order.goods {
            // As Stripe calls the first invoice of what it bills from then on.
            Goods::Subscription(_) | Goods::PlanChange(_) => PaymentReason::SubscriptionCreation,
            Goods::Addons(_) => PaymentReason::Other,
        },
        stripe_reference,
        stripe_payment_intent_id: payment_intent,
        attempts: Attempts { payment_method: receipt.payment_method(tx, checkout)?, ..Attempts::default() },
        dispute: None,
        paid_at: Some(receipt.paid_at().unwrap_or(cx.now())),
        created_at: cx.now(),
    };
    keep_payment(cx, tx, &payment)
}

/// Completes a payment whose webhook was quicker, and did not know what it was for.
fn say_what_it_was_for(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut known: Payment,
    checkout: &Checkout,
    receipt: &Receipt,
    amount: Money,
) -> Result<(), StoreError> {
    known.checkout_id = known.checkout_id.or(Some(checkout.id));
    known.subscription_id = known.subscription_id.or(checkout.subscription_id);
    if known.attempts.payment_method.is_none() {
        known.attempts.payment_method = receipt.payment_method(tx, checkout)?;
    }
    let has_come = known.arrive(amount, receipt.paid_at().unwrap_or(cx.now()));
    tx.payments(checkout.project_id).update(&known)?;
    if has_come { note_arrival(cx, tx, &known) } else { Ok(()) }
}
