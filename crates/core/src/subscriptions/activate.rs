//! `activate_subscription`: the network gets the order, and the subscription its SIM and number.

use perennial_domain::{
    AddonState, CancellationCause, Iccid, Metadata, PlanFacts, Product, ProjectId, Sim, SimId, SimStatus,
    SimType, Subscription, SubscriptionId, SubscriptionState, TestSim, TransitionError,
};
use perennial_store::{StoreError, Tx};

use super::turn_due::end_in;
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::ports::{Activation, ActivationOrder, CarrierError};
use crate::tasks::{Task, enqueue};

/// So often a fresh SIM may turn out to be known already.
const MAX_DRAWS: u32 = 5;

/// Why it is not active yet.
#[derive(Debug, thiserror::Error)]
pub enum ActivateError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    UnknownSubscription(SubscriptionId),
    /// The network did not do it.
    #[error(transparent)]
    Carrier(#[from] CarrierError),
    /// The network gave a SIM that somebody has already.
    #[error("the SIM {0} is taken")]
    SimTaken(Iccid),
    /// It is over.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Activates a subscription that waits for it; one that does not is left alone. One that never can be activated ends,
/// and its money goes back.
pub async fn activate_subscription(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), ActivateError> {
    let Some(order) = app.read(move |cx, tx| plan_activation(cx, tx, project, id)).await? else {
        return Ok(());
    };
    match order_activation(app, project, order).await {
        Err(reason @ (ActivateError::Carrier(CarrierError::Refused(_)) | ActivateError::SimTaken(_))) => {
            tracing::error!(subscription.id = %id, %reason, "the subscription {id} can never be activated, it ends and is refunded");
            Ok(app.write(move |cx, tx| give_up(cx, tx, project, id)).await?)
        }
        outcome => outcome,
    }
}

/// Asks the network until it gives a SIM that can be used.
async fn order_activation(
    app: &App,
    project: ProjectId,
    mut order: ActivationOrder,
) -> Result<(), ActivateError> {
    loop {
        let activation = app.carrier().activate(&order).await?;
        let ordered = order.clone();
        let recorded =
            app.write(move |cx, tx| record_activation(cx, tx, project, &ordered, &activation)).await;
        order.draw += 1;
        match recorded {
            Err(ActivateError::SimTaken(_)) if order.sim.is_none() && order.draw < MAX_DRAWS => {}
            outcome => return outcome,
        }
    }
}

/// No access, so no payment (law 2).
fn give_up(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
) -> Result<(), StoreError> {
    let Some(mut row) = tx.subscriptions(project).lock(subscription)? else { return Ok(()) };
    if row.state != SubscriptionState::Pending {
        return Ok(());
    }
    row.canceled_at.get_or_insert(cx.now());
    end_in(cx, tx, &mut row, cx.now(), CancellationCause::SubscriptionEnded)?;
    enqueue(cx, tx, &Task::RefundSubscription { project, subscription })
}

/// Turns a subscription and its add-ons active, within a transaction that holds it.
pub(crate) fn activate_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &mut Subscription,
) -> Result<(), ActivateInError> {
    subscription.begin(cx.now(), None)?;
    subscription.activate(cx.now())?;
    let project = subscription.project_id;
    tx.subscriptions(project).update(subscription)?;
    record(cx, tx, project, Happening::SubscriptionActivated, subscription.id)?;
    activate_addons_in(cx, tx, subscription)
}

/// Turns the add-ons of an active subscription active that wait for it, within a transaction that holds it.
pub(crate) fn activate_addons_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
) -> Result<(), ActivateInError> {
    let project = subscription.project_id;
    // The paid period may be over while its renewal is drafted, or owed: nothing that is sold now ends with the past.
    let until = subscription.period_at(cx.now()).and_then(|period| period.end);
    for mut addon in tx.subscription_addons(project).of_subscription(subscription.id)? {
        if addon.state == AddonState::Pending {
            addon.activate(cx.now(), until)?;
            tx.subscription_addons(project).update(&addon)?;
            record(cx, tx, project, Happening::SubscriptionAddonActivated, addon.id)?;
        }
    }
    Ok(())
}

