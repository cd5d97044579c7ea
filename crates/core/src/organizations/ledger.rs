//! An organization's payments, in the contract's seven states (§7, §8.6).
//!
//! There is no such table: an attempt to pay is a checkout, a renewal is a payment, and a cancellation is a fact on a
//! subscription. Each of them is one entry, under an id that does not change with its state. So nothing is written twice,
//! and what is taken back (a cancellation, at Stripe's portal) is gone from the list by itself.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;
use perennial_domain::{
    CancellationCause, Checkout, CheckoutId, CheckoutState, CustomerId, Id, Money, Payment, PaymentId,
    PaymentState, ProjectId, Subscription, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

/// Where a payment stands, in the contract's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerState {
    /// It can be paid.
    Pending,
    /// The bank has yet to say yes.
    Processing,
    /// The money is there, or none was needed.
    Completed,
    /// The bank said no.
    Failed,
    /// Withdrawn, or the record of a cancellation.
    Cancelled,
    /// A renewal that Stripe has given up.
    Unpaid,
    /// Not paid in time.
    Expired,
}

/// One payment.
#[derive(Clone, Debug)]
pub struct LedgerEntry {
    /// Its id, the same in all its states.
    pub id: PaymentId,
    /// What it asks for; zero for a cancellation.
    pub amount: Money,
    /// Where it stands.
    pub state: LedgerState,
    /// When it was paid, else made.
    pub at: Timestamp,
}

/// The id by which the contract knows a checkout, before and after it is paid.
pub(super) fn payment_id_of(checkout: CheckoutId) -> PaymentId {
    PaymentId::from_uuid(checkout.uuid())
}

/// All payments of an organization, newest first.
pub fn ledger(
    tx: &mut Tx<'_>,
    project: ProjectId,
    organization: CustomerId,
) -> Result<Vec<LedgerEntry>, StoreError> {
    let checkouts = tx.checkouts(project).all_of_customer(organization)?;
    let payments = tx.payments(project).all_of_customer(organization)?;
    let subscriptions = tx.subscriptions(project).all_of_customer(organization)?;
    let (by_checkout, later): (Vec<_>, Vec<_>) =
        payments.into_iter().partition(|payment| payment.checkout_id.is_some());
    let paid = by_checkout
        .into_iter()
        .filter_map(|payment| Some((payment.checkout_id?, payment)))
        .collect::<HashMap<_, _>>();
    let given_up = given_up(&later, &subscriptions);
    let mut entries = Vec::new();
    entries.extend(checkouts.iter().filter_map(|checkout| attempt(checkout, paid.get(&checkout.id))));
    entries.extend(later.iter().map(|payment| renewal(payment, &given_up)));
    entries.extend(free_starts(tx, project, organization)?);
    for subscription in &subscriptions {
        entries.extend(cancellation(tx, project, subscription)?);
    }
    entries.sort_by_key(|entry| Reverse((entry.at, entry.id)));
    Ok(entries)
}

/// Free plans that have begun when what was paid was used up (contract §9.2): a payment of nothing, as of one that begins
/// at once.
fn free_starts(
    tx: &mut Tx<'_>,
    project: ProjectId,
    organization: CustomerId,
) -> Result<Vec<LedgerEntry>, StoreError> {
    let mut entries = Vec::new();
    for change in tx.subscription_changes(project).all_of_customer(organization)? {
        let price = tx.prices(project).find(change.price_id)?;
        let free = price.filter(|price| price.amount.is_zero());
        entries.extend(free.zip(change.applied_at).map(|(price, at)| LedgerEntry {
            id: PaymentId::from_uuid(change.id.uuid()),
            amount: price.amount,
            state: LedgerState::Completed,
            at,
        }));
    }
    Ok(entries)
}

/// An attempt to pay. One that Stripe never heard of could never be paid, and is nobody's business.
fn attempt(checkout: &Checkout, payment: Option<&Payment>) -> Option<LedgerEntry> {
    let state = match checkout.state {
        CheckoutState::Settled => LedgerState::Completed,
        _ if checkout.stripe_session_id.is_none() => return None,
        CheckoutState::Creating | CheckoutState::Open => LedgerState::Pending,
        CheckoutState::Confirming => LedgerState::Processing,
        CheckoutState::Failed => LedgerState::Failed,
        CheckoutState::Expired => LedgerState::Expired,
        // What could not be delivered is on its way back.
        CheckoutState::Abandoned | CheckoutState::Superseded => LedgerState::Cancelled,
    };
    let paid_at = payment.and_then(|payment| payment.paid_at);
    let settled_at = checkout.closed_at.filter(|_| state == LedgerState::Completed);
    Some(LedgerEntry {
        id: payment_id_of(checkout.id),
        amount: payment.map_or(checkout.order.due_now, |payment| payment.amount),
        state,
        at: paid_at.or(settled_at).unwrap_or(checkout.created_at),
    })
}

fn renewal(payment: &Payment, given_up: &[PaymentId]) -> LedgerEntry {
    let state = match payment.state {
        // What was given or taken back was paid before: the contract has no word for it.
        PaymentState::Succeeded | PaymentState::Refunded | PaymentState::Disputed => LedgerState::Completed,
        _ if given_up.contains(&payment.id) => LedgerState::Unpaid,
        PaymentState::Pending => LedgerState::Processing,
        PaymentState::Failed | PaymentState::RequiresConfirmation | PaymentState::RequiresPaymentMethod => {
            LedgerState::Failed
        }
    };
    LedgerEntry {
        id: payment.id,
        amount: payment.amount,
        state,
        at: payment.paid_at.unwrap_or(payment.created_at),
    }
}

/// The last renewal of each subscription that ended because it was never paid, or that goes on without anybody waiting for
/// the money any more (`arrears.after = "restrict"`).
fn given_up(payments: &[Payment], subscriptions: &[Subscription]) -> Vec<PaymentId> {
    let unpaid = subscriptions.iter().filter(|subscription| {
        let cause = subscription.cancellation.as_ref().map(|cancellation| cancellation.cause);
        let has_ended = !subscription.is_live() && cause == Some(CancellationCause::PaymentFailed);
        has_ended || subscription.arrears.is_some_and(|arrears| arrears.until.is_none())
    });
    let last_of = |id: SubscriptionId| {
        let own = payments.iter().filter(|payment| payment.subscription_id == Some(id));
        own.max_by_key(|payment| (payment.created_at, payment.id)).map(|payment| payment.id)
    };
    unpaid.filter_map(|subscription| last_of(subscription.id)).collect()
}

/// The record of a cancellation: one for each subscription that somebody ended, or that Stripe ended.
fn cancellation(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: &Subscription,
) -> Result<Option<LedgerEntry>, StoreError> {
    let ended_at = subscription.ended_at.filter(|_| !subscription.is_live());
    let Some(at) = subscription.canceled_at.or(ended_at) else { return Ok(None) };
    let Some(price) = tx.prices(project).find(subscription.price_id)? else { return Ok(None) };
    Ok(Some(LedgerEntry {
        id: PaymentId::from_uuid(subscription.id.uuid()),
        amount: Money::zero(price.amount.currency),
        state: LedgerState::Cancelled,
        at,
    }))
}
