//! What the clock alone does to subscriptions and their add-ons: ends those whose time is over, gives up those that
//! were not paid for too long, and rolls on those that cost nothing.

use std::fmt::Display;

use futures::stream::{self, StreamExt as _};
use jiff::Timestamp;
use perennial_domain::{
    AddonState, CancellationCause, Period, Porting, PortingStatus, ProjectId, SimStatus, Subscription,
    SubscriptionAddon, SubscriptionAddonId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::arrears::ask_and_give_up;
use super::follow::delete_change;
use super::sync::{SyncError, sync_subscription};
use crate::business::end_bundle;
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::reach::Reach;
use crate::tasks::{Task, enqueue};

/// At the most so many of each kind in one sweep; the next one takes the rest. So many that one merchant's broken account,
/// of which only the first is tried, does not fill it.
const BATCH: u32 = 2_000;
/// So many add-ons end, or free plans roll on, at once: half of the transactions that PostgreSQL is asked to hold, so that
/// everybody else has the other.
const TURNED_AT_ONCE: usize = 8;

/// Turns what is due; answers how many subscriptions and add-ons were. One that cannot be turned holds up no other.
pub async fn turn_due_subscriptions(app: &App) -> Result<usize, StoreError> {
    let now = app.now();
    let mut turned = 0;
    let mut reach = Reach::default();
    for (project, id) in app.read(move |_, tx| tx.due_subscriptions(now, BATCH)).await? {
        // What nobody bills ends however the merchant's account is.
        if reach.may_ask(project) || !is_billed(app, project, id).await? {
            let ended = ask_and_end(app, project, id).await;
            turned += counted(&reach.learn(project, ended), project, &id);
        }
    }
    for (project, id) in app.read(move |_, tx| tx.subscriptions_in_long_arrears(now, BATCH)).await? {
        if reach.may_ask(project) {
            let given_up = ask_and_give_up(app, project, id).await;
            turned += counted(&reach.learn(project, given_up), project, &id);
        }
    }
    let addons = app.read(move |_, tx| tx.due_subscription_addons(now, BATCH)).await?;
    turned += turn_each(app, addons, end_addon_if_due).await;
    let rolling = app.read(move |_, tx| tx.rolling_subscriptions(now, BATCH)).await?;
    turned += turn_each(app, rolling, roll_on).await;
    Ok(turned)
}

/// Turns each in a transaction of its own, some at once: those that wait at the same time share a commit.
async fn turn_each<Id: Display + Copy + Send + Sync + 'static>(
    app: &App,
    due: Vec<(ProjectId, Id)>,
    turn: fn(&Cx, &mut Tx<'_>, ProjectId, Id) -> Result<(), StoreError>,
) -> usize {
    let turned = stream::iter(due).map(async |(project, id)| {
        let turned = app.write(move |cx, tx| turn(cx, tx, project, id)).await;
        counted(&turned, project, &id)
    });
    turned.buffer_unordered(TURNED_AT_ONCE).fold(0, async |all, turned| all + turned).await
}

fn counted(result: &Result<(), impl std::error::Error>, project: ProjectId, id: &dyn Display) -> usize {
    if let Err(error) = result {
        tracing::error!(project.id = %project, %error, "{id} is due and could not be turned, the next sweep tries again");
    }
    usize::from(result.is_ok())
}

async fn is_billed(app: &App, project: ProjectId, id: SubscriptionId) -> Result<bool, StoreError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    Ok(found.is_some_and(|subscription| subscription.stripe_subscription_id.is_some()))
}

/// An end that was decided here may have been taken back at Stripe, and nobody told us: so what Stripe bills ends only
/// once Stripe was asked.
async fn ask_and_end(app: &App, project: ProjectId, id: SubscriptionId) -> Result<(), SyncError> {
    ask_stripe_first(app, project, id).await?;
    Ok(app.write(move |cx, tx| end_if_due(cx, tx, project, id)).await?)
}

/// Brings a subscription up to date that is about to be ended here, if Stripe bills it.
pub(super) async fn ask_stripe_first(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), SyncError> {
    let known = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    let Some(stripe_id) = known.and_then(|subscription| subscription.stripe_subscription_id) else {
        return Ok(());
    };
    match sync_subscription(app, project, &stripe_id).await {
        // What Stripe does not know cannot be billed there: it says nothing against our own decision.
        Err(SyncError::Payments(error)) if error.is_not_found() => Ok(()),
        synced => synced.map(drop),
    }
}

