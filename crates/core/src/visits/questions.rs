//! Which questions a visit that buys a subscription asks.

use perennial_domain::{CheckoutStep, CustomerId, Need, NumberChoice, PlanFacts, VerifiableNeed};
use perennial_store::{StoreError, Tx};

use super::visit::{CheckoutVisit, Visit};
use crate::fitness::Subscriber;
use crate::subscriptions::has_number;

/// The questions that belong to the visit, in their order, and the first one without an answer.
pub(super) fn questions(checkout: &CheckoutVisit) -> (Vec<CheckoutStep>, CheckoutStep) {
    let facts = checkout.placed.plan.0.plan_facts.as_ref();
    let answered = &checkout.visit.session.progress.answered;
    let all = CheckoutStep::ALL.iter().copied();
    let open = all.clone().filter(|step| !is_known(checkout, *step, facts)).collect::<Vec<_>>();
    let steps = all.filter(|step| open.contains(step) || answered.contains(step)).collect();
    (steps, open.first().copied().unwrap_or(CheckoutStep::Review))
}

/// Whether a question needs no asking, because it does not matter or its answer is there.
fn is_known(checkout: &CheckoutVisit, step: CheckoutStep, facts: Option<&PlanFacts>) -> bool {
    let Some(facts) = facts else { return step != CheckoutStep::Review };
    let (needs, progress) = (&facts.requirements, &checkout.visit.session.progress);
    let customer = &checkout.customer;
    let is_answered = match step {
        CheckoutStep::Name => needs.full_name == VerifiableNeed::None || customer.full_name.is_some(),
        CheckoutStep::Birthday => needs.birthday == VerifiableNeed::None || customer.birthday.is_some(),
        CheckoutStep::Address => needs.address == VerifiableNeed::None || checkout.address.is_some(),
        CheckoutStep::Device => needs.device == Need::None || checkout.device.is_some(),
        CheckoutStep::Sim => progress.sim.is_some(),
        CheckoutStep::Number => !has_number(facts) || progress.number.is_some(),
        CheckoutStep::Review => false,
    };
    is_answered && !checkout.lost.contains(&step)
}

/// Whether the SIM and the number that were chosen cannot be had any more.
pub(super) fn find_lost(
    tx: &mut Tx<'_>,
    visit: &Visit,
    customer: CustomerId,
    facts: Option<&PlanFacts>,
) -> Result<Vec<CheckoutStep>, StoreError> {
    let subscriber = Subscriber { project: visit.project.id, customer, facts, replaces: None };
    let progress = &visit.session.progress;
    let mut lost = Vec::new();
    if let Some(choice) = &progress.sim
        && subscriber.sim_problem(tx, choice)?.is_some()
    {
        lost.push(CheckoutStep::Sim);
    }
    if let Some(NumberChoice::Keep(id)) = progress.number
        && subscriber.porting_problem(tx, id)?.is_some()
    {
        lost.push(CheckoutStep::Number);
    }
    Ok(lost)
}
