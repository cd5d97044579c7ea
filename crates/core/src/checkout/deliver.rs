//! Turning a paid checkout into what was bought. All of it in one transaction, or none.

use perennial_domain::{
    AddonState, Attempts, Checkout, CheckoutState, CheckoutTransitionError, FirstPeriodTrigger, Iccid,
    InvalidIccid, Metadata, Money, OrderLine, Outcome, Payment, PaymentReason, PaymentState, PortingStatus,
    Price, Product, Sim, SimChoice, SimId, SimStatus, SimType, Subscription, SubscriptionAddon,
    SubscriptionId, SubscriptionState, TransitionError,
};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::CheckoutSession;
use crate::subscriptions::{ActivateInError, activate_in, keep_payment};
use crate::tasks::{Task, enqueue};

/// Why a paid checkout cannot become what was bought.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The customer got an excluding subscription, or the SIM got another one, while this was paid.
    #[error("what was bought cannot exist beside {0}")]
    Excluded(String),
    /// The catalogue lost a row that the order names.
    #[error("the order names a price that does not exist")]
    UnknownPrice,
    /// The order holds a SIM number that is none.
    #[error(transparent)]
    Iccid(#[from] InvalidIccid),
    /// The checkout is final already.
    #[error(transparent)]
    Checkout(#[from] CheckoutTransitionError),
    /// The subscription cannot take this step.
    #[error(transparent)]
    Subscription(#[from] TransitionError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

/// The constraints by which the database says no to a second subscription.
const EXCLUDING: [&str; 2] = ["subscriptions_exclusive_group_key", "subscriptions_sim_key"];

impl From<StoreError> for DeliverError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(constraint) if EXCLUDING.contains(&constraint.as_str()) => {
                Self::Excluded(constraint)
            }
            error => Self::Store(error),
        }
    }
}

impl From<ActivateInError> for DeliverError {
    fn from(error: ActivateInError) -> Self {
        match error {
            ActivateInError::Transition(error) => Self::Subscription(error),
            ActivateInError::Store(error) => error.into(),
        }
    }
}

/// A free order: there is no session, and nothing to record as paid.
pub(super) fn deliver_free(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
) -> Result<SubscriptionId, DeliverError> {
    deliver(cx, tx, checkout, None)
}

/// A paid order: the session says what Stripe made of it.
pub(super) fn deliver_paid(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    session: &CheckoutSession,
) -> Result<SubscriptionId, DeliverError> {
    let subscription = deliver(cx, tx, checkout, Some(session))?;
    record_payment(cx, tx, checkout, session)?;
    Ok(subscription)
}

fn deliver(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    session: Option<&CheckoutSession>,
) -> Result<SubscriptionId, DeliverError> {
    let project = checkout.project_id;
    let (product, price) = sold(tx, checkout, &checkout.order.plan)?;
    let mut subscription = Subscription {
        sim_id: sim_of(cx, tx, checkout, &product)?,
        ..fresh_subscription(cx, checkout, &product, &price, session)
    };
    begin(cx, &mut subscription, &product, session)?;
    tx.subscriptions(project).insert(&subscription)?;
    record(cx, tx, project, Happening::SubscriptionCreated, subscription.id)?;
    for line in &checkout.order.addons {
        insert_addon(cx, tx, checkout, line, subscription.id)?;
    }
    attach_porting(tx, checkout, subscription.id)?;
    close_visit(tx, checkout)?;
    checkout.subscription_id = Some(subscription.id);
    checkout.close(CheckoutState::Settled, cx.now())?;
    tx.checkouts(project).update(checkout)?;
    if product.plan_facts.is_some() {
        enqueue(cx, tx, &Task::ActivateSubscription { project, subscription: subscription.id })?;
    } else {
        activate_in(cx, tx, &mut subscription)?;
    }
    Ok(subscription.id)
}

fn sold(tx: &mut Tx<'_>, checkout: &Checkout, line: &OrderLine) -> Result<(Product, Price), DeliverError> {
    let product = tx.products(checkout.project_id).find(line.product_id)?;
    let price = tx.prices(checkout.project_id).find(line.price_id)?;
    product.zip(price).ok_or(DeliverError::UnknownPrice)
}

fn fresh_subscription(
    cx: &Cx,
    checkout: &Checkout,
    product: &Product,
    price: &Price,
    session: Option<&CheckoutSession>,
) -> Subscription {
    let billed = session.and_then(|session| session.subscription.as_ref());
    Subscription {
        id: cx.id(),
        project_id: checkout.project_id,
        customer_id: checkout.customer_id,
        product_id: product.id,
        price_id: price.id,
        term: price.term,
        exclusive_group: product.exclusive_group.clone(),
        checkout_id: Some(checkout.id),
        stripe_subscription_id: billed.map(|billed| billed.id.clone()),
        sim_id: None,
        phone_number: None,
        address_id: checkout.order.address_id,
        state: SubscriptionState::Pending,
        anchor_at: None,
        current_period: None,
        minimum_periods: product.plan_facts.as_ref().map_or(1, |facts| facts.minimum_periods),
        activated_at: None,
        canceled_at: None,
        ended_at: None,
        cancellation: None,
        arrears: None,
        metadata: Metadata::default(),
        created_at: cx.now(),
    }
}

