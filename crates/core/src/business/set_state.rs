//! `set_state`: what a caller says of a subscription (contract §5, §7.3): that it is cancelled, or over.

use jiff::Timestamp;
use perennial_domain::{
    Cancellation, CancellationCause, ProjectId, PurchaseState, Subscription, SubscriptionId,
};

use crate::context::App;
use crate::ports::{PaymentsError, Refusal, RefusalKind};
use crate::subscriptions::{CancelError, cancel_at, end_with};

/// What it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewState {
    /// Used up to then; to the end of what is paid unless told otherwise.
    Canceled(Option<Timestamp>),
    /// Over, now.
    Expired,
}

/// Why it stays what it was.
#[derive(Debug, thiserror::Error)]
pub enum SetStateError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    Unknown(SubscriptionId),
    /// It was given along with another, and ends with that.
    #[error("it is bundled with the subscription {0}, and ends with that")]
    Bundled(SubscriptionId),
    /// What is over cannot be cancelled.
    #[error("it has expired")]
    Expired,
    /// What is temporarily off is ended by the operator, or expires.
    #[error("it is suspended")]
    Suspended,
    /// The end has to be named, because nothing is paid for a period.
    #[error("it has no billing cycle, so an expiration date is needed")]
    NoCycle,
    /// Nothing ends in the past.
    #[error("the expiration date is in the past")]
    InThePast,
    /// Stripe's no to the named end.
    #[error("Stripe does not take this expiration date")]
    DateRefused(#[source] Refusal),
    /// It cannot be cancelled or ended.
    #[error(transparent)]
    Cancel(#[from] CancelError),
}

/// Cancels or ends it, with all that was given along, here and at Stripe. What has expired expires again without a word.
pub async fn set_state(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
    wanted: NewState,
) -> Result<(), SetStateError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await.map_err(CancelError::from)?;
    let subscription = found.ok_or(SetStateError::Unknown(id))?;
    let now = app.now();
    // Also where no job has noted the end yet: it stays the day that it was.
    if wanted == NewState::Expired && subscription.purchase_state(now) == PurchaseState::Expired {
        return Ok(());
    }
    if let Some(parent) = subscription.bundled_from_id {
        return Err(SetStateError::Bundled(parent));
    }
    let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
    match (wanted, subscription.purchase_state(now)) {
        (NewState::Expired, _) => Ok(end_with(app, &subscription, cancellation).await?),
        (NewState::Canceled(_), PurchaseState::Expired) => Err(SetStateError::Expired),
        (NewState::Canceled(_), PurchaseState::Suspended) => Err(SetStateError::Suspended),
        (NewState::Canceled(None), PurchaseState::Canceled) => Ok(()),
        (NewState::Canceled(at), PurchaseState::Live | PurchaseState::Canceled) => {
            let end = end_of(&subscription, at, now)?;
            let canceled = cancel_at(app, &subscription, end, cancellation).await;
            canceled.map_err(|error| refuse_date(error, at))
        }
    }
}

fn end_of(
    subscription: &Subscription,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, SetStateError> {
    match at {
        // Stripe counts in whole seconds.
        Some(at) if at.as_second() <= now.as_second() => Err(SetStateError::InThePast),
        Some(at) => Ok(at),
        None => subscription.period_at(now).and_then(|period| period.end).ok_or(SetStateError::NoCycle),
    }
}

/// A no of Stripe's to an end whose day was named is about that day.
fn refuse_date(error: CancelError, named: Option<Timestamp>) -> SetStateError {
    match (error, named) {
        (CancelError::Payments(PaymentsError::Refused(refusal)), Some(_))
            if refusal.kind == RefusalKind::Invalid =>
        {
            SetStateError::DateRefused(refusal)
        }
        (error, _) => error.into(),
    }
}
