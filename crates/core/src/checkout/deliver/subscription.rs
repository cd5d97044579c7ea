//! A new subscription, and the end of the one that it replaces.

use perennial_domain::{
    CancellationCause, Checkout, FirstPeriodTrigger, Iccid, Metadata, PortingStatus, Price, Product, Sim,
    SimChoice, SimId, SimStatus, SimType, Subscription, SubscriptionId, SubscriptionOrder, TransitionError,
};
use perennial_store::{StoreError, Tx};

use super::{DeliverError, addons, sold};
use crate::business::give_bundle;
use crate::checkout::receipt::Receipt;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::subscriptions::{activate_in, end_in, is_change_under_way};
use crate::tasks::{Task, enqueue_at};
use crate::test_sims;

/// Begins it, with its add-ons and the number that comes along.
pub(super) fn deliver(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    order: &SubscriptionOrder,
    receipt: Option<&Receipt>,
) -> Result<SubscriptionId, DeliverError> {
    let project = checkout.project_id;
    // First, because the group, the SIM and the place can be had once only.
    end_replaced(cx, tx, checkout, order)?;
    let (product, price) = sold(tx, checkout, &order.plan)?;
    let mut subscription = Subscription {
        sim_id: sim_of(cx, tx, checkout, order, &product)?,
        ..fresh(cx, checkout, order, &product, &price, receipt)
    };
    begin(cx, &mut subscription, &product, receipt)?;
    tx.subscriptions(project).insert(&subscription)?;
    record(cx, tx, project, Happening::SubscriptionCreated, subscription.id)?;
    for line in &order.addons {
        addons::insert(cx, tx, checkout, line, subscription.id)?;
    }
    attach_porting(cx, tx, checkout, order, subscription.id)?;
    if product.plan_facts.is_some() {
        let task = Task::ActivateSubscription { project, subscription: subscription.id };
        enqueue_at(cx, tx, &task, subscription.created_at + order.sim.activation_delay())?;
    } else {
        activate_in(cx, tx, &mut subscription)?;
        give_bundle(cx, tx, &subscription, &product)?;
    }
    Ok(subscription.id)
}

/// The old one goes in the moment in which the new one is there; Stripe hears of it afterwards. One that ended by itself
/// while this was paid leaves its place to the new one all the same; one whose change is being paid goes on, and this is
/// given back.
fn end_replaced(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    order: &SubscriptionOrder,
) -> Result<(), DeliverError> {
    let (project, Some(id)) = (checkout.project_id, order.replaces) else { return Ok(()) };
    let replaced = tx.subscriptions(project).lock(id)?;
    let Some(mut replaced) =
        replaced.filter(|replaced| replaced.is_live() && replaced.customer_id == checkout.customer_id)
    else {
        return Ok(());
    };
    if is_change_under_way(tx, project, id)? {
        return Err(DeliverError::SubscriptionChanged(id));
    }
    replaced.canceled_at.get_or_insert(cx.now());
    Ok(end_in(cx, tx, &mut replaced, cx.now(), CancellationCause::CancellationRequested)?)
}

fn fresh(
    cx: &Cx,
    checkout: &Checkout,
    order: &SubscriptionOrder,
    product: &Product,
    price: &Price,
    receipt: Option<&Receipt>,
) -> Subscription {
    let billed = receipt.and_then(|receipt| receipt.billed.as_ref());
    Subscription {
        checkout_id: Some(checkout.id),
        replaces_id: order.replaces,
        buyer_id: order.buyer_id.or(checkout.terms.member_id),
        stripe_subscription_id: billed.map(|billed| billed.id.clone()),
        address_id: order.address_id,
        metadata: order.metadata.clone(),
        ..Subscription::of(cx.id(), checkout.customer_id, product, price, cx.now())
    }
}

/// Where Stripe bills, its period is the one that was paid. Elsewhere the plan says whether the purchase or the
/// activation starts the clock.
fn begin(
    cx: &Cx,
    subscription: &mut Subscription,
    product: &Product,
    receipt: Option<&Receipt>,
) -> Result<(), TransitionError> {
    if let Some(billed) = receipt.and_then(Receipt::beginning) {
        return subscription.begin(billed.current_period_start, Some(billed.current_period_end));
    }
    let waits = product
        .plan_facts
        .as_ref()
        .is_some_and(|facts| facts.first_period_trigger == FirstPeriodTrigger::Activation);
    if waits { Ok(()) } else { subscription.begin(cx.now(), None) }
}

fn sim_of(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    order: &SubscriptionOrder,
    product: &Product,
) -> Result<Option<SimId>, DeliverError> {
    match &order.sim {
        SimChoice::NotNeeded | SimChoice::NewEsim => Ok(None),
        SimChoice::Known(id) => Ok(Some(*id)),
        SimChoice::Test(sim) => {
            let provider = provider_of(product);
            let owner = (checkout.project_id, checkout.customer_id);
            Ok(Some(test_sims::make(cx, tx, owner, provider, *sim)?))
        }
        SimChoice::Own(iccid) => {
            let iccid = Iccid::parse(iccid)?;
            if let Some(sim) = tx.sims(checkout.project_id).find_by_iccid(&iccid)? {
                return Ok(Some(sim.id));
            }
            let sim = Sim {
                id: cx.id(),
                project_id: checkout.project_id,
                customer_id: Some(checkout.customer_id),
                iccid,
                provider: provider_of(product),
                sim_type: SimType::Psim,
                status: SimStatus::Inactive,
                activation_code: None,
                metadata: Metadata::default(),
                created_at: cx.now(),
            };
            tx.sims(checkout.project_id).insert(&sim)?;
            record(cx, tx, checkout.project_id, Happening::SimCreated, sim.id)?;
            Ok(Some(sim.id))
        }
    }
}

fn provider_of(product: &Product) -> String {
    product.plan_facts.as_ref().map(|facts| facts.provider.clone()).unwrap_or_default()
}

fn attach_porting(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    order: &SubscriptionOrder,
    subscription: SubscriptionId,
) -> Result<(), StoreError> {
    let Some(id) = order.porting_id else { return Ok(()) };
    if let Some(mut porting) =
        tx.portings(checkout.project_id).find(id)?.filter(|porting| porting.status == PortingStatus::Draft)
    {
        porting.subscription_id = Some(subscription);
        porting.status = PortingStatus::Pending;
        tx.portings(checkout.project_id).update(&porting)?;
        record(cx, tx, checkout.project_id, Happening::PortingUpdated, porting.id)?;
    }
    Ok(())
}