/// Where Stripe bills, its period is the one that was paid. Elsewhere the plan says whether the purchase or the
/// activation starts the clock.
fn begin(
    cx: &Cx,
    subscription: &mut Subscription,
    product: &Product,
    session: Option<&CheckoutSession>,
) -> Result<(), TransitionError> {
    if let Some(billed) = session.and_then(|session| session.subscription.as_ref()) {
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
    product: &Product,
) -> Result<Option<SimId>, DeliverError> {
    match &checkout.order.sim {
        SimChoice::NotNeeded | SimChoice::NewEsim => Ok(None),
        SimChoice::Known(id) => Ok(Some(*id)),
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
                provider: product.plan_facts.as_ref().map(|facts| facts.provider.clone()).unwrap_or_default(),
                sim_type: SimType::Psim,
                status: SimStatus::Inactive,
                activation_code: None,
                metadata: Metadata::default(),
                created_at: cx.now(),
            };
            tx.sims(checkout.project_id).insert(&sim)?;
            Ok(Some(sim.id))
        }
    }
}

fn insert_addon(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    line: &OrderLine,
    subscription_id: SubscriptionId,
) -> Result<(), DeliverError> {
    let (product, price) = sold(tx, checkout, line)?;
    let addon = SubscriptionAddon {
        id: cx.id(),
        project_id: checkout.project_id,
        subscription_id,
        customer_id: checkout.customer_id,
        product_id: product.id,
        price_id: price.id,
        term: price.term,
        checkout_id: Some(checkout.id),
        state: AddonState::Pending,
        current_period: None,
        activated_at: None,
        canceled_at: None,
        ended_at: None,
        created_at: cx.now(),
    };
    tx.subscription_addons(checkout.project_id).insert(&addon)?;
    record(cx, tx, checkout.project_id, Happening::SubscriptionAddonCreated, addon.id)?;
    Ok(())
}

fn attach_porting(
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    subscription: SubscriptionId,
) -> Result<(), StoreError> {
    let Some(id) = checkout.order.porting_id else { return Ok(()) };
    if let Some(mut porting) =
        tx.portings(checkout.project_id).find(id)?.filter(|porting| porting.status == PortingStatus::Draft)
    {
        porting.subscription_id = Some(subscription);
        porting.status = PortingStatus::Pending;
        tx.portings(checkout.project_id).update(&porting)?;
    }
    Ok(())
}

/// The visit succeeded, even if its customer never comes back to be told.
fn close_visit(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<(), StoreError> {
    let Some(id) = checkout.connect_session_id else { return Ok(()) };
    if let Some(mut session) = tx.connect_sessions(checkout.project_id).lock(id)? {
        session.outcome = Some(Outcome::Success);
        session.checkout_id = Some(checkout.id);
        tx.connect_sessions(checkout.project_id).update(&session)?;
    }
    Ok(())
}

/// Law 3: once per payment at Stripe, whether or not the order could be delivered. Nothing was paid where nothing was due.
pub(super) fn record_payment(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    session: &CheckoutSession,
) -> Result<(), StoreError> {
    let invoice = session.invoice.as_ref();
    let payment_intent = session
        .payment_intent_id
        .clone()
        .or_else(|| invoice.and_then(|invoice| invoice.payment_intent_id.clone()));
    let reference = invoice.map(|invoice| invoice.id.clone()).or_else(|| payment_intent.clone());
    let amount = session.total.unwrap_or(Money::zero(checkout.order.due_now.currency));
    let Some(stripe_reference) = reference.filter(|_| !amount.is_zero()) else { return Ok(()) };
    if tx.payments(checkout.project_id).find_by_reference(&stripe_reference)?.is_some() {
        return Ok(());
    }
    let payment = Payment {
        id: cx.id(),
        project_id: checkout.project_id,
        customer_id: checkout.customer_id,
        subscription_id: checkout.subscription_id,
        checkout_id: Some(checkout.id),
        amount,
        refunded_minor: 0,
        refunded_at: None,
        state: PaymentState::Succeeded,
        reason: PaymentReason::SubscriptionCreation,
        stripe_reference,
        stripe_payment_intent_id: payment_intent,
        attempts: Attempts::default(),
        dispute: None,
        paid_at: Some(invoice.and_then(|invoice| invoice.paid_at).unwrap_or(cx.now())),
        created_at: cx.now(),
    };
    keep_payment(cx, tx, &payment)
}
