//! Cancelling an organization's subscription (contract §8.9, §9.6).

use perennial_domain::{
    CancelMode, Cancellation, CancellationCause, CancellationTime, Customer, OrganizationSettings, ProjectId,
    SubscriptionId, TransitionError,
};
use perennial_store::StoreError;
use perennial_store::tables::SubscriptionStanding;

use crate::context::App;
use crate::subscriptions::{CancelError, SyncError, WithdrawError, cancel_subscription, end_subscription};

/// Why nothing is cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelOrganizationError {
    /// It never had one.
    #[error("the organization has no subscription")]
    Nothing,
    /// Its end is decided already, or has come.
    #[error("the subscription is cancelled already")]
    Already,
    /// It was paid once, for good.
    #[error("the subscription was paid once and cannot be cancelled")]
    NotCancellable,
    /// Stripe refused, or did not answer, or the life cycle does not have the step.
    #[error(transparent)]
    Cancel(CancelError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CancelError> for CancelOrganizationError {
    fn from(error: CancelError) -> Self {
        match error {
            // It ended at Stripe and nobody told us, or something took its place since it was looked at.
            CancelError::Ended | CancelError::Transition(TransitionError::Ended) => Self::Already,
            CancelError::Store(error)
            | CancelError::Sync(SyncError::Store(error))
            | CancelError::Withdraw(
                WithdrawError::Store(error) | WithdrawError::Sync(SyncError::Store(error)),
            ) => Self::Store(error),
            error => Self::Cancel(error),
        }
    }
}

/// Cancels the organization's subscription: with the period that is paid, or now; answers which. What is free, or has
/// nothing left that is paid, ends now in either case.
pub async fn cancel(
    app: &App,
    project: ProjectId,
    organization: &Customer,
    settings: &OrganizationSettings,
    mode: Option<CancelMode>,
) -> Result<CancelMode, CancelOrganizationError> {
    let (customer, line) = (organization.id, settings.product_line.clone());
    let (id, ends_now) = app
        .read(move |_, tx| cancellable(tx.subscriptions(project).standing_in_group(customer, &line)?))
        .await?;
    let mode = if ends_now { CancelMode::Immediate } else { mode.unwrap_or(settings.cancel_mode) };
    match mode {
        CancelMode::Immediate => {
            end_subscription(app, project, id).await?;
            // Something else came in its place meanwhile: that is not what the caller looked at, and goes on.
            let replacement = app.read(move |_, tx| tx.subscriptions(project).replacement_of(id)).await?;
            if replacement.is_some() {
                return Err(CancelOrganizationError::Already);
            }
        }
        CancelMode::PeriodEnd => {
            let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
            if cancel_subscription(app, project, id, cancellation).await? == CancellationTime::AtOnce {
                return Ok(CancelMode::Immediate);
            }
        }
    }
    Ok(mode)
}

fn cancellable(
    latest: Option<SubscriptionStanding>,
) -> Result<(SubscriptionId, bool), CancelOrganizationError> {
    let SubscriptionStanding { subscription, price, .. } = latest.ok_or(CancelOrganizationError::Nothing)?;
    if !subscription.is_live() || subscription.canceled_at.is_some() {
        return Err(CancelOrganizationError::Already);
    }
    let is_free = price.amount.is_zero();
    if !is_free && !subscription.term.renews() {
        return Err(CancelOrganizationError::NotCancellable);
    }
    Ok((subscription.id, is_free || subscription.is_in_arrears()))
}
