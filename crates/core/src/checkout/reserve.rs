//! Reserving a checkout: one transaction that decides whether there is anything to pay, and for which row.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    AddonOrder, Checkout, CheckoutId, CheckoutState, CheckoutUi, ConnectSession, CustomerStatus, Goods,
    Product, Subscription, SubscriptionId, SubscriptionOrder,
};
use perennial_store::{StoreError, Tx};

use super::addons::{find_there, find_unfit_later};
use super::deliver::deliver_free;
use super::start::{StartCheckout, StartCheckoutError};
use crate::context::Cx;
use crate::fitness::Subscriber;
use crate::subscriptions::{is_change_under_way, is_still_wanted};

/// What the reservation found.
pub(super) enum Reserved {
    /// A fresh row, or one that a crash or another tab left without Stripe's answer.
    Creating(Checkout),
    /// The same purchase is open already.
    Open(Checkout),
    /// The same charge waits for the customer's bank.
    Waiting(Checkout),
    /// Another purchase is open: it must be withdrawn first.
    Other(Checkout),
    /// Nothing to pay, or paid already.
    Done { checkout: CheckoutId, subscription: SubscriptionId },
}

/// Stripe opens no session that would close sooner (<https://docs.stripe.com/api/checkout/sessions/create>, `expires_at`).
const STRIPES_SHORTEST: SignedDuration = SignedDuration::from_mins(30);

/// After paying, the customer has so long to come back to a page that still knows them.
pub(super) const TIME_TO_RETURN: SignedDuration = SignedDuration::from_mins(15);

/// Finds the one row that this purchase is paid by, or makes it.
pub(super) fn reserve(
    cx: &Cx,
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    saved_card: Option<&str>,
    expires_at: Timestamp,
) -> Result<Reserved, StartCheckoutError> {
    let project = command.project;
    let customer = tx.customers(project).lock(command.customer)?;
    if customer.is_none_or(|customer| customer.status != CustomerStatus::Active) {
        return Err(StartCheckoutError::UnknownCustomer(command.customer));
    }
    let open = tx.checkouts(project).lock_undecided_of(command.customer)?;
    let visit = lock_visit(tx, command)?;
    if let Some(done) =
        visit.as_ref().map_or(Ok(None), |visit| bought_already(tx, visit, &command.order.goods))?
    {
        return Ok(done);
    }
    refuse_what_cannot_be(cx, tx, command)?;
    match open {
        Some(open) if !open.is_open() => Err(StartCheckoutError::Confirming(open.id)),
        Some(open) => Ok(adopt(cx, open, command, saved_card)),
        None => begin(cx, tx, fresh_checkout(cx, command, saved_card, expires_at), visit),
    }
}

fn lock_visit(tx: &mut Tx<'_>, command: &StartCheckout) -> Result<Option<ConnectSession>, StoreError> {
    match command.connect_session {
        Some(session) => tx.connect_sessions(command.project).lock(session),
        None => Ok(None),
    }
}

/// One visit buys one thing. Another tab may have paid, with another order, since this one looked. Who looks after their
/// subscriptions may change the plan of each: what is on another plan already is refused by itself.
fn bought_already(
    tx: &mut Tx<'_>,
    visit: &ConnectSession,
    wanted: &Goods,
) -> Result<Option<Reserved>, StoreError> {
    let Some(checkout) = visit.checkout_id.filter(|_| !matches!(wanted, Goods::PlanChange(_))) else {
        return Ok(None);
    };
    let checkout = tx.checkouts(visit.project_id).find(checkout)?;
    let bought = checkout.and_then(|checkout| Some((checkout.id, checkout.subscription_id?)));
    Ok(bought.map(|(checkout, subscription)| Reserved::Done { checkout, subscription }))
}

fn begin(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut checkout: Checkout,
    visit: Option<ConnectSession>,
) -> Result<Reserved, StartCheckoutError> {
    let project = checkout.project_id;
    tx.checkouts(project).insert(&checkout)?;
    if let Some(mut visit) = visit {
        visit.checkout_id = Some(checkout.id);
        tx.connect_sessions(project).update(&visit)?;
        tx.connect_sessions(project).extend_browser(visit.id, checkout.expires_at + TIME_TO_RETURN)?;
    }
    if checkout.order.is_free() {
        let subscription = deliver_free(cx, tx, &mut checkout).map_err(StartCheckoutError::Deliver)?;
        return Ok(Reserved::Done { checkout: checkout.id, subscription });
    }
    Ok(Reserved::Creating(checkout))
}

fn fresh_checkout(
    cx: &Cx,
    command: &StartCheckout,
    saved_card: Option<&str>,
    expires_at: Timestamp,
) -> Checkout {
    Checkout {
        id: cx.id(),
        project_id: command.project,
        customer_id: command.customer,
        connect_session_id: command.connect_session,
        order: command.order.clone(),
        state: CheckoutState::Creating,
        terms: command.terms,
        locale: command.locale.clone(),
        return_url: command.return_url.clone(),
        cancel_url: command.cancel_url.clone(),
        stripe_session_id: None,
        stripe_url: None,
        saved_card: saved_card.map(str::to_owned),
        stripe_charge_id: None,
        expires_at,
        subscription_id: None,
        created_at: cx.now(),
        closed_at: None,
    }
}

