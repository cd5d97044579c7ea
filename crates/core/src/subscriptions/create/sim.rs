//! Which SIM a subscription gets that an app orders.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{NamedSim, SimChoice, SimId, SimStatus, SubscriptionState};
use perennial_store::tables::SubscriptionFilter;
use perennial_store::{StoreError, Tx};

use super::CreateSubscriptionError;
use crate::context::Cx;
use crate::fitness::Subscriber;

/// What an app says about the SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimRequest {
    /// A fresh eSIM.
    Auto,
    /// The one that the customer used last, if it can still be used; a fresh eSIM otherwise.
    PreferLastUsed,
    /// This one.
    Named(NamedSim),
}

/// How long ago the subscription may have ended whose SIM is used again (contracts/projects-api.md §2.5).
const RECENT: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(super) fn choose(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscriber: &Subscriber<'_>,
    request: SimRequest,
) -> Result<SimChoice, CreateSubscriptionError> {
    let fresh = if subscriber.facts.is_some() { SimChoice::NewEsim } else { SimChoice::NotNeeded };
    let choice = match request {
        SimRequest::Auto => fresh,
        SimRequest::PreferLastUsed => last_used(cx, tx, subscriber)?.map_or(fresh, SimChoice::Known),
        SimRequest::Named(named) => named.choice(),
    };
    match subscriber.sim_problem(tx, &choice)? {
        None => Ok(choice),
        Some(problem) => Err(CreateSubscriptionError::Sim(problem)),
    }
}

/// The SIM of the customer's subscription that ended last, if it can be used again.
fn last_used(cx: &Cx, tx: &mut Tx<'_>, subscriber: &Subscriber<'_>) -> Result<Option<SimId>, StoreError> {
    let project = subscriber.project;
    let filter = SubscriptionFilter {
        customer: Some(subscriber.customer),
        states: vec![SubscriptionState::Ended],
        ..SubscriptionFilter::default()
    };
    let mut ended = tx.subscriptions(project).newest(&filter, 50)?;
    let is_recent = |end: Option<Timestamp>| end.is_some_and(|end| cx.now() - RECENT <= end);
    ended.retain(|subscription| is_recent(subscription.ended_at));
    ended.sort_by_key(|subscription| std::cmp::Reverse(subscription.ended_at));
    for id in ended.into_iter().filter_map(|subscription| subscription.sim_id) {
        let sim = tx.sims(project).find(id)?.filter(|sim| sim.status == SimStatus::Inactive);
        if sim.is_some() && subscriber.sim_problem(tx, &SimChoice::Known(id))?.is_none() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