/// What the network is asked, if it still has to be.
fn plan_activation(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<Option<ActivationOrder>, ActivateError> {
    let subscription = tx.subscriptions(project).find(id)?.ok_or(ActivateError::UnknownSubscription(id))?;
    if subscription.state != SubscriptionState::Pending {
        return Ok(None);
    }
    let product = tx.products(project).find(subscription.product_id)?;
    let Some(facts) = product.and_then(|product: Product| product.plan_facts) else { return Ok(None) };
    if TestSim::works_on(&facts.provider) && is_early(cx, tx, &subscription)? {
        return Ok(None);
    }
    let sim = match subscription.sim_id {
        Some(sim) => tx.sims(project).find(sim)?.map(|sim| sim.iccid),
        None => None,
    };
    let order = ActivationOrder {
        subscription: id,
        provider: facts.provider.clone(),
        sim,
        wants_number: has_number(&facts),
        draw: 0,
    };
    Ok(Some(order))
}

/// Whether a test SIM was asked for that takes its time, which is not over. Its job waits for as long.
fn is_early(cx: &Cx, tx: &mut Tx<'_>, subscription: &Subscription) -> Result<bool, StoreError> {
    let Some(checkout) = subscription.checkout_id else { return Ok(false) };
    let checkout = tx.checkouts(subscription.project_id).find(checkout)?;
    let order = checkout.as_ref().and_then(|checkout| checkout.order.goods.subscription());
    let delay = order.map(|order| order.sim.activation_delay());
    Ok(delay.is_some_and(|delay| cx.now() < subscription.created_at + delay))
}

/// A plan with calls or messages has a number (contracts/projects-api.md §2.5: voice plans only).
pub(crate) fn has_number(facts: &PlanFacts) -> bool {
    facts.allowances.voice_seconds != Some(0) || facts.allowances.sms_messages != Some(0)
}

fn record_activation(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    order: &ActivationOrder,
    activation: &Activation,
) -> Result<(), ActivateError> {
    let id = order.subscription;
    let subscription = tx.subscriptions(project).lock(id)?;
    let mut subscription = subscription.ok_or(ActivateError::UnknownSubscription(id))?;
    if subscription.state != SubscriptionState::Pending {
        return Ok(());
    }
    let sim = use_sim(cx, tx, &subscription, order, activation)?;
    subscription.sim_id = Some(sim);
    subscription.phone_number.clone_from(&activation.phone_number);
    activate_in(cx, tx, &mut subscription)?;
    Ok(())
}

fn use_sim(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    order: &ActivationOrder,
    activation: &Activation,
) -> Result<SimId, ActivateError> {
    let project = subscription.project_id;
    let known = tx.sims(project).find_by_iccid(&activation.iccid)?;
    let is_of_another =
        |sim: &Sim| sim.customer_id.is_some_and(|customer| customer != subscription.customer_id);
    let wants_fresh = order.sim.is_none();
    if known.as_ref().is_some_and(|sim| wants_fresh || is_of_another(sim)) {
        return Err(ActivateError::SimTaken(activation.iccid.clone()));
    }
    let is_known = known.is_some();
    let mut sim = known.unwrap_or_else(|| Sim {
        id: cx.id(),
        project_id: project,
        customer_id: None,
        iccid: activation.iccid.clone(),
        provider: order.provider.clone(),
        sim_type: SimType::Esim,
        status: SimStatus::Inactive,
        activation_code: activation.activation_code.clone(),
        metadata: Metadata::default(),
        created_at: cx.now(),
    });
    sim.customer_id = Some(subscription.customer_id);
    sim.status = SimStatus::Active;
    if is_known {
        tx.sims(project).update(&sim)?;
    } else {
        tx.sims(project).insert(&sim)?;
        record(cx, tx, project, Happening::SimCreated, sim.id)?;
    }
    record(cx, tx, project, Happening::SimActivated, sim.id)?;
    Ok(sim.id)
}

/// Why the step itself failed.
#[derive(Debug, thiserror::Error)]
pub enum ActivateInError {
    /// It is over, or its term cannot be counted.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ActivateInError> for ActivateError {
    fn from(error: ActivateInError) -> Self {
        match error {
            ActivateInError::Transition(error) => Self::Transition(error),
            ActivateInError::Store(error) => Self::Store(error),
        }
    }
}