fn end_if_due(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionId) -> Result<(), StoreError> {
    let Some(mut subscription) = tx.subscriptions(project).lock(id)? else { return Ok(()) };
    match subscription.over_since(cx.now()) {
        // Someone may have taken the end back since the list was read.
        Some(ended_at) if subscription.is_live() => {
            end_in(cx, tx, &mut subscription, ended_at, CancellationCause::SubscriptionEnded)
        }
        _ => Ok(()),
    }
}

/// Ends an add-on whose own time is over, while its subscription goes on.
fn end_addon_if_due(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionAddonId,
) -> Result<(), StoreError> {
    let Some(addon) = tx.subscription_addons(project).find(id)? else { return Ok(()) };
    // Whoever changes add-ons holds their subscription.
    tx.subscriptions(project).lock(addon.subscription_id)?;
    let Some(mut addon) = tx.subscription_addons(project).find(id)? else { return Ok(()) };
    match addon.ended_at {
        Some(ended_at) if addon.state != AddonState::Ended && ended_at <= cx.now() => {
            addon.end(ended_at);
            tx.subscription_addons(project).update(&addon)?;
            record(cx, tx, project, Happening::SubscriptionAddonEnded, id)
        }
        _ => Ok(()),
    }
}

/// A subscription's recurring add-ons go on with it, within a transaction that holds it.
pub(super) fn renew_addons_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    start: Timestamp,
    end: Timestamp,
) -> Result<(), StoreError> {
    let mut addons = tx.subscription_addons(subscription.project_id).of_subscription(subscription.id)?;
    renew_addons(cx, tx, &mut addons, start, end)
}

/// The same for add-ons that were read already.
pub(super) fn renew_addons(
    cx: &Cx,
    tx: &mut Tx<'_>,
    addons: &mut [SubscriptionAddon],
    start: Timestamp,
    end: Timestamp,
) -> Result<(), StoreError> {
    for addon in addons {
        if addon.renew(start, end) {
            tx.subscription_addons(addon.project_id).update(addon)?;
            record(cx, tx, addon.project_id, Happening::SubscriptionAddonRenewed, addon.id)?;
        }
    }
    Ok(())
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
        renew_addons_in(cx, tx, &subscription, start, end)?;
        record(cx, tx, project, Happening::SubscriptionRenewed, id)?;
        periods += 1;
    }
    if periods > 0 { tx.subscriptions(project).update(&subscription) } else { Ok(()) }
}

/// Ends a subscription, its add-ons, the use of its SIM and the way of a number to it, within a transaction that holds it.
pub(crate) fn end_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
    at: Timestamp,
    cause: CancellationCause,
) -> Result<(), StoreError> {
    let project = subscription.project_id;
    // What ended is neither charged again nor owed: not even what is open already may be paid for nothing.
    if subscription.stripe_subscription_id.is_some() {
        enqueue(cx, tx, &Task::StopBilling { project, subscription: subscription.id })?;
    }
    subscription.end(at, cause);
    tx.subscriptions(project).update(subscription)?;
    record(cx, tx, project, Happening::SubscriptionEnded, subscription.id)?;
    end_bundle(cx, tx, subscription, cause)?;
    for mut addon in tx.subscription_addons(project).of_subscription(subscription.id)? {
        if addon.state != AddonState::Ended {
            addon.end(at);
            tx.subscription_addons(project).update(&addon)?;
            record(cx, tx, project, Happening::SubscriptionAddonEnded, addon.id)?;
        }
    }
    if let Some(change) = tx.subscription_changes(project).open_of(subscription.id)? {
        delete_change(cx, tx, change)?;
    }
    if let Some(id) = subscription.sim_id
        && let Some(mut sim) = tx.sims(project).lock(id)?
    {
        sim.status = SimStatus::Inactive;
        tx.sims(project).update(&sim)?;
        record(cx, tx, project, Happening::SimDeactivated, sim.id)?;
    }
    cancel_porting(cx, tx, subscription)
}

/// A number that is on its way to what ended would arrive nowhere (contracts/projects-api.md §5, row 27).
fn cancel_porting(cx: &Cx, tx: &mut Tx<'_>, subscription: &Subscription) -> Result<(), StoreError> {
    let project = subscription.project_id;
    let Some(open) = tx.portings(project).current_of(subscription.id)? else { return Ok(()) };
    let canceled = Porting { status: PortingStatus::Canceled, ..open };
    tx.portings(project).update(&canceled)?;
    record(cx, tx, project, Happening::PortingCanceled, canceled.id)
}
