//! What somebody said when they asked for an end, kept before Stripe is told. Should the server go down before it has
//! written the end down, Stripe's own event does, and finds here why.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Cancellation, CancellationRequest, Subscription};
use perennial_store::{StoreError, Tx};

use super::cancel::CancelError;
use crate::context::{App, Cx};
use crate::ports::PaymentsError;

/// What Stripe decides later than this is no answer to the request.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Keeps it, where Stripe is told of the end at all.
pub(super) async fn keep(
    app: &App,
    subscription: &Subscription,
    cancellation: &Cancellation,
) -> Result<(), StoreError> {
    let (subscription, cancellation) = (subscription.clone(), cancellation.clone());
    app.write(move |cx, tx| keep_in(cx, tx, &subscription, &cancellation)).await
}

/// The same, within a transaction.
pub(super) fn keep_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    cancellation: &Cancellation,
) -> Result<(), StoreError> {
    if subscription.stripe_subscription_id.is_none() {
        return Ok(());
    }
    let request = CancellationRequest {
        subscription_id: subscription.id,
        cancellation: cancellation.clone(),
        requested_at: cx.now(),
    };
    tx.cancellation_requests(subscription.project_id).put(&request)
}

/// Forgets it where Stripe said no: nothing was decided, and no end of Stripe's own is to be taken for it. Without an
/// answer it stays, for the end may have been decided.
pub(super) async fn forget_if_refused<T>(
    app: &App,
    subscription: &Subscription,
    told: Result<T, CancelError>,
) -> Result<T, CancelError> {
    if let Err(CancelError::Payments(PaymentsError::Refused(_))) = &told {
        let (project, id) = (subscription.project_id, subscription.id);
        app.write(move |_, tx| tx.cancellation_requests(project).delete(id)).await?;
    }
    told
}

/// The request that Stripe's decision at this time answers, if it answers one.
pub(super) fn answered_at(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    decided_at: Timestamp,
) -> Result<Option<CancellationRequest>, StoreError> {
    let found = tx.cancellation_requests(subscription.project_id).find(subscription.id)?;
    // Stripe's times are whole seconds.
    let is_answered = |request: &CancellationRequest| {
        request.requested_at.as_second() <= decided_at.as_second()
            && decided_at <= request.requested_at + ANSWERED_WITHIN
    };
    Ok(found.filter(is_answered))
}
