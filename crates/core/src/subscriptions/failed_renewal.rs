//! Telling a customer that their renewal was not paid, and how to mend it.

use perennial_domain::{
    ArrearsAccess, DeclineReason, Letter, Payment, PaymentState, Remedy, RenewalFailed, Subscription,
};
use perennial_store::{StoreError, Tx};

use super::arrears::policy_of;
use crate::context::Cx;
use crate::mails;

/// Queues the mail, within the transaction that learned of the first failure.
pub(super) fn write_to_customer(
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
