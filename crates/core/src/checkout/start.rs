//! `start_checkout`: from an order to a page where it can be paid, or straight to the subscription when it is free.

use jiff::SignedDuration;
use perennial_domain::{
    Checkout, CheckoutId, CheckoutState, ConnectSessionId, CustomerId, CustomerStatus, Order, PriceId,
    ProjectId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::deliver::{DeliverError, deliver_free};
use super::session::ask_for_session;
use super::settle::SettleError;
use super::withdraw::withdraw;
use crate::context::{AccountError, App, Cx};
use crate::ports::PaymentsError;
use crate::subscriptions::{ActivateError, activate_subscription};

/// What is to be paid for, and where the customer goes afterwards.
#[derive(Clone, Debug)]
pub struct StartCheckout {
    /// Whose catalogue.
    pub project: ProjectId,
    /// Who pays.
    pub customer: CustomerId,
    /// Which visit it belongs to.
    pub connect_session: Option<ConnectSessionId>,
    /// What is bought.
    pub order: Order,
    /// The language of Stripe's page.
    pub locale: String,
    /// Where Stripe sends who paid. May hold `{CHECKOUT_SESSION_ID}`.
    pub return_url: String,
    /// Where Stripe sends who turned back.
    pub cancel_url: String,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// The customer pays on this page.
    Pay {
        /// The checkout.
        checkout: CheckoutId,
        /// Stripe's page.
        url: String,
    },
    /// Nothing to pay: the subscription exists.
    Free {
        /// The checkout.
        checkout: CheckoutId,
        /// What it became.
        subscription: SubscriptionId,
    },
}

/// Why there is no checkout. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum StartCheckoutError {
    /// There is no such customer in the project, or not any more.
    #[error("the customer {0} cannot buy")]
    UnknownCustomer(CustomerId),
    /// They have a live subscription that excludes this one.
    #[error("the customer already has the subscription {0}")]
    AlreadySubscribed(SubscriptionId),
    /// The catalogue was never applied at Stripe.
    #[error("the price {0} does not exist at Stripe")]
    PriceNotAtStripe(PriceId),
    /// Stripe would charge another sum than the customer saw: show them the order again.
    #[error("Stripe would charge {charged} instead of {shown} minor units")]
    PriceChanged {
        /// What the customer saw, in minor units.
        shown: i64,
        /// What Stripe would charge, in minor units.
        charged: i64,
    },
    /// Other tabs kept changing the order. Ask again.
    #[error("the order changed while it was placed")]
    Contended,
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// An earlier checkout turned out to be paid and could not be settled.
    #[error("an earlier checkout could not be settled")]
    Settle(#[source] Box<SettleError>),
    /// The free subscription could not be made.
    #[error(transparent)]
    Deliver(DeliverError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the reservation found.
enum Reserved {
    /// A fresh row, or one that a crash or another tab left without Stripe's answer.
    Creating(Checkout),
    /// The same purchase is open already.
    Open { checkout: CheckoutId, url: String },
    /// Another purchase is open: it must be withdrawn first.
    Other(Checkout),
    /// Nothing to pay.
    Free { checkout: CheckoutId, subscription: SubscriptionId },
}

/// Stripe opens no session that would close sooner (<https://docs.stripe.com/api/checkout/sessions/create>, `expires_at`).
const STRIPES_SHORTEST: SignedDuration = SignedDuration::from_mins(30);

/// Two tabs may withdraw each other's order in turn; someone has to stop.
const MAX_TURNS: usize = 4;

/// Opens the one page where this order can be paid. Asked again for the same order, it answers the same page.
pub async fn start_checkout(app: &App, command: StartCheckout) -> Result<Started, StartCheckoutError> {
    for _ in 0..MAX_TURNS {
        let reservation = command.clone();
        let lifetime = app.settings().checkout_lifetime;
        match app.write(move |cx, tx| reserve(cx, tx, &reservation, cx.now() + lifetime)).await? {
            Reserved::Open { checkout, url } => return Ok(Started::Pay { checkout, url }),
            Reserved::Free { checkout, subscription } => {
                activate_now(app, command.project, subscription).await;
                return Ok(Started::Free { checkout, subscription });
            }
            Reserved::Creating(checkout) => {
                if let Some(url) = open_at_stripe(app, &checkout).await? {
                    return Ok(Started::Pay { checkout: checkout.id, url });
                }
            }
            Reserved::Other(checkout) => withdraw(app, checkout).await?,
        }
    }
    Err(StartCheckoutError::Contended)
}

fn reserve(
    cx: &Cx,
    tx: &mut Tx<'_>,
    command: &StartCheckout,
    expires_at: jiff::Timestamp,
) -> Result<Reserved, StartCheckoutError> {
    let project = command.project;
    let customer = tx.customers(project).lock(command.customer)?;
    if customer.is_none_or(|customer| customer.status != CustomerStatus::Active) {
        return Err(StartCheckoutError::UnknownCustomer(command.customer));
    }
    refuse_second_subscription(tx, command)?;
    if let Some(open) = tx.checkouts(project).lock_open_of(command.customer)? {
        return Ok(adopt(cx, open, command));
    }
    let mut checkout = Checkout {
        id: cx.id(),
        project_id: project,
        customer_id: command.customer,
        connect_session_id: command.connect_session,
        order: command.order.clone(),
        state: CheckoutState::Creating,
        locale: command.locale.clone(),
        return_url: command.return_url.clone(),
        cancel_url: command.cancel_url.clone(),
        stripe_session_id: None,
        stripe_url: None,
        expires_at,
        subscription_id: None,
        created_at: cx.now(),
        closed_at: None,
    };
    tx.checkouts(project).insert(&checkout)?;
    if is_free(&checkout.order) {
        let subscription = deliver_free(cx, tx, &mut checkout).map_err(StartCheckoutError::Deliver)?;
        return Ok(Reserved::Free { checkout: checkout.id, subscription });
    }
    Ok(Reserved::Creating(checkout))
}

/// Tells the customer before they pay. What decides in the end is the database's own constraint, when money arrived.
fn refuse_second_subscription(tx: &mut Tx<'_>, command: &StartCheckout) -> Result<(), StartCheckoutError> {
    let product = tx.products(command.project).find(command.order.plan.product_id)?;
    let Some(group) = product.and_then(|product| product.exclusive_group) else { return Ok(()) };
    match tx.subscriptions(command.project).live_of_group(command.customer, &group)? {
        Some(subscription) => Err(StartCheckoutError::AlreadySubscribed(subscription.id)),
        None => Ok(()),
    }
}

/// The same purchase of the same visit goes on where it is; anything else has to make room.
fn adopt(cx: &Cx, open: Checkout, command: &StartCheckout) -> Reserved {
    let is_same = open.order == command.order && open.connect_session_id == command.connect_session;
    match &open.stripe_url {
        Some(url) if is_same && cx.now() < open.expires_at => {
            Reserved::Open { checkout: open.id, url: url.clone() }
        }
        None if is_same
            && open.state == CheckoutState::Creating
            && cx.now() + STRIPES_SHORTEST <= open.expires_at =>
        {
            Reserved::Creating(open)
        }
        _ => Reserved::Other(open),
    }
}

fn is_free(order: &Order) -> bool {
    order.plan.amount.is_zero() && order.addons.iter().all(|addon| addon.amount.is_zero())
}

/// Asks Stripe for the session and records it. `None` when another tab closed the checkout meanwhile.
async fn open_at_stripe(app: &App, checkout: &Checkout) -> Result<Option<String>, StartCheckoutError> {
    let session = ask_for_session(app, checkout).await?;
    let shown = checkout.order.due_now.amount_minor;
    let charged = session.total.map_or(shown, |total| total.amount_minor);
    let (project, id, url) = (checkout.project_id, checkout.id, session.url.clone());
    let stripe_session_id = session.id.clone();
    let is_open = app
        .write(move |_, tx| {
            let Some(mut checkout) = tx.checkouts(project).lock(id)? else {
                return Ok::<_, StoreError>(false);
            };
            checkout.opened(stripe_session_id.clone(), url.clone());
            tx.checkouts(project).update(&checkout)?;
            Ok(checkout.is_open())
        })
        .await?;
    if charged != shown {
        withdraw(app, Checkout { stripe_session_id: Some(session.id), ..checkout.clone() }).await?;
        return Err(StartCheckoutError::PriceChanged { shown, charged });
    }
    Ok(session.url.filter(|_| is_open))
}

/// Activation is the network's business and has a job; here it only gets a head start.
async fn activate_now(app: &App, project: ProjectId, subscription: SubscriptionId) {
    if let Err(error) = activate_subscription(app, project, subscription).await {
        log_head_start(&error, subscription);
    }
}

fn log_head_start(error: &ActivateError, subscription: SubscriptionId) {
    tracing::warn!(subscription.id = %subscription, %error, "the subscription {subscription} is not active yet, its job goes on");
}
