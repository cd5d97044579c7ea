//! What the clock alone does to subscriptions: ends those whose time is over, and rolls on those that cost nothing.

use jiff::Timestamp;
use perennial_domain::{
    AddonState, CancellationCause, Period, ProjectId, SimStatus, Subscription, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};
use crate::events::{Happening, record};

/// At the most so many in one sweep; the next one takes the rest.
const BATCH: u32 = 500;

/// Turns what is due; answers how many subscriptions.
pub async fn turn_due_subscriptions(app: &App) -> Result<usize, StoreError> {
    let now = app.now();
    let ending = app.read(move |_, tx| tx.due_subscriptions(now, BATCH)).await?;
    for subscription in &ending {
        let (project, id) = (subscription.project_id, subscription.id);
        app.write(move |cx, tx| end_if_due(cx, tx, project, id)).await?;
    }
    let rolling = app.read(move |_, tx| tx.rolling_subscriptions(now, BATCH)).await?;
    for subscription in &rolling {
        let (project, id) = (subscription.project_id, subscription.id);
        app.write(move |cx, tx| roll_on(cx, tx, project, id)).await?;
    }
    Ok(ending.len() + rolling.len())
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

/// A free subscription's next period begins, and the one after it, up to now: a server that was off for a year
/// catches up.
fn roll_on(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionId) -> Result<(), StoreError> {
    let Some(mut subscription) = tx.subscriptions(project).lock(id)? else { return Ok(()) };
    let mut periods = 0;
    while let (Some(anchor), Some(current)) = (subscription.anchor_at, subscription.current_period) {
        let is_over = current.end.is_some_and(|end| end <= cx.now());
        let next = subscription.term.period(anchor, current.number + 1);
        let (true, Ok(Period { start, end: Some(end), .. })) = (is_over, next) else { break };
        if subscription.renew(start, end).is_err() {
            break;
        }
        record(cx, tx, project, Happening::SubscriptionRenewed, id)?;
        periods += 1;
    }
    if periods > 0 { tx.subscriptions(project).update(&subscription) } else { Ok(()) }
}

/// Ends a subscription, its add-ons and the use of its SIM, within a transaction that holds it.
pub(crate) fn end_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    at: Timestamp,
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
