//! `buy`: from a period to a page where it can be paid, or straight to the subscription when it is free (contract §8.3).

use jiff::Timestamp;
use perennial_domain::{
    Checkout, CheckoutId, CheckoutTerms, CheckoutUi, Customer, CustomerStatus, Goods, Member, Order,
    OrderLine, OrganizationSettings, PeriodType, Price, PriceId, Product, ProjectId, Subscription,
    SubscriptionId, SubscriptionOrder,
};
use perennial_store::{StoreError, Tx};

use super::offers::is_sold;
use super::pending::make_room;
use super::standing::{Standing, StandingStatus, standing};
use super::step_back::{StepBack, step_back, way_back};
use super::step_down::{StepDown, can_wait, choose_step_down, step_down};
use super::stripe_prices::{CheckPriceError, PriceProblem, check_price};
use crate::checkout::{
    ClientSecret, StartCheckout, StartCheckoutError, Started, start_checkout, start_embedded_checkout,
};
use crate::context::{AccountError, App, Cx};
use crate::ports::PaymentsError;
use crate::subscriptions::ChangePlanError;

/// Who buys what.
#[derive(Clone, Debug)]
pub struct Buy {
    /// Whose catalogue.
    pub project: ProjectId,
    /// The project's settings.
    pub settings: OrganizationSettings,
    /// Who pays.
    pub organization: Customer,
    /// Who clicked.
    pub member: Member,
    /// What is bought.
    pub price: PriceId,
    /// Where it is paid, if the call says.
    pub ui: Option<CheckoutUi>,
}

/// What happens next.
#[derive(Clone, Debug)]
pub struct Bought {
    /// Stripe's id of the session, or ours of a free activation.
    pub session_id: String,
    /// Where it is paid; nowhere, when it is free.
    pub pay: Option<PayPage>,
    /// What it takes the place of.
    pub replaces: Option<Replaced>,
    /// Whether it was had already, and what was to come after it is taken back.
    pub is_kept: bool,
}

/// Where a session is paid.
#[derive(Clone, Debug)]
pub enum PayPage {
    /// On Stripe's page, at this URL.
    Hosted(String),
    /// In a page that mounts it by this.
    Embedded(ClientSecret),
}

/// A subscription that ends when the new one is paid.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// Stripe's id of it, or ours of a free activation.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// Why nothing is bought. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum BuyError {
    /// There is no such period, or it is not on sale.
    #[error("there is no such period on sale")]
    UnknownPeriod,
    /// The organization was deleted or blocked.
    #[error("the organization cannot buy")]
    OrganizationGone,
    /// What it has excludes another.
    #[error("the organization has a subscription already")]
    AlreadyActive,
    /// Stripe would charge something else than we show.
    #[error(transparent)]
    Price(PriceProblem),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(PaymentsError),
    /// There is no checkout.
    #[error(transparent)]
    Start(StartCheckoutError),
    /// The free plan could not be made to wait, or not yet.
    #[error("the subscription could not be changed")]
    Change(#[source] Box<ChangePlanError>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CheckPriceError> for BuyError {
    fn from(error: CheckPriceError) -> Self {
        match error {
            CheckPriceError::Problem(problem) => Self::Price(problem),
            CheckPriceError::Account(error) => Self::Account(error),
            CheckPriceError::Payments(error) => Self::Payments(error),
            CheckPriceError::Store(error) => Self::Store(error),
        }
    }
}

impl From<StartCheckoutError> for BuyError {
    fn from(error: StartCheckoutError) -> Self {
        match error {
            StartCheckoutError::UnknownCustomer(_) => Self::OrganizationGone,
            // Somebody else of the organization was quicker, or their bank has yet to answer.
            StartCheckoutError::AlreadySubscribed(_) | StartCheckoutError::Confirming(_) => {
                Self::AlreadyActive
            }
            StartCheckoutError::PriceNotAtStripe(_) => Self::Price(PriceProblem::NotConfigured),
            StartCheckoutError::PriceDiffers { .. } => Self::Price(PriceProblem::AmountMismatch),
            error => Self::Start(error),
        }
    }
}

