//! `align_collection`: Stripe charges nothing for time that may not be used, and charges again once it may.
//!
//! Whether a subscription is given up is our row's to say, and whether Stripe holds its invoices back is Stripe's: each
//! picture compares the two, and a difference queues the task that makes them agree. So no step has to be remembered.

use perennial_domain::{ProjectId, Subscription, SubscriptionId};
use perennial_store::{StoreError, Tx};

use super::debts::{Debts, look_at_debts};
use super::picture::Picture;
use super::sync::{SyncError, sync_subscription};
use crate::context::{App, Cx};
use crate::ports::{Collection, InvoiceStatus, Payments, PaymentsError};
use crate::tasks::{Task, enqueue};

/// Queues what makes Stripe charge, or not, as the subscription stands; within the transaction that holds it.
pub(super) fn align_collection_later(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
) -> Result<(), StoreError> {
    let (project, subscription) = (subscription.project_id, subscription.id);
    enqueue(cx, tx, &Task::AlignCollection { project, subscription })
}

/// The same, unless Stripe does so already.
pub(super) fn align_collection_if_it_differs(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    picture: &Picture,
) -> Result<(), StoreError> {
    use Collection::{PausedByMerchant, PausedByUs, ResumedElsewhere, Runs};
    let differs = match (subscription.is_given_up(), picture.billed.collection) {
        (true, Runs | ResumedElsewhere) | (false, PausedByUs | ResumedElsewhere) => true,
        (true, PausedByUs | PausedByMerchant) => picture.charges_by_itself(),
        (false, Runs | PausedByMerchant) => false,
    };
    if differs { align_collection_later(cx, tx, subscription) } else { Ok(()) }
}

/// Has Stripe charge, or not, as the subscription stands. Safe to run again: it sets facts, and looks at the end whether
/// they still are the right ones.
pub async fn align_collection(app: &App, project: ProjectId, id: SubscriptionId) -> Result<(), SyncError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    let Some(subscription) = found.filter(Subscription::is_live) else { return Ok(()) };
    let Some(stripe_id) = subscription.stripe_subscription_id.as_deref() else { return Ok(()) };
    if subscription.is_given_up() {
        pause(app, stripe_id, &subscription).await?;
    } else {
        let_go_on(app, stripe_id, &subscription).await?;
    }
    sync_subscription(app, project, stripe_id).await.map(drop)
}

/// From now on nothing is charged. What was open or drafted before would be charged all the same: a pause concerns the
/// invoices that are made during it (<https://docs.stripe.com/billing/subscriptions/pause>).
async fn pause(app: &App, stripe_id: &str, subscription: &Subscription) -> Result<(), SyncError> {
    let payments = app.payments(subscription.project_id).await?;
    payments.pause_collection(stripe_id).await?;
    for invoice in look_at_debts(app, stripe_id, subscription).await?.advancing {
        payments.advance_invoice(&invoice, false).await?;
    }
    Ok(())
}

/// From now on renewals are charged again. A pause of the merchant's own goes on.
async fn let_go_on(app: &App, stripe_id: &str, subscription: &Subscription) -> Result<(), SyncError> {
    let payments = app.payments(subscription.project_id).await?;
    let debts = look_at_debts(app, stripe_id, subscription).await?;
    if matches!(debts.collection, Collection::Runs | Collection::PausedByMerchant) {
        return Ok(());
    }
    void_or_charge(payments.as_ref(), debts).await?;
    payments.resume_collection(stripe_id).await?;
    // A renewal may have been drafted between the two.
    Ok(void_or_charge(payments.as_ref(), look_at_debts(app, stripe_id, subscription).await?).await?)
}

/// The end of a pause leaves drafts behind. Those of periods that nobody could use are let go; one of the running period
/// was drafted since the subscription may be used again, and is charged like every renewal.
async fn void_or_charge(payments: &dyn Payments, debts: Debts) -> Result<(), PaymentsError> {
    for invoice in debts.forgiven {
        payments.void_invoice(&invoice.id).await?;
    }
    for invoice in debts.owed {
        if invoice.status == InvoiceStatus::Draft {
            payments.advance_invoice(&invoice.id, true).await?;
        }
    }
    Ok(())
}
