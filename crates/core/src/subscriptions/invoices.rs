//! Invoices and payments: one row for each invoice that was charged or should have been, which moves on with it
//! (law 3).

use jiff::Timestamp;
use perennial_domain::{
    Attempts, Payment, PaymentFailure, PaymentReason, PaymentState, ProjectId, Subscription,
};
use perennial_store::{StoreError, Tx};

use super::failed_payment::tell_of_renewal;
use super::payments::{keep_payment, note_arrival};
use crate::cards::payer_beside;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::{
    AttemptState, BilledInvoice, BillingReason, InvoiceStatus, PaymentAttempt, Payments, PaymentsError,
};

/// An invoice, and why it is not paid.
pub(super) struct SeenInvoice {
    pub(super) invoice: BilledInvoice,
    /// How far the attempt to charge it has come; only of those that fail, or are given up.
    attempt: Option<PaymentAttempt>,
}

impl SeenInvoice {
    /// When it failed first. Of several tries Stripe tells the time of the last one alone: then it is when it was made.
    pub(super) fn failed_first_at(&self) -> Timestamp {
        let only_try = self.attempt.as_ref().filter(|_| self.invoice.attempts <= 1);
        only_try.and_then(|attempt| attempt.last_charged_at).unwrap_or(self.invoice.created_at)
    }
}

/// Asks why invoices fail, and with which card those did that are given up; the others say all there is to say by themselves.
pub(super) async fn look_into(
    payments: &dyn Payments,
    invoices: Vec<BilledInvoice>,
) -> Result<Vec<SeenInvoice>, PaymentsError> {
    let mut seen = Vec::with_capacity(invoices.len());
    for invoice in invoices {
        let attempt = match &invoice.payment_intent_id {
            Some(payment_intent)
                if invoice.is_failing() || invoice.status == InvoiceStatus::Uncollectible =>
            {
                Some(payments.payment_attempt(payment_intent).await?)
            }
            _ => None,
        };
        seen.push(SeenInvoice { invoice, attempt });
    }
    Ok(seen)
}

/// What is known here of the invoices that were seen.
pub(super) struct Books {
    known: Vec<Payment>,
    /// The card that pays for the subscription; only looked for when there is news of money.
    payer: Option<String>,
}

impl Books {
    /// Reads them. `own_card` is the one that Stripe has for the subscription alone, if it has one that was not taken away.
    pub(super) fn read(
        tx: &mut Tx<'_>,
        subscription: &Subscription,
        own_card: Option<&str>,
        seen: &[SeenInvoice],
    ) -> Result<Self, StoreError> {
        let mut books = Self::without_payer(tx, subscription, seen)?;
        let is_news = |invoice: &BilledInvoice| {
            let mut known = books.known.iter();
            invoice.is_paid() && !known.any(|it| it.stripe_reference == invoice.id && it.has_arrived())
        };
        if seen.iter().any(|seen| is_news(&seen.invoice)) {
            books.payer = payer_beside(tx, subscription, own_card)?;
        }
        Ok(books)
    }

    /// The same for a subscription that Stripe bills no more, and for which no card pays.
    pub(super) fn without_payer(
        tx: &mut Tx<'_>,
        subscription: &Subscription,
        seen: &[SeenInvoice],
    ) -> Result<Self, StoreError> {
        let ids = seen.iter().map(|seen| seen.invoice.id.as_str()).collect::<Vec<_>>();
        let known = tx.payments(subscription.project_id).by_references(&ids)?;
        Ok(Self { known, payer: None })
    }

    /// Takes the payment out that this invoice was noted as.
    fn take(&mut self, invoice: &BilledInvoice) -> Option<Payment> {
        let place = self.known.iter().position(|payment| payment.stripe_reference == invoice.id)?;
        Some(self.known.swap_remove(place))
    }
}

