//! Turning a subscription off for a while, and on again: the operator's own word (contract §5).

use perennial_domain::{ProjectId, Subscription, SubscriptionId, TransitionError};
use perennial_store::{StoreError, Tx};

use super::bundles::turn_with_parent;
use crate::context::Cx;
use crate::events::{Happening, record};

/// Why it stays what it was.
#[derive(Debug, thiserror::Error)]
pub enum SuspendError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    Unknown(SubscriptionId),
    /// It was given along with another, and is off and on with that.
    #[error("it is bundled with the subscription {0}, and is off and on with that")]
    Bundled(SubscriptionId),
    /// It is paid for as long as Stripe bills it.
    #[error("Stripe bills the subscription, which would be charged and could not be used; cancel it instead")]
    Billed,
    /// It is over, or not in use.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Turns it off, with all that was given along. Twice changes nothing.
pub fn suspend(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionId) -> Result<(), SuspendError> {
    let mut subscription = lock(tx, project, id)?;
    if subscription.stripe_subscription_id.is_some() {
        return Err(SuspendError::Billed);
    }
    let before = subscription.state;
    if subscription.suspend()? {
        tx.subscriptions(project).update(&subscription)?;
        record(cx, tx, project, Happening::SubscriptionRestricted, id)?;
        turn_with_parent(cx, tx, &subscription, before)?;
    }
    Ok(())
}

/// Turns it on again, with all that was given along. Twice changes nothing.
pub fn unsuspend(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), SuspendError> {
    let mut subscription = lock(tx, project, id)?;
    let before = subscription.state;
    if subscription.unsuspend()? {
        tx.subscriptions(project).update(&subscription)?;
        record(cx, tx, project, Happening::SubscriptionRestored, id)?;
        turn_with_parent(cx, tx, &subscription, before)?;
    }
    Ok(())
}

fn lock(tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionId) -> Result<Subscription, SuspendError> {
    let subscription = tx.subscriptions(project).lock(id)?.ok_or(SuspendError::Unknown(id))?;
    // Its parent turns it on again whoever has turned it off.
    match subscription.bundled_from_id {
        Some(parent) => Err(SuspendError::Bundled(parent)),
        None => Ok(subscription),
    }
}
