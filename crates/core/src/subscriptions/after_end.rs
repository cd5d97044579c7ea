//! What Stripe still does for a subscription that is over here: that is stopped, and its money goes back.

use jiff::Timestamp;
use perennial_domain::{Payment, PaymentState, Subscription};
use perennial_store::{StoreError, Tx};

use super::invoices::SeenInvoice;
use crate::context::Cx;
use crate::ports::{BilledInvoice, BilledSubscription, BillingReason};
use crate::tasks::{Task, enqueue};

/// Queues what a subscription that has ended here makes necessary, within the transaction that holds it: the end of what
/// Stripe still bills, and a refund of what was paid for nothing.
pub(super) fn clear_up_after_end(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    billed: &BilledSubscription,
    invoices: &[SeenInvoice],
) -> Result<(), StoreError> {
    let Some(ended_at) = subscription.ended_at.filter(|_| !subscription.is_live()) else { return Ok(()) };
    let project = subscription.project_id;
    if !billed.status.is_over() {
        enqueue(cx, tx, &Task::StopBilling { project, subscription: subscription.id })?;
    }
    for seen in invoices.iter().filter(|seen| is_for_nothing(&seen.invoice, ended_at)) {
        let payment = tx.payments(project).find_by_reference(&seen.invoice.id)?;
        if let Some(payment) = payment.filter(goes_back) {
            enqueue(cx, tx, &Task::RefundPayment { project, payment: payment.id })?;
        }
    }
    for payment in paid_beside_replacement(tx, subscription, billed)? {
        enqueue(cx, tx, &Task::RefundPayment { project, payment: payment.id })?;
    }
    Ok(())
}

/// What was paid beside the subscription that its customer bought in its place: nobody wants to pay both.
fn paid_beside_replacement(
    tx: &mut Tx<'_>,
    replaced: &Subscription,
    billed: &BilledSubscription,
) -> Result<Vec<Payment>, StoreError> {
    let project = replaced.project_id;
    let replacement = tx.subscriptions(project).replacement_of(replaced.id)?;
    let bought = match replacement.and_then(|replacement| replacement.checkout_id) {
        Some(checkout) => tx.checkouts(project).find(checkout)?,
        None => None,
    };
    let Some(bought) = bought else { return Ok(Vec::new()) };
    let bought_at = tx.payments(project).of_checkout(bought.id)?.iter().filter_map(|paid| paid.paid_at).min();
    // Stripe's retry of what was in arrears already when the page was opened. A renewal that falls due while it is open is
    // paid as agreed, whatever replaces it (contracts/organizations-api.md §9.3).
    let was_owed = billed.current_period_start < bought.created_at;
    let beside_from = if was_owed { Some(bought.created_at) } else { bought_at };
    let came_beside =
        |payment: &Payment| payment.paid_at.zip(beside_from).is_some_and(|(paid_at, from)| from <= paid_at);
    let paid = tx.payments(project).of_subscription(replaced.id)?;
    Ok(paid.into_iter().filter(|payment| goes_back(payment) && came_beside(payment)).collect())
}

/// Whether a renewal was paid when all was over, or is for time that nobody had. An invoice that the merchant wrote by
/// hand is their own affair.
pub(super) fn is_for_nothing(invoice: &BilledInvoice, ended_at: Timestamp) -> bool {
    let renews =
        matches!(invoice.reason, BillingReason::SubscriptionCycle | BillingReason::SubscriptionUpdate);
    let came_late = invoice.paid_at.is_some_and(|paid_at| ended_at < paid_at);
    let begins_late = invoice.period.is_some_and(|(start, _)| ended_at <= start);
    renews && invoice.is_paid() && (came_late || begins_late)
}

/// What a checkout brought is given back by its checkout, and what came by no payment intent cannot be.
fn goes_back(payment: &Payment) -> bool {
    payment.state == PaymentState::Succeeded
        && payment.checkout_id.is_none()
        && payment.stripe_payment_intent_id.is_some()
}