/// Writes down what is known of an invoice, each once.
pub(super) fn record_invoice(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    books: &mut Books,
    seen: &SeenInvoice,
) -> Result<(), StoreError> {
    let known = books.take(&seen.invoice);
    let payer = books.payer.as_deref();
    match (known, seen.invoice.is_paid()) {
        (Some(payment), true) => record_late_money(cx, tx, payment, payer, &seen.invoice),
        // Nothing was asked for: a credit, or a discount, came up for all of it.
        (None, true) if seen.invoice.paid.is_zero() => Ok(()),
        (None, true) => keep_payment(cx, tx, &paid(cx, subscription, payer, &seen.invoice)),
        (Some(payment), false) => record_wait(cx, tx, subscription, payment, seen),
        // Nobody has been asked for the money yet, or nobody is any more.
        (None, false) if !seen.invoice.is_failing() && !is_wanted_back(cx, &seen.invoice) => Ok(()),
        (None, false) => record_first_failure(cx, tx, subscription, seen),
    }
}

fn paid(cx: &Cx, subscription: &Subscription, payer: Option<&str>, invoice: &BilledInvoice) -> Payment {
    Payment {
        id: cx.id(),
        project_id: subscription.project_id,
        customer_id: subscription.customer_id,
        subscription_id: Some(subscription.id),
        checkout_id: None,
        amount: invoice.paid,
        refunded_minor: 0,
        refunded_at: None,
        state: PaymentState::Succeeded,
        reason: match invoice.reason {
            BillingReason::SubscriptionCreate => PaymentReason::SubscriptionCreation,
            BillingReason::SubscriptionCycle => PaymentReason::SubscriptionRenewal,
            BillingReason::SubscriptionUpdate | BillingReason::Other => PaymentReason::Other,
        },
        stripe_reference: invoice.id.clone(),
        stripe_payment_intent_id: invoice.payment_intent_id.clone(),
        attempts: Attempts { payment_method: payer.map(str::to_owned), ..Attempts::default() },
        dispute: None,
        paid_at: Some(invoice.paid_at.unwrap_or(cx.now())),
        created_at: cx.now(),
    }
}

fn record_late_money(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut payment: Payment,
    payer: Option<&str>,
    invoice: &BilledInvoice,
) -> Result<(), StoreError> {
    if !payment.arrive(invoice.paid, invoice.paid_at.unwrap_or(cx.now())) {
        return Ok(());
    }
    payment.attempts.payment_method = payer.map(str::to_owned).or(payment.attempts.payment_method);
    payment.stripe_payment_intent_id = invoice.payment_intent_id.clone().or(payment.stripe_payment_intent_id);
    tx.payments(payment.project_id).update(&payment)?;
    note_arrival(cx, tx, &payment)
}

fn record_first_failure(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    seen: &SeenInvoice,
) -> Result<(), StoreError> {
    let payment = Payment {
        amount: seen.invoice.total,
        state: state_of(cx, seen),
        attempts: attempts_of(cx, seen, None),
        paid_at: None,
        ..paid(cx, subscription, None, &seen.invoice)
    };
    let project = payment.project_id;
    tx.payments(project).insert(&payment)?;
    record(cx, tx, project, Happening::PaymentCreated, payment.id)?;
    announce(cx, tx, project, &payment)?;
    tell_if_away(cx, tx, subscription, &payment, seen)
}

/// Tells customers by mail of what was charged while they were away.
fn tell_if_away(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    payment: &Payment,
    seen: &SeenInvoice,
) -> Result<(), StoreError> {
    let is_renewal = payment.reason == PaymentReason::SubscriptionRenewal;
    if is_renewal || begins_another_plan(tx, subscription, seen)? {
        tell_of_renewal(cx, tx, subscription, payment)?;
    }
    Ok(())
}

/// Whether an invoice is the first one of a plan that was scheduled. Its customer is away then, as at a renewal; at every
/// other change they are there, or their app is.
fn begins_another_plan(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    SeenInvoice { invoice, .. }: &SeenInvoice,
) -> Result<bool, StoreError> {
    let (BillingReason::SubscriptionUpdate, Some((start, _))) = (invoice.reason, invoice.period) else {
        return Ok(false);
    };
    let open = tx.subscription_changes(subscription.project_id).open_of(subscription.id)?;
    Ok(open.is_some_and(|change| change.is_due_at(start)))
}

