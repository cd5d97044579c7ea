//! Whether a SIM and a number that comes along fit a plan and its customer: the one rule for what an app orders, for the
//! hosted pages, and for the last look before money.

use perennial_domain::{
    CustomerId, Iccid, PlanFacts, PortingId, PortingStatus, ProjectId, Sim, SimChoice, SimId, SimStatus,
    SimType, SubscriptionId, TestSim,
};
use perennial_store::{StoreError, Tx};

use crate::subscriptions::has_number;

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

/// Why a number cannot be brought along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortingProblem {
    /// No such porting of this customer's.
    Unknown,
    /// It is on its way already, or over.
    NotDraft,
    /// It leads to another network.
    OtherProvider,
    /// The plan has no number.
    NoNumber,
}

/// Who subscribes, and to what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscriber<'p> {
    /// Whose catalogue.
    pub(crate) project: ProjectId,
    /// Who.
    pub(crate) customer: CustomerId,
    /// What the network has to know of the plan; `None` where it is no mobile plan.
    pub(crate) facts: Option<&'p PlanFacts>,
    /// The subscription that ends as the new one begins, and leaves its SIM to it.
    pub(crate) replaces: Option<SubscriptionId>,
}

impl Subscriber<'_> {
    /// Why this SIM cannot be had, if it cannot.
    pub(crate) fn sim_problem(
        &self,
        tx: &mut Tx<'_>,
        choice: &SimChoice,
    ) -> Result<Option<SimProblem>, StoreError> {
        let Some(facts) = self.facts else {
            let is_named = matches!(choice, SimChoice::Known(_) | SimChoice::Own(_) | SimChoice::Test(_));
            return Ok(is_named.then_some(SimProblem::NotNeeded));
        };
        let works_with = |sim_type| facts.sim_types.contains(&sim_type);
        match choice {
            SimChoice::NotNeeded => Ok(None),
            SimChoice::NewEsim => Ok((!works_with(SimType::Esim)).then_some(SimProblem::Needed)),
            SimChoice::Known(id) => match tx.sims(self.project).find(*id)? {
                Some(sim) => self.problem_of(tx, facts, &sim),
                None => Ok(Some(SimProblem::Unknown)),
            },
            SimChoice::Own(iccid) => match recorded(tx, self.project, iccid)? {
                Some(sim) => self.problem_of(tx, facts, &sim),
                None => Ok((!works_with(SimType::Psim)).then_some(SimProblem::OtherType)),
            },
            SimChoice::Test(_) if !TestSim::works_on(&facts.provider) => Ok(Some(SimProblem::OtherProvider)),
            SimChoice::Test(sim) => Ok((!works_with(sim.sim_type())).then_some(SimProblem::OtherType)),
        }
    }

    fn problem_of(
        &self,
        tx: &mut Tx<'_>,
        facts: &PlanFacts,
        sim: &Sim,
    ) -> Result<Option<SimProblem>, StoreError> {
        // A SIM that nobody has used yet is anybody's.
        if sim.customer_id.is_some_and(|owner| owner != self.customer) {
            return Ok(Some(SimProblem::Unknown));
        }
        if sim.status == SimStatus::Retired {
            return Ok(Some(SimProblem::Used));
        }
        if sim.provider != facts.provider {
            return Ok(Some(SimProblem::OtherProvider));
        }
        if !facts.sim_types.contains(&sim.sim_type) {
            return Ok(Some(SimProblem::OtherType));
        }
        Ok(self.is_in_use(tx, sim.id)?.then_some(SimProblem::Used))
    }

    fn is_in_use(&self, tx: &mut Tx<'_>, id: SimId) -> Result<bool, StoreError> {
        let user = tx.subscriptions(self.project).live_with_sim(id)?;
        Ok(user.is_some_and(|user| Some(user.id) != self.replaces))
    }

    /// Why this number cannot be brought along, if it cannot.
    pub(crate) fn porting_problem(
        &self,
        tx: &mut Tx<'_>,
        id: PortingId,
    ) -> Result<Option<PortingProblem>, StoreError> {
        let porting = tx.portings(self.project).find(id)?;
        let porting = porting.filter(|porting| porting.customer_id == self.customer);
        Ok(match (porting, self.facts.filter(|facts| has_number(facts))) {
            (None, _) => Some(PortingProblem::Unknown),
            (Some(_), None) => Some(PortingProblem::NoNumber),
            (Some(porting), _) if porting.status != PortingStatus::Draft => Some(PortingProblem::NotDraft),
            (Some(porting), Some(facts)) if porting.provider != facts.provider => {
                Some(PortingProblem::OtherProvider)
            }
            (Some(_), Some(_)) => None,
        })
    }
}

/// The SIM with this printed number, where we know it.
fn recorded(tx: &mut Tx<'_>, project: ProjectId, iccid: &str) -> Result<Option<Sim>, StoreError> {
    match Iccid::parse(iccid) {
        Ok(iccid) => tx.sims(project).find_by_iccid(&iccid),
        // Only numbers that can be are kept.
        Err(_) => Ok(None),
    }
}
