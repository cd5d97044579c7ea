//! Ending subscriptions whose time is over: fixed terms, and scheduled ends that no event told us of.

use perennial_domain::{AddonState, CancellationCause, ProjectId, SimStatus, Subscription, SubscriptionId};
use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};
use crate::events::{Happening, record};

/// At the most so many in one sweep; the next one takes the rest.
const BATCH: u32 = 500;

/// Ends what is due; answers how many.
pub async fn end_due_subscriptions(app: &App) -> Result<usize, StoreError> {
    let now = app.now();
    let due = app.read(move |_, tx| tx.due_subscriptions(now, BATCH)).await?;
    for subscription in &due {
        let (project, id) = (subscription.project_id, subscription.id);
        app.write(move |cx, tx| end_if_due(cx, tx, project, id)).await?;
    }
    Ok(due.len())
}

fn end_if_due(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionId) -> Result<(), StoreError> {
    let Some(mut subscription) = tx.subscriptions(project).lock(id)? else { return Ok(()) };
    match subscription.ended_at {
        // Someone may have taken the end back since the list was read.
        Some(ended_at) if subscription.is_live() && ended_at <= cx.now() => {
            end_in(cx, tx, &mut subscription, ended_at, CancellationCause::SubscriptionEnded)
        }
        _ => Ok(()),
    }
}

/// Ends a subscription, its add-ons and the use of its SIM, within a transaction that holds it.
pub(crate) fn end_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    at: jiff::Timestamp,
    cause: CancellationCause,
) -> Result<(), StoreError> {
    let project = subscription.project_id;
    subscription.end(at, cause);
    tx.subscriptions(project).update(subscription)?;
    record(cx, tx, project, Happening::SubscriptionEnded, subscription.id)?;
    for mut addon in tx.subscription_addons(project).of_subscription(subscription.id)? {
        if addon.state != AddonState::Ended {
            addon.end(at);
            tx.subscription_addons(project).update(&addon)?;
            record(cx, tx, project, Happening::SubscriptionAddonEnded, addon.id)?;
        }
    }
    if let Some(id) = subscription.sim_id
        && let Some(mut sim) = tx.sims(project).lock(id)?
    {
        sim.status = SimStatus::Inactive;
        tx.sims(project).update(&sim)?;
    }
    Ok(())
}