/// What is bought, and in place of what.
pub(super) struct Choice {
    pub(super) product: Product,
    pub(super) price: Price,
    /// What ends when it is paid.
    pub(super) replaces: Option<SubscriptionId>,
    /// The same for the caller, where it is a change: what is used up already is not (contract §9.3).
    pub(super) changes: Option<Replaced>,
    course: Course,
}

/// How what is bought is had.
enum Course {
    /// By a checkout, or at once, when it is free.
    Checkout,
    /// The paid subscription is used up before the free plan begins.
    StepDown(Box<StepDown>),
    /// It is had already, and the free plan that waits for its end is taken back.
    StepBack(Box<StepBack>),
}

/// Starts to buy a period. Asked again for the same period, it answers the same session.
pub async fn buy(app: &App, command: Buy) -> Result<Bought, BuyError> {
    match place(app, command.clone()).await {
        // What was to be replaced ended since it was looked at: a second look finds nothing in the way.
        Err(BuyError::Start(StartCheckoutError::SubscriptionEnded(_))) => place(app, command).await,
        // Somebody else of the organization was quicker: with the same plan, or with a page where another is paid.
        Err(BuyError::Change(error)) if matches!(*error, ChangePlanError::Contended) => {
            place(app, command).await
        }
        placed => placed,
    }
}

async fn place(app: &App, command: Buy) -> Result<Bought, BuyError> {
    let mut choice = look(app, &command).await?;
    // Where Stripe's page is opened, opening it makes room.
    if !matches!(choice.course, Course::Checkout)
        && !make_room(app, command.project, command.organization.id).await?
    {
        choice = look(app, &command).await?;
    }
    match choice.course {
        Course::StepDown(down) => return step_down(app, &command, *down, choice.changes).await,
        Course::StepBack(back) => return step_back(app, *back).await,
        Course::Checkout => {}
    }
    if !choice.price.amount.is_zero() {
        check_price(app, command.project, &choice.product, &choice.price).await?;
    }
    let (project, replaces) = (command.project, choice.changes.clone());
    let started = match command.ui.unwrap_or(command.settings.checkout_ui) {
        CheckoutUi::Hosted => start_checkout(app, start(command, &choice)).await?.map(PayPage::Hosted),
        CheckoutUi::Embedded => {
            start_embedded_checkout(app, start(command, &choice)).await?.map(PayPage::Embedded)
        }
    };
    let (checkout, pay) = match started {
        Started::Pay { checkout, page } => (checkout, Some(page)),
        Started::Done { checkout, .. } => (checkout, None),
    };
    let session_id = app.read(move |_, tx| session_id(tx, project, checkout)).await?;
    Ok(Bought { session_id, pay, replaces, is_kept: false })
}

async fn look(app: &App, command: &Buy) -> Result<Choice, BuyError> {
    let command = command.clone();
    app.read(move |cx, tx| choose(cx, tx, &command)).await
}

fn start(command: Buy, Choice { product, price, replaces, .. }: &Choice) -> StartCheckout {
    let plan = OrderLine { product_id: product.id, price_id: price.id, amount: price.amount };
    let replaces = *replaces;
    StartCheckout {
        project: command.project,
        customer: command.organization.id,
        connect_session: None,
        order: Order {
            goods: Goods::Subscription(SubscriptionOrder { replaces, ..SubscriptionOrder::of(plan) }),
            voucher: None,
            due_now: price.amount,
        },
        terms: CheckoutTerms {
            payment_methods: command.settings.payment_methods,
            member_id: Some(command.member.id),
            // Contract §14.6. What is not asked for cannot be refused because Stripe's clock is not ours.
            has_stripes_lifetime: true,
            ..CheckoutTerms::default()
        },
        locale: command.organization.preferred_locale,
        return_url: command.settings.return_url(),
        cancel_url: command.settings.cancel_url(),
    }
}

