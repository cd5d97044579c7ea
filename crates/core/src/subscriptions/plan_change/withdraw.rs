//! Taking a change back that has not come true: by its customer, or because another decision takes its place.
//!
//! Stripe first, then our row: an error says that nothing was changed here, and a crash in between is healed by
//! Stripe's own event.

use perennial_domain::{
    ProjectId, Subscription, SubscriptionChange, SubscriptionChangeId, SubscriptionChangeState,
    SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::carry_out::CarryOutError;
use super::start::ChangePlanError;
use crate::context::{AccountError, App};
use crate::ports::{BillingEnd, PaymentsError};
use crate::subscriptions::awaited::void_unless_paid;
use crate::subscriptions::follow::delete_change;
use crate::subscriptions::sync::{SyncError, sync_subscription};

/// What became of the open change of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::subscriptions) enum Withdrawn {
    /// There is none any more.
    Gone,
    /// This one is taken back at Stripe, and open here.
    Released(SubscriptionChangeId),
    /// It is being paid, and cannot be taken back.
    UnderWay,
}

/// Why a change cannot be taken back, or is not yet.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The subscription could not be brought up to date.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a change of this subscription is being paid. Nobody ends the subscription until that is decided: what was paid
/// would come to nothing.
pub(crate) fn is_change_under_way(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<bool, StoreError> {
    let open = tx.subscription_changes(project).open_of(id)?;
    Ok(open.is_some_and(|change| change.state == SubscriptionChangeState::Initiated))
}

/// Takes the open change of a subscription back, if it has one, for a decision that takes its place. Of a change that waits
/// for its renewal Stripe alone lets go: its row stays open until the caller deletes it, with what came instead. Should
/// nothing come of that, the sweep arranges the change again.
pub(in crate::subscriptions) async fn release_open(
    app: &App,
    subscription: &Subscription,
) -> Result<Withdrawn, WithdrawError> {
    let (project, id) = (subscription.project_id, subscription.id);
    let open = app.read(move |_, tx| tx.subscription_changes(project).open_of(id)).await?;
    match open {
        None => Ok(Withdrawn::Gone),
        Some(change) if change.state == SubscriptionChangeState::Pending => {
            release(app, subscription, &change).await?;
            Ok(Withdrawn::Released(change.id))
        }
        Some(change) => withdraw(app, subscription, change).await,
    }
}

async fn release(
    app: &App,
    subscription: &Subscription,
    change: &SubscriptionChange,
) -> Result<(), WithdrawError> {
    let Some(stripe_id) = &subscription.stripe_subscription_id else { return Ok(()) };
    let (project, id) = (change.project_id, change.id);
    // First, or else Stripe's event would say that somebody has taken the change back there.
    app.write(move |_, tx| match tx.subscription_changes(project).lock(id)? {
        Some(change) if change.is_open() => {
            tx.subscription_changes(project).update(&SubscriptionChange { arranged_at: None, ..change })
        }
        _ => Ok(()),
    })
    .await?;
    let_go(app, stripe_id, change).await
}

async fn withdraw(
    app: &App,
    subscription: &Subscription,
    change: SubscriptionChange,
) -> Result<Withdrawn, WithdrawError> {
    match (change.state, change.stripe_invoice_id.clone()) {
        (SubscriptionChangeState::Initiated, None) => return Ok(Withdrawn::UnderWay),
        (SubscriptionChangeState::Initiated, Some(invoice)) => {
            withdraw_unpaid(app, subscription, &change, &invoice).await?;
        }
        _ if change.arranged_at.is_some() && change.is_due_at(app.now()) => {
            return see_begun(app, subscription, change).await;
        }
        _ => withdraw_scheduled(app, subscription, change).await?,
    }
    Ok(Withdrawn::Gone)
}

/// What was paid at the same moment has come true, and stays.
async fn withdraw_unpaid(
    app: &App,
    subscription: &Subscription,
    change: &SubscriptionChange,
    invoice: &str,
) -> Result<(), WithdrawError> {
    let (project, id) = (change.project_id, change.id);
    if void_unless_paid(app.payments(project).await?.as_ref(), invoice).await? {
        delete(app, project, id).await?;
    }
    if let Some(stripe_id) = &subscription.stripe_subscription_id {
        sync_subscription(app, project, stripe_id).await?;
    }
    Ok(())
}

/// Its day has come, and Stripe bills the new plan: what is not paid yet is being paid. A plan that begins by our clock alone
/// can still be taken back.
async fn see_begun(
    app: &App,
    subscription: &Subscription,
    change: SubscriptionChange,
) -> Result<Withdrawn, WithdrawError> {
    let (project, id) = (change.project_id, change.subscription_id);
    let Some(stripe_id) = &subscription.stripe_subscription_id else {
        withdraw_scheduled(app, subscription, change).await?;
        return Ok(Withdrawn::Gone);
    };
    sync_subscription(app, project, stripe_id).await?;
    let open = app.read(move |_, tx| tx.subscription_changes(project).open_of(id)).await?;
    Ok(if open.is_some() { Withdrawn::UnderWay } else { Withdrawn::Gone })
}

async fn withdraw_scheduled(
    app: &App,
    subscription: &Subscription,
    change: SubscriptionChange,
) -> Result<(), WithdrawError> {
    let (project, id) = (change.project_id, change.id);
    if let Some(stripe_id) = &subscription.stripe_subscription_id {
        let_go(app, stripe_id, &change).await?;
    }
    Ok(delete(app, project, id).await?)
}

/// Stripe carries out no change with the renewal any more.
async fn let_go(app: &App, stripe_id: &str, change: &SubscriptionChange) -> Result<(), WithdrawError> {
    let (project, price) = (change.project_id, change.price_id);
    let price = app.read(move |_, tx| tx.prices(project).find(price)).await?;
    let payments = app.payments(project).await?;
    let billed = match price.and_then(|price| price.stripe_price_id) {
        Some(_) => payments.unschedule_swap(stripe_id).await,
        None => payments.schedule_end(stripe_id, BillingEnd::Never).await,
    };
    match billed {
        // What Stripe does not know it does not change either.
        Err(error) if error.is_not_found() => Ok(()),
        billed => {
            // The renewal may have been quicker. Then the change has come true, and is no longer open.
            sync_subscription(app, project, &billed?.id).await?;
            Ok(())
        }
    }
}

async fn delete(app: &App, project: ProjectId, id: SubscriptionChangeId) -> Result<(), StoreError> {
    app.write(move |cx, tx| match tx.subscription_changes(project).lock(id)? {
        Some(change) => delete_change(cx, tx, change),
        None => Ok(()),
    })
    .await
}

/// Why a change stays.
#[derive(Debug, thiserror::Error)]
pub enum DeleteChangeError {
    /// There is no such change in the project.
    #[error("there is no change {0}")]
    Unknown(SubscriptionChangeId),
    /// It has come true, or failed.
    #[error("the change is {0} and cannot be taken back")]
    Final(SubscriptionChangeState),
    /// It is being paid.
    #[error("the change is being paid")]
    UnderWay,
    /// Stripe or the database failed.
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
}

impl From<StoreError> for DeleteChangeError {
    fn from(error: StoreError) -> Self {
        Self::Withdraw(error.into())
    }
}

/// Takes a change back that waits for its renewal, or for its money. Taking it back twice changes nothing.
pub async fn delete_subscription_change(
    app: &App,
    project: ProjectId,
    id: SubscriptionChangeId,
) -> Result<(), DeleteChangeError> {
    let rows = app.read(move |_, tx| {
        let change = tx.subscription_changes(project).find(id)?;
        let Some(change) = change else { return Ok::<_, StoreError>(None) };
        Ok(tx.subscriptions(project).find(change.subscription_id)?.map(|subscription| (change, subscription)))
    });
    let (change, subscription) = rows.await?.ok_or(DeleteChangeError::Unknown(id))?;
    match change.state {
        SubscriptionChangeState::Deleted => return Ok(()),
        SubscriptionChangeState::Initiated | SubscriptionChangeState::Pending => {
            if withdraw(app, &subscription, change).await? == Withdrawn::UnderWay {
                return Err(DeleteChangeError::UnderWay);
            }
        }
        SubscriptionChangeState::Applied | SubscriptionChangeState::Failed => {
            return Err(DeleteChangeError::Final(change.state));
        }
    }
    let now = app.read(move |_, tx| tx.subscription_changes(project).find(id)).await?;
    match now.map(|change| change.state) {
        // Stripe's own word of the invoice that is void may be quicker, and calls it failed.
        Some(SubscriptionChangeState::Deleted | SubscriptionChangeState::Failed) | None => Ok(()),
        Some(state) => Err(DeleteChangeError::Final(state)),
    }
}

impl From<WithdrawError> for ChangePlanError {
    fn from(error: WithdrawError) -> Self {
        match error {
            WithdrawError::Account(error) => Self::Account(error),
            WithdrawError::Payments(error) => Self::Payments(error),
            WithdrawError::Sync(error) => Self::CarryOut(CarryOutError::Sync(error)),
            WithdrawError::Store(error) => Self::Store(error),
        }
    }
}
