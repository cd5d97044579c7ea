//! Which SIM a subscription gets that an app orders.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    Customer, PlanFacts, ProjectId, Sim, SimChoice, SimId, SimStatus, SimType, SubscriptionState,
};
use perennial_store::tables::{PageError, PageRequest, SubscriptionFilter};
use perennial_store::{StoreError, Tx};

use super::CreateSubscriptionError;
use crate::context::Cx;

/// What an app says about the SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimRequest {
    /// A fresh eSIM.
    Auto,
    /// The one that the customer used last, if it can still be used; a fresh eSIM otherwise.
    PreferLastUsed,
    /// This one.
    Known(SimId),
}

/// Why a SIM cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimProblem {
    /// There is no such SIM, or it is somebody else's. The two are not told apart.
    Unknown,
    /// Another subscription uses it, or it is never to be used again.
    Used,
    /// It is of another network.
    OtherProvider,
    /// The plan does not work with SIMs of its kind.
    OtherType,
    /// The plan works with plastic SIMs alone, so one has to be named.
    Needed,
    /// The plan has no SIM.
    NotNeeded,
}

/// How long ago the subscription may have ended whose SIM is used again (contracts/projects-api.md §2.5).
const RECENT: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(super) fn choose(
    cx: &Cx,
    tx: &mut Tx<'_>,
    customer: &Customer,
    facts: Option<&PlanFacts>,
    request: SimRequest,
) -> Result<SimChoice, CreateSubscriptionError> {
    let refused = |problem| Err(CreateSubscriptionError::Sim(problem));
    match (facts, request) {
        (None, SimRequest::Auto | SimRequest::PreferLastUsed) => Ok(SimChoice::NotNeeded),
        (None, SimRequest::Known(_)) => refused(SimProblem::NotNeeded),
        (Some(facts), SimRequest::Known(id)) => match problem_of(tx, customer, facts, id)? {
            None => Ok(SimChoice::Known(id)),
            Some(problem) => refused(problem),
        },
        (Some(facts), SimRequest::PreferLastUsed) => match last_used(cx, tx, customer, facts)? {
            Some(id) => Ok(SimChoice::Known(id)),
            None => fresh(facts),
        },
        (Some(facts), SimRequest::Auto) => fresh(facts),
    }
}

fn fresh(facts: &PlanFacts) -> Result<SimChoice, CreateSubscriptionError> {
    if facts.sim_types.contains(&SimType::Esim) {
        Ok(SimChoice::NewEsim)
    } else {
        Err(CreateSubscriptionError::Sim(SimProblem::Needed))
    }
}

fn problem_of(
    tx: &mut Tx<'_>,
    customer: &Customer,
    facts: &PlanFacts,
    id: SimId,
) -> Result<Option<SimProblem>, StoreError> {
    let sim = tx.sims(customer.project_id).find(id)?;
    // A SIM that nobody has used yet is anybody's.
    let Some(sim) = sim.filter(|sim| sim.customer_id.is_none_or(|owner| owner == customer.id)) else {
        return Ok(Some(SimProblem::Unknown));
    };
    Ok(match mismatch(&sim, facts) {
        Some(problem) => Some(problem),
        None => is_in_use(tx, customer.project_id, id)?.then_some(SimProblem::Used),
    })
}

fn mismatch(sim: &Sim, facts: &PlanFacts) -> Option<SimProblem> {
    if sim.status == SimStatus::Retired {
        Some(SimProblem::Used)
    } else if sim.provider != facts.provider {
        Some(SimProblem::OtherProvider)
    } else if !facts.sim_types.contains(&sim.sim_type) {
        Some(SimProblem::OtherType)
    } else {
        None
    }
}

fn is_in_use(tx: &mut Tx<'_>, project: ProjectId, id: SimId) -> Result<bool, StoreError> {
    let live = SubscriptionState::ALL.iter().copied().filter(|state| *state != SubscriptionState::Ended);
    let filter =
        SubscriptionFilter { sim: Some(id), states: live.collect(), ..SubscriptionFilter::default() };
    Ok(!first_page(tx, project, &filter, 1)?.is_empty())
}

/// The SIM of the customer's subscription that ended last, if it can be used again.
fn last_used(
    cx: &Cx,
    tx: &mut Tx<'_>,
    customer: &Customer,
    facts: &PlanFacts,
) -> Result<Option<SimId>, StoreError> {
    let project = customer.project_id;
    let filter = SubscriptionFilter {
        customer: Some(customer.id),
        states: vec![SubscriptionState::Ended],
        ..SubscriptionFilter::default()
    };
    let mut ended = first_page(tx, project, &filter, 50)?;
    let is_recent = |end: Option<Timestamp>| end.is_some_and(|end| cx.now() - RECENT <= end);
    ended.retain(|subscription| is_recent(subscription.ended_at));
    ended.sort_by_key(|subscription| std::cmp::Reverse(subscription.ended_at));
    for id in ended.into_iter().filter_map(|subscription| subscription.sim_id) {
        let sim = tx.sims(project).find(id)?.filter(|sim| sim.status == SimStatus::Inactive);
        if sim.is_some() && problem_of(tx, customer, facts, id)?.is_none() {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn first_page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &SubscriptionFilter,
    limit: u32,
) -> Result<Vec<perennial_domain::Subscription>, StoreError> {
    match tx.subscriptions(project).page(filter, PageRequest::first(limit)) {
        Ok(slice) => Ok(slice.items),
        Err(PageError::Store(error)) => Err(error),
        // The first page has no cursor that could be wrong.
        Err(PageError::UnknownCursor) => Ok(Vec::new()),
    }
}