/// Tells the customer before they pay. What decides in the end is what is true when the money arrived.
fn refuse_what_cannot_be(
    cx: &Cx,
    tx: &mut Tx<'_>,
    command: &StartCheckout,
) -> Result<(), StartCheckoutError> {
    match &command.order.goods {
        Goods::Subscription(order) => {
            if let Some(replaced) = order.replaces {
                // One whose end has come and that no job has noticed yet leaves its place all the same.
                require(tx, command, replaced, Subscription::is_live)?;
                refuse_while_it_changes(tx, command, replaced)?;
            }
            let product = tx.products(command.project).find(order.plan.product_id)?;
            refuse_second_subscription(tx, command, order, product.as_ref())?;
            refuse_what_does_not_fit(tx, command, order, product.as_ref())
        }
        Goods::Addons(order) => {
            require(tx, command, order.subscription_id, |it| it.is_had_at(cx.now()))?;
            refuse_unfit_addons(tx, command, order)
        }
        Goods::PlanChange(order) => {
            let id = order.subscription_id;
            require(tx, command, id, |it| it.is_had_at(cx.now()))?;
            let found = tx.subscriptions(command.project).find(id)?;
            let fits = found.is_some_and(|subscription| order.fits(&subscription));
            if fits && is_still_wanted(tx, command.project, order)? {
                Ok(())
            } else {
                Err(StartCheckoutError::SubscriptionChanged(id))
            }
        }
    }
}

/// What is replaced or added to has to be the customer's own, and not over.
fn require(
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    id: SubscriptionId,
    goes_on: impl Fn(&Subscription) -> bool,
) -> Result<(), StartCheckoutError> {
    let subscription = tx.subscriptions(command.project).find(id)?;
    let own = subscription.filter(|subscription| subscription.customer_id == command.customer);
    if own.is_some_and(|own| goes_on(&own)) { Ok(()) } else { Err(StartCheckoutError::SubscriptionEnded(id)) }
}

/// Another request may have bought the same, or chosen another plan, since this one looked.
fn refuse_unfit_addons(
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    order: &AddonOrder,
) -> Result<(), StartCheckoutError> {
    let (project, subscription) = (command.project, order.subscription_id);
    let mut addons = Vec::with_capacity(order.addons.len());
    for line in &order.addons {
        let product = tx.products(project).find(line.product_id)?;
        addons.extend(product.zip(tx.prices(project).find(line.price_id)?));
    }
    if let Some(there) = find_there(tx, project, subscription, &addons)? {
        return Err(StartCheckoutError::AddonAlreadyThere(there));
    }
    match find_unfit_later(tx, project, subscription, &addons)? {
        Some(unfit) => Err(StartCheckoutError::AddonDoesNotFit(unfit)),
        None => Ok(()),
    }
}

/// What is being paid for the one that is replaced comes true first.
fn refuse_while_it_changes(
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    replaced: SubscriptionId,
) -> Result<(), StartCheckoutError> {
    if is_change_under_way(tx, command.project, replaced)? {
        return Err(StartCheckoutError::Contended);
    }
    Ok(())
}

/// At most one live subscription of each group; the one that is replaced does not count.
fn refuse_second_subscription(
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    order: &SubscriptionOrder,
    product: Option<&Product>,
) -> Result<(), StartCheckoutError> {
    let Some(group) = product.and_then(|product| product.exclusive_group.as_deref()) else { return Ok(()) };
    match tx.subscriptions(command.project).live_of_group(command.customer, group)? {
        Some(subscription) if Some(subscription.id) != order.replaces => {
            Err(StartCheckoutError::AlreadySubscribed(subscription.id))
        }
        _ => Ok(()),
    }
}

/// The SIM and the number were free when they were chosen; another purchase may have taken them since.
fn refuse_what_does_not_fit(
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    order: &SubscriptionOrder,
    product: Option<&Product>,
) -> Result<(), StartCheckoutError> {
    let subscriber = Subscriber {
        project: command.project,
        customer: command.customer,
        facts: product.and_then(|product| product.plan_facts.as_ref()),
        replaces: order.replaces,
    };
    if let Some(problem) = subscriber.sim_problem(tx, &order.sim)? {
        return Err(StartCheckoutError::Sim(problem));
    }
    match order.porting_id.map(|id| subscriber.porting_problem(tx, id)).transpose()?.flatten() {
        Some(problem) => Err(StartCheckoutError::Porting(problem)),
        None => Ok(()),
    }
}

/// The same purchase of the same visit, or of the same form, goes on where it is; anything else has to make room.
fn adopt(cx: &Cx, open: Checkout, command: &StartCheckout, saved_card: Option<&str>) -> Reserved {
    // Outside of a visit, where it leads back to tells whose it is: a page that two forms shared would count for both, and what
    // is left of each would be charged.
    let leads_back = command.connect_session.is_some() || open.return_url == command.return_url;
    let is_same = leads_back
        && open.order == command.order
        && open.connect_session_id == command.connect_session
        && open.saved_card.as_deref() == saved_card
        && open.terms.ui == command.terms.ui;
    // A charge is one question and gets one answer, however late it is asked again.
    let patience = if saved_card.is_some() { SignedDuration::ZERO } else { STRIPES_SHORTEST };
    let can_be_shown = match open.terms.ui {
        CheckoutUi::Hosted => open.stripe_url.is_some() && cx.now() < open.expires_at,
        // Stripe is asked how, and says then whether it still is open.
        CheckoutUi::Embedded => true,
    };
    match open.state {
        CheckoutState::Open if is_same && open.awaited_invoice().is_some() => Reserved::Waiting(open),
        CheckoutState::Open if is_same && can_be_shown => Reserved::Open(open),
        CheckoutState::Creating if is_same && cx.now() + patience <= open.expires_at => {
            Reserved::Creating(open)
        }
        _ => Reserved::Other(open),
    }
}
