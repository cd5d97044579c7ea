//! Telling customers of what was not paid while they were away, and how to mend it.

use perennial_domain::{
    ArrearsAccess, DeclineReason, FirstPaymentFailed, Letter, Payment, PaymentState, Remedy, RenewalFailed,
    Subscription, SubscriptionChange,
};
use perennial_store::{StoreError, Tx};

use super::arrears::policy_of;
use crate::context::Cx;
use crate::mails;

/// Queues the mail about a renewal, within the transaction that learned of its first failure, or that a later try has its
/// bank ask. Of each remedy one mail tells, at the most.
pub(super) fn tell_of_renewal(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    payment: &Payment,
) -> Result<(), StoreError> {
    // Who has no subscription any more has nothing to mend.
    if !subscription.is_live() {
        return Ok(());
    }
    let policy = policy_of(tx, subscription.project_id)?;
    let must_confirm = payment.state == PaymentState::RequiresConfirmation;
    let code = payment.attempts.failure.as_ref().map_or("", |failure| failure.code.as_str());
    let letter = RenewalFailed {
        payment: payment.id,
        subscription: subscription.id,
        amount: payment.amount,
        failed_at: payment.attempts.last_at.unwrap_or(cx.now()),
        next_try_at: payment.attempts.next_at,
        is_usable: policy.access == ArrearsAccess::Keep,
        reason: if must_confirm { DeclineReason::NotAuthenticated } else { DeclineReason::of_code(code) },
        remedy: if must_confirm { Remedy::ConfirmPayment } else { Remedy::AnotherCard },
    };
    let (project, customer) = (subscription.project_id, subscription.customer_id);
    mails::queue(cx, tx, project, customer, Letter::RenewalFailed(letter))
}

/// Queues the mail about a plan that did not begin, within the transaction that gave it up.
pub(super) fn tell_of_first_payment(
    cx: &Cx,
    tx: &mut Tx<'_>,
    change: &SubscriptionChange,
    reason: Option<DeclineReason>,
) -> Result<(), StoreError> {
    let project = change.project_id;
    let Some(price) = tx.prices(project).find(change.price_id)? else { return Ok(()) };
    let letter = FirstPaymentFailed {
        change: change.id,
        subscription: change.subscription_id,
        amount: price.amount,
        failed_at: cx.now(),
        reason,
    };
    mails::queue(cx, tx, project, change.customer_id, Letter::FirstPaymentFailed(letter))
}
