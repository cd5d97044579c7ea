//! `start_checkout`: from an order to a page where it can be paid, or straight to the subscription when it is free.

use jiff::SignedDuration;
use perennial_domain::{
    Checkout, CheckoutId, CheckoutState, CheckoutTerms, ConnectSessionId, CustomerId, Order, PriceId,
    ProductId, ProjectId, SubscriptionId,
};
use perennial_store::StoreError;

use super::deliver::DeliverError;
use super::place::{ClientSecret, Place};
use super::reserve::{Reserved, reserve};
use super::session::ask_for_session;
use super::settle::{SettleError, apply_session, close_unpaid};
use super::withdraw::withdraw;
use crate::context::{AccountError, App};
use crate::customers::{StripeCustomerError, replace_lost_customer};
use crate::fitness::{PortingProblem, SimProblem};
use crate::ports::{CheckoutSessionStatus, PaymentsError};
use crate::subscriptions::activate_subscription;

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
    /// How Stripe's Checkout is opened; where, is said by the function that is called.
    pub terms: CheckoutTerms,
    /// The language of Stripe's page.
    pub locale: String,
    /// Where Stripe sends who paid. May hold `{CHECKOUT_SESSION_ID}`.
    pub return_url: String,
    /// Where Stripe sends who turned back.
    pub cancel_url: String,
}

/// What happens next. The page is the URL of Stripe's, where nothing else was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started<Page = String> {
    /// The customer pays.
    Pay {
        /// The checkout.
        checkout: CheckoutId,
        /// Where.
        page: Page,
    },
    /// Nothing is left to pay: it was free, or another tab of the visit has paid. The subscription exists.
    Done {
        /// The checkout.
        checkout: CheckoutId,
        /// What it became.
        subscription: SubscriptionId,
    },
}

impl<Page> Started<Page> {
    /// The same, with the page told in another way.
    pub fn map<Other>(self, tell: impl FnOnce(Page) -> Other) -> Started<Other> {
        match self {
            Self::Pay { checkout, page } => Started::Pay { checkout, page: tell(page) },
            Self::Done { checkout, subscription } => Started::Done { checkout, subscription },
        }
    }
}

/// Why there is no checkout. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum StartCheckoutError {
    /// There is no such customer in the project, or not any more.
    #[error("the customer {0} cannot buy")]
    UnknownCustomer(CustomerId),
    /// The SIM cannot be had for this plan, or not any more.
    #[error("the SIM cannot be used: {0:?}")]
    Sim(SimProblem),
    /// The number cannot be brought along, or not any more.
    #[error("the number cannot be brought along: {0:?}")]
    Porting(PortingProblem),
    /// They have a live subscription that excludes this one.
    #[error("the customer already has the subscription {0}")]
    AlreadySubscribed(SubscriptionId),
    /// What is replaced or added to is over, or not this customer's. The two are not told apart.
    #[error("the customer has no live subscription {0}")]
    SubscriptionEnded(SubscriptionId),
    /// What was to become another plan ended, was cancelled, or is another plan already.
    #[error("the subscription {0} is not what it was when another plan was chosen for it")]
    SubscriptionChanged(SubscriptionId),
    /// A renewing add-on is charged with its subscription, by the card of that.
    #[error("a renewing add-on can be charged only with its subscription")]
    RenewingAddon,
    /// The add-on is on the subscription by now, and renews.
    #[error("the add-on {0} is on the subscription already")]
    AddonAlreadyThere(ProductId),
    /// The add-on would renew with a plan that does not take it: the one that the subscription waits to be.
    #[error("the add-on {0} does not fit the plan to come")]
    AddonDoesNotFit(ProductId),
    /// The catalogue was never applied at Stripe.
    #[error("the price {0} does not exist at Stripe")]
    PriceNotAtStripe(PriceId),
    /// Stripe's price is another one than ours, and no voucher explains it. The operator has to mend the catalogue.
    #[error("Stripe's prices come to {charged} instead of {shown} minor units")]
    PriceDiffers {
        /// What ours come to, in minor units.
        shown: i64,
        /// What Stripe would charge, in minor units.
        charged: i64,
    },
    /// Stripe would charge another sum than the customer saw: show them the order again.
    #[error("Stripe would charge {charged} instead of {shown} minor units")]
    PriceChanged {
        /// What the customer saw, in minor units.
        shown: i64,
        /// What Stripe would charge, in minor units.
        charged: i64,
    },
    /// An earlier payment waits for the bank's yes: buying now could mean paying twice.
    #[error("the checkout {0} waits for the bank")]
    Confirming(CheckoutId),
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

impl From<StripeCustomerError> for StartCheckoutError {
    fn from(error: StripeCustomerError) -> Self {
        match error {
            StripeCustomerError::Unknown(id) => Self::UnknownCustomer(id),
            StripeCustomerError::Payments(error) => Self::Payments(error),
            StripeCustomerError::Store(error) => Self::Store(error),
        }
    }
}

/// How long Stripe keeps a session open that it is not told to close
/// (<https://docs.stripe.com/api/checkout/sessions/create>, `expires_at`).
const STRIPES_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Two tabs may withdraw each other's order in turn; someone has to stop.
pub(super) const MAX_TURNS: usize = 4;

/// Opens the one page of Stripe's where this order can be paid. Asked again for the same order, it answers the same page.
pub async fn start_checkout(app: &App, command: StartCheckout) -> Result<Started, StartCheckoutError> {
    start(app, command).await
}