/// The period, if it is on sale and does not clash with what the organization has (contract §8.3, steps 2 and 3).
fn choose(cx: &Cx, tx: &mut Tx<'_>, command: &Buy) -> Result<Choice, BuyError> {
    let project = command.project;
    let price = tx.prices(project).find(command.price)?;
    let price = price.filter(|price| price.is_on_sale() && PeriodType::of(price.term).is_some());
    let price = price.ok_or(BuyError::UnknownPeriod)?;
    let product = tx.products(project).find(price.product_id)?;
    let product = product
        .filter(|product| is_sold(product, &command.settings.product_line))
        .ok_or(BuyError::UnknownPeriod)?;
    if command.organization.status != CustomerStatus::Active {
        return Err(BuyError::OrganizationGone);
    }
    let stands = standing(cx, tx, project, command.organization.id, &command.settings)?;
    let Some(stands) = stands.filter(|stands| stands.subscription.is_live()) else {
        return Ok(Choice { product, price, replaces: None, changes: None, course: Course::Checkout });
    };
    if let Some(back) = way_back(tx, &command.organization, &stands, &price)? {
        let course = Course::StepBack(Box::new(back));
        return Ok(Choice { product, price, replaces: None, changes: None, course });
    }
    if excludes(&stands, &price, &command.settings) {
        return Err(BuyError::AlreadyActive);
    }
    let id = stands.subscription.id;
    let course = if takes_away(&stands, &price) {
        let down = choose_step_down(cx, tx, &stands.subscription, &product, &price);
        Course::StepDown(Box::new(down.map_err(ChangePlanError::from)?))
    } else {
        Course::Checkout
    };
    let changes = if stands.status == StandingStatus::Active {
        let id = subscription_name(tx, &command.organization, &stands.subscription)?;
        Some(Replaced { id, name: stands.product.name })
    } else {
        None
    };
    Ok(Choice { product, price, replaces: Some(id), changes, course })
}

/// Whether what is wanted would take away what is paid, if it began at once.
fn takes_away(stands: &Standing, wanted: &Price) -> bool {
    stands.status == StandingStatus::Active && !stands.price.amount.is_zero() && wanted.amount.is_zero()
}

/// Whether what an organization has keeps it from buying (contract §9.3).
fn excludes(stands: &Standing, wanted: &Price, settings: &OrganizationSettings) -> bool {
    if stands.status != StandingStatus::Active {
        return false;
    }
    let is_same = stands.price.id == wanted.id;
    let is_paid = !stands.price.amount.is_zero();
    if takes_away(stands, wanted) && !can_wait(&stands.subscription) {
        return true;
    }
    if settings.allow_subscription_change {
        return is_same;
    }
    let goes_on = stands.auto_renew || !stands.subscription.term.renews();
    is_same || (is_paid && goes_on)
}

/// How the contract names a subscription: as Stripe does, or by the activation of a free one (contract §3). One that was
/// paid once has no name at Stripe but its session's.
pub(super) fn subscription_name(
    tx: &mut Tx<'_>,
    organization: &Customer,
    subscription: &Subscription,
) -> Result<String, StoreError> {
    if let Some(stripe_id) = &subscription.stripe_subscription_id {
        return Ok(stripe_id.clone());
    }
    let checkout = subscription.checkout_id;
    let checkout =
        checkout.map_or(Ok(None), |checkout| tx.checkouts(subscription.project_id).find(checkout))?;
    Ok(checkout.map_or_else(String::new, |checkout| name_of(organization, &checkout)))
}

pub(super) fn session_id(tx: &mut Tx<'_>, project: ProjectId, id: CheckoutId) -> Result<String, StoreError> {
    let Some(checkout) = tx.checkouts(project).find(id)? else { return Ok(String::new()) };
    let organization = tx.customers(project).find(checkout.customer_id)?;
    Ok(organization.map_or_else(String::new, |organization| name_of(&organization, &checkout)))
}

/// Stripe's id of a checkout's session, or `free_sub_<organization>_<milliseconds>` where Stripe was not asked.
pub(super) fn name_of(organization: &Customer, checkout: &Checkout) -> String {
    checkout.stripe_session_id.clone().unwrap_or_else(|| free_name(organization, checkout.created_at))
}

/// What the activation of a free plan is called that was asked for then.
pub(super) fn free_name(organization: &Customer, asked_at: Timestamp) -> String {
    let organization = organization.external_id.as_deref().unwrap_or_default().replace('-', "");
    format!("free_sub_{organization}_{}", asked_at.as_millisecond())
}
