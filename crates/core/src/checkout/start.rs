//! `start_checkout`: from an order to a page where it can be paid, or straight to the subscription when it is free.

use perennial_domain::{
    Checkout, CheckoutId, CheckoutState, ConnectSessionId, CustomerId, CustomerStatus, Order, PriceId,
    ProjectId, SubscriptionId, Term,
};
use perennial_store::{StoreError, Tx};

use super::deliver::{DeliverError, deliver_free};
use super::settle::{SettleError, settle_checkout};
use crate::context::{AccountError, App, Cx};
use crate::ports::{
    CheckoutLine, CheckoutMode, CheckoutSession, CustomerDraft, OpenCheckout, Payments, PaymentsError,
};
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

/// Withdraws whatever the customer could still pay, for example because they leave.
pub async fn withdraw_open(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
) -> Result<(), StartCheckoutError> {
    let open = app.write(move |_, tx| tx.checkouts(project).lock_open_of(customer)).await?;
    match open {
        Some(checkout) => withdraw(app, checkout).await,
        None => Ok(()),
    }
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
        return Ok(adopt(cx, open, &command.order));
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

fn adopt(cx: &Cx, open: Checkout, order: &Order) -> Reserved {
    let is_usable = open.order == *order && cx.now() < open.expires_at;
    match (&open.stripe_url, is_usable) {
        (Some(url), true) => Reserved::Open { checkout: open.id, url: url.clone() },
        (None, true) if open.state == CheckoutState::Creating => Reserved::Creating(open),
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

async fn ask_for_session(app: &App, checkout: &Checkout) -> Result<CheckoutSession, StartCheckoutError> {
    let payments = app.payments(checkout.project_id).await?;
    let stripe_customer_id = stripe_customer(app, payments.as_ref(), checkout).await?;
    let (project, order) = (checkout.project_id, checkout.order.clone());
    let (mode, lines) = app.read(move |_, tx| stripe_lines(tx, project, &order)).await?;
    let request = OpenCheckout {
        id: checkout.id,
        stripe_customer_id,
        mode,
        lines,
        stripe_promotion_code_id: checkout
            .order
            .voucher
            .as_ref()
            .map(|voucher| voucher.stripe_promotion_code_id.clone()),
        return_url: checkout.return_url.clone(),
        cancel_url: checkout.cancel_url.clone(),
        expires_at: checkout.expires_at,
        locale: checkout.locale.clone(),
    };
    Ok(payments.open_checkout(&request).await?)
}

fn stripe_lines(
    tx: &mut Tx<'_>,
    project: ProjectId,
    order: &Order,
) -> Result<(CheckoutMode, Vec<CheckoutLine>), StartCheckoutError> {
    let mut mode = CheckoutMode::Once;
    let mut lines = Vec::new();
    for line in std::iter::once(&order.plan).chain(&order.addons).filter(|line| !line.amount.is_zero()) {
        let price = tx.prices(project).find(line.price_id)?;
        let price = price.ok_or(StartCheckoutError::PriceNotAtStripe(line.price_id))?;
        if matches!(price.term, Term::Recurring(_)) {
            mode = CheckoutMode::Subscription;
        }
        let stripe_price_id =
            price.stripe_price_id.ok_or(StartCheckoutError::PriceNotAtStripe(line.price_id))?;
        lines.push(CheckoutLine { stripe_price_id });
    }
    Ok((mode, lines))
}

/// The Stripe Customer of who pays, made at the first purchase.
async fn stripe_customer(
    app: &App,
    payments: &dyn Payments,
    checkout: &Checkout,
) -> Result<String, StartCheckoutError> {
    let (project, id) = (checkout.project_id, checkout.customer_id);
    let customer = app.read(move |_, tx| tx.customers(project).find(id)).await?;
    let customer = customer.ok_or(StartCheckoutError::UnknownCustomer(id))?;
    if let Some(stripe_customer_id) = customer.stripe_customer_id {
        return Ok(stripe_customer_id);
    }
    let draft = CustomerDraft {
        id,
        email: customer.email.map(|email| email.as_str().to_owned()),
        name: customer.full_name,
        locale: customer.preferred_locale,
    };
    let made = payments.create_customer(&draft).await?;
    let kept = app
        .write(move |_, tx| {
            let Some(mut customer) = tx.customers(project).lock(id)? else {
                return Ok::<_, StoreError>(made.clone());
            };
            // Two first purchases at once: the first to record decides.
            let kept = customer.stripe_customer_id.get_or_insert(made.clone()).clone();
            tx.customers(project).update(&customer)?;
            Ok(kept)
        })
        .await?;
    Ok(kept)
}

/// Closes a checkout that could still be paid. If it was paid just now, it is settled instead: money decides.
async fn withdraw(app: &App, checkout: Checkout) -> Result<(), StartCheckoutError> {
    let payments = app.payments(checkout.project_id).await?;
    let stripe_session_id = match &checkout.stripe_session_id {
        Some(id) => id.clone(),
        // A crash may have hidden Stripe's answer from us: the same question gets the same session.
        None => ask_for_session(app, &checkout).await?.id,
    };
    match payments.expire_checkout(&stripe_session_id).await {
        Ok(_) => {}
        Err(PaymentsError::Refused(refusal)) => {
            tracing::info!(checkout.id = %checkout.id, %refusal, "the checkout {} is not open at Stripe any more", checkout.id);
            let settled = settle_checkout(app, checkout.project_id, checkout.id).await;
            return settled.map(drop).map_err(|error| StartCheckoutError::Settle(Box::new(error)));
        }
        Err(error) => return Err(error.into()),
    }
    let (project, id) = (checkout.project_id, checkout.id);
    app.write(move |cx, tx| {
        let Some(mut checkout) = tx.checkouts(project).lock(id)? else { return Ok::<_, StoreError>(()) };
        if checkout.is_open() && checkout.close(CheckoutState::Abandoned, cx.now()).is_ok() {
            tx.checkouts(project).update(&checkout)?;
        }
        Ok(())
    })
    .await?;
    Ok(())
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