/// Opens the one session by which a page of the operator's has this order paid. Asked again, it answers the same session.
pub async fn start_embedded_checkout(
    app: &App,
    command: StartCheckout,
) -> Result<Started<ClientSecret>, StartCheckoutError> {
    start(app, command).await
}

async fn start<P: Place>(app: &App, mut command: StartCheckout) -> Result<Started<P>, StartCheckoutError> {
    command.terms.ui = P::UI;
    for _ in 0..MAX_TURNS {
        let reservation = command.clone();
        let lifetime = lifetime(app, &command.terms);
        match app.write(move |cx, tx| reserve(cx, tx, &reservation, None, cx.now() + lifetime)).await? {
            Reserved::Open(checkout) => {
                if let Some(page) = show_again(app, &checkout).await? {
                    return Ok(Started::Pay { checkout: checkout.id, page });
                }
            }
            Reserved::Done { checkout, subscription } => {
                activate_now(app, command.project, subscription).await;
                return Ok(Started::Done { checkout, subscription });
            }
            Reserved::Creating(checkout) => match open_at_stripe(app, &checkout).await {
                Ok(Some(page)) => return Ok(Started::Pay { checkout: checkout.id, page }),
                Ok(None) => {}
                Err(error) if Box::pin(has_lost_customer(app, &checkout, &error)).await? => {}
                Err(error) => return Err(error),
            },
            // Boxed, so that who has nothing to withdraw does not carry the room for it.
            Reserved::Waiting(checkout) | Reserved::Other(checkout) => {
                Box::pin(withdraw(app, checkout)).await?;
            }
        }
    }
    Err(StartCheckoutError::Contended)
}

/// How long a page is taken to stay open, until Stripe has said.
fn lifetime(app: &App, terms: &CheckoutTerms) -> SignedDuration {
    if terms.has_stripes_lifetime { STRIPES_LIFETIME } else { app.settings().checkout_lifetime }
}

/// Asks Stripe for the session and records it. `None` when another tab closed the checkout meanwhile.
async fn open_at_stripe<P: Place>(app: &App, checkout: &Checkout) -> Result<Option<P>, StartCheckoutError> {
    let session = ask_for_session(app, checkout).await?;
    let shown = checkout.order.due_now.amount_minor;
    let charged = session.total.map_or(shown, |total| total.amount_minor);
    if charged != shown {
        // Before anything is recorded, so that no other tab is sent to a page with the wrong sum.
        let differing = Checkout { stripe_session_id: Some(session.id), ..checkout.clone() };
        Box::pin(withdraw(app, differing)).await?;
        return Err(match checkout.order.voucher {
            Some(_) => StartCheckoutError::PriceChanged { shown, charged },
            None => StartCheckoutError::PriceDiffers { shown, charged },
        });
    }
    let (project, id, page) = (checkout.project_id, checkout.id, P::told(&session));
    let is_open = app.write(move |_, tx| {
        let Some(mut checkout) = tx.checkouts(project).lock(id)? else { return Ok::<_, StoreError>(false) };
        checkout.opened(session.id.clone(), session.url.clone(), session.expires_at);
        tx.checkouts(project).update(&checkout)?;
        Ok(checkout.is_open())
    });
    let is_open = is_open.await?;
    Ok(page.filter(|_| is_open))
}

/// Whether Stripe refused because it has no such customer any more. Then they have another one there by now, and this
/// checkout makes room: asked again under its key, Stripe would answer the same.
async fn has_lost_customer(
    app: &App,
    checkout: &Checkout,
    error: &StartCheckoutError,
) -> Result<bool, StartCheckoutError> {
    if !matches!(error, StartCheckoutError::Payments(PaymentsError::Refused(_))) {
        return Ok(false);
    }
    let (project, customer, buyer) = (checkout.project_id, checkout.customer_id, checkout.terms.member_id);
    let payments = app.payments(project).await?;
    let was_lost = replace_lost_customer(app, payments.as_ref(), project, customer, buyer).await?;
    if was_lost {
        close_unpaid(app, project, checkout.id, CheckoutState::Abandoned).await?;
    }
    Ok(was_lost)
}

/// Where a checkout is paid that was opened before. What is not kept is asked of Stripe again; a session that is not open
/// any more is settled, and makes room.
async fn show_again<P: Place>(app: &App, checkout: &Checkout) -> Result<Option<P>, StartCheckoutError> {
    if let Some(page) = P::kept(checkout) {
        return Ok(Some(page));
    }
    let Some(stripe_session_id) = &checkout.stripe_session_id else { return Ok(None) };
    let session = app.payments(checkout.project_id).await?.checkout(stripe_session_id).await?;
    if session.status == CheckoutSessionStatus::Open {
        return Ok(P::told(&session));
    }
    let settled = apply_session(app, checkout.project_id, session).await;
    settled.map(|_| None).map_err(|error| StartCheckoutError::Settle(Box::new(error)))
}

/// Activation is the network's business and has a job; here it only gets a head start.
pub(super) async fn activate_now(app: &App, project: ProjectId, subscription: SubscriptionId) {
    if let Err(error) = activate_subscription(app, project, subscription).await {
        tracing::warn!(subscription.id = %subscription, %error, "the subscription {subscription} is not active yet, its job goes on");
    }
}