fn record_wait(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    mut payment: Payment,
    seen: &SeenInvoice,
) -> Result<(), StoreError> {
    let (state, failed) = (payment.state, payment.attempts.failed);
    let before = (payment.amount, payment.attempts.clone());
    payment.wait(state_of(cx, seen), seen.invoice.total, attempts_of(cx, seen, Some(&before.1)));
    if payment.state == state && (payment.amount, &payment.attempts) == (before.0, &before.1) {
        return Ok(());
    }
    let project = payment.project_id;
    tx.payments(project).update(&payment)?;
    if payment.state != state || payment.attempts.failed > failed {
        announce(cx, tx, project, &payment)?;
    }
    // Another card was asked for so far, and would not help: the bank wants to hear from them.
    if payment.state != state && payment.state == PaymentState::RequiresConfirmation {
        tell_if_away(cx, tx, subscription, &payment, seen)?;
    }
    Ok(())
}

/// Tells others what the money waits for.
pub(super) fn announce(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    payment: &Payment,
) -> Result<(), StoreError> {
    let what = match payment.state {
        PaymentState::Failed => Happening::PaymentFailed,
        PaymentState::RequiresConfirmation => Happening::PaymentRequiresConfirmation,
        PaymentState::RequiresPaymentMethod => Happening::PaymentMethodRequired,
        _ => return Ok(()),
    };
    record(cx, tx, project, what, payment.id)
}

/// What an invoice that is not paid waits for.
fn state_of(cx: &Cx, seen: &SeenInvoice) -> PaymentState {
    let invoice = &seen.invoice;
    let is_final =
        seen.attempt.as_ref().and_then(|attempt| attempt.failure.as_ref()).is_some_and(|it| it.is_final);
    match (invoice.status, seen.attempt.as_ref().map(|attempt| &attempt.state)) {
        (InvoiceStatus::Uncollectible, _) if is_wanted_back(cx, invoice) => {
            PaymentState::RequiresPaymentMethod
        }
        (InvoiceStatus::Void | InvoiceStatus::Uncollectible, _) => PaymentState::Failed,
        (_, Some(AttemptState::NeedsConfirmation { .. })) => PaymentState::RequiresConfirmation,
        (_, Some(AttemptState::Processing | AttemptState::Succeeded)) => PaymentState::Pending,
        _ if !invoice.is_failing() => PaymentState::Pending,
        _ if invoice.next_attempt_at.is_some() && !is_final => PaymentState::Failed,
        _ => PaymentState::RequiresPaymentMethod,
    }
}

/// Whether the merchant does not expect the money any more, but its customer may still want what it is for: as long as its
/// period runs, it is owed like one that Stripe does not try again.
fn is_wanted_back(cx: &Cx, invoice: &BilledInvoice) -> bool {
    let runs = invoice.period.is_some_and(|(_, end)| cx.now() < end);
    invoice.status == InvoiceStatus::Uncollectible && invoice.is_renewal() && runs
}

/// What was tried. Of an invoice that is given up what was known before is told, and on which card it failed since.
fn attempts_of(cx: &Cx, seen: &SeenInvoice, before: Option<&Attempts>) -> Attempts {
    let known = before.cloned().unwrap_or_default();
    if !seen.invoice.is_failing() {
        let tried = seen.attempt.as_ref().and_then(|attempt| attempt.payment_method_id.clone());
        return Attempts { payment_method: tried.or(known.payment_method), next_at: None, ..known };
    }
    let failed = seen.invoice.attempts.max(known.failed);
    let Some(attempt) = &seen.attempt else {
        return Attempts { failed, next_at: seen.invoice.next_attempt_at, ..known };
    };
    let failure: Option<PaymentFailure> =
        attempt.failure.as_ref().map(|failure| failure.failure.clone()).or(known.failure);
    let is_final = attempt.failure.as_ref().is_some_and(|failure| failure.is_final);
    Attempts {
        payment_method: attempt.payment_method_id.clone().or(known.payment_method),
        failed,
        failure,
        last_at: attempt.last_charged_at.or(known.last_at).or(Some(cx.now())),
        next_at: seen.invoice.next_attempt_at.filter(|_| !is_final),
    }
}
