//! Turning a paid checkout into what was bought. All of it in one transaction, or none, which holds the customer and the
//! checkout.

mod addons;
mod plan_change;
mod subscription;

use perennial_domain::{
    Checkout, CheckoutState, CheckoutTransitionError, CustomerId, CustomerStatus, Goods, Intent,
    InvalidIccid, OrderLine, Outcome, Price, Product, SubscriptionId, TransitionError,
};
use perennial_store::{StoreError, Tx};

use super::receipt::{Receipt, record_payment};
use crate::context::Cx;
use crate::ports::BillingStatus;
use crate::subscriptions::ActivateInError;

/// Why a paid checkout cannot become what was bought.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The customer got an excluding subscription, or the SIM or the replaced subscription got another one, while this
    /// was paid.
    #[error("what was bought cannot exist beside {0}")]
    Excluded(String),
    /// The customer was deleted, or blocked, before the money came.
    #[error("the customer {0} cannot have anything new")]
    CustomerGone(CustomerId),
    /// Stripe was told to let go what it billed, because its first payment had failed; the money came all the same.
    #[error("what Stripe billed for it was let go")]
    LetGo,
    /// The subscription that the add-ons are for ended while they were paid.
    #[error("the subscription {0} that the add-ons are for is over")]
    SubscriptionEnded(SubscriptionId),
    /// The subscription that was to become another plan, or to be replaced, ended, was cancelled, or becomes another one.
    #[error("the subscription {0} is not what it was when another plan was bought for it")]
    SubscriptionChanged(SubscriptionId),
    /// Stripe took the money for a plan that goes on, and began nothing that would go on.
    #[error("Stripe bills nothing for what was bought")]
    NotBilled,
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
const EXCLUDING: [&str; 3] =
    ["subscriptions_exclusive_group_key", "subscriptions_sim_key", "subscriptions_replaces_key"];

impl DeliverError {
    /// Whether something else came first, so that the money has to go back.
    pub(super) const fn is_too_late(&self) -> bool {
        matches!(
            self,
            Self::Excluded(_)
                | Self::CustomerGone(_)
                | Self::LetGo
                | Self::SubscriptionEnded(_)
                | Self::SubscriptionChanged(_)
        )
    }
}

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

/// A free order: Stripe was not asked, and there is nothing to record as paid.
pub(super) fn deliver_free(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
) -> Result<SubscriptionId, DeliverError> {
    deliver(cx, tx, checkout, None)
}

/// A paid order: the receipt says what Stripe made of it.
pub(super) fn deliver_paid(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    receipt: &Receipt,
) -> Result<SubscriptionId, DeliverError> {
    refuse_what_was_let_go(checkout, receipt)?;
    let subscription = deliver(cx, tx, checkout, Some(receipt))?;
    record_payment(cx, tx, checkout, receipt)?;
    Ok(subscription)
}

fn deliver(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    receipt: Option<&Receipt>,
) -> Result<SubscriptionId, DeliverError> {
    require_customer(tx, checkout)?;
    let subscription = match &checkout.order.goods {
        Goods::Subscription(order) => subscription::deliver(cx, tx, checkout, order, receipt)?,
        Goods::Addons(order) => addons::deliver(cx, tx, checkout, order)?,
        Goods::PlanChange(order) => plan_change::deliver(cx, tx, checkout, order, receipt)?,
    };
    close_visit(tx, checkout)?;
    checkout.subscription_id = Some(subscription);
    checkout.close(CheckoutState::Settled, cx.now())?;
    tx.checkouts(checkout.project_id).update(checkout)?;
    Ok(subscription)
}

/// Nothing begins for who was deleted or blocked: it would be charged again and again. An add-on goes with a subscription
/// that they still have.
fn require_customer(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<(), DeliverError> {
    if matches!(checkout.order.goods, Goods::Addons(_)) {
        return Ok(());
    }
    let id = checkout.customer_id;
    // Whoever delivers holds them, so nobody deletes them beside this.
    let customer = tx.customers(checkout.project_id).find(id)?;
    if customer.is_some_and(|customer| customer.status == CustomerStatus::Active) {
        Ok(())
    } else {
        Err(DeliverError::CustomerGone(id))
    }
}

/// What had been given up here and is over at Stripe gives nobody access any more.
fn refuse_what_was_let_go(checkout: &Checkout, receipt: &Receipt) -> Result<(), DeliverError> {
    let is_over = receipt.billed.as_ref().is_some_and(|billed| billed.status == BillingStatus::Canceled);
    if is_over && !checkout.is_undecided() { Err(DeliverError::LetGo) } else { Ok(()) }
}

fn sold(tx: &mut Tx<'_>, checkout: &Checkout, line: &OrderLine) -> Result<(Product, Price), DeliverError> {
    let product = tx.products(checkout.project_id).find(line.product_id)?;
    let price = tx.prices(checkout.project_id).find(line.price_id)?;
    product.zip(price).ok_or(DeliverError::UnknownPrice)
}

/// The visit succeeded, even if its customer never comes back to be told. One that came to look around, and changed a
/// plan on the way, goes on.
fn close_visit(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<(), StoreError> {
    let Some(id) = checkout.connect_session_id else { return Ok(()) };
    let is_change = matches!(checkout.order.goods, Goods::PlanChange(_));
    if let Some(mut session) = tx.connect_sessions(checkout.project_id).lock(id)? {
        if !is_change || matches!(session.intent, Intent::ChangeSubscription(_)) {
            session.outcome = Some(Outcome::Success);
        }
        session.checkout_id = Some(checkout.id);
        tx.connect_sessions(checkout.project_id).update(&session)?;
    }
    Ok(())
}
