//! The one payment of an organization that is not decided yet (contract §8.7, §8.8).

use jiff::Timestamp;
use perennial_domain::{
    Checkout, CheckoutState, Customer, CustomerId, PaymentId, PeriodType, Price, Product, ProjectId,
};
use perennial_store::{StoreError, Tx};

use super::checkout_status::{Asked, AttemptStatus, bring_up_to_date};
use super::ledger::{LedgerState, payment_id_of};
use crate::checkout::{StartCheckoutError, withdraw_checkout};
use crate::context::App;

/// A payment that is not decided yet.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its id.
    pub id: PaymentId,
    /// Stripe's session.
    pub stripe_session_id: String,
    /// Pending or processing.
    pub state: LedgerState,
    /// When it was begun.
    pub created_at: Timestamp,
    /// What is bought.
    pub product: Product,
    /// At which price.
    pub price: Price,
    /// In which rhythm.
    pub period: PeriodType,
    /// Stripe's page, while it is open and has one.
    pub url: Option<String>,
    /// How the session stands at Stripe; unknown when Stripe did not answer.
    pub status: Option<AttemptStatus>,
}

/// A payment that was withdrawn.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// Its id.
    pub id: PaymentId,
    /// Stripe's session.
    pub stripe_session_id: String,
    /// When.
    pub at: Timestamp,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PendingError {
    /// Nothing is waiting to be paid.
    #[error("no payment is pending")]
    Nothing,
    /// What is being paid for is not sold any more.
    #[error("the period of the pending payment is not on sale any more")]
    PeriodGone,
    /// It could not be withdrawn.
    #[error("the pending payment could not be withdrawn")]
    Withdraw(#[from] StartCheckoutError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The payment that waits, brought up to date with Stripe. One that turns out to be paid or closed is none.
pub async fn find_pending(
    app: &App,
    project: ProjectId,
    organization: &Customer,
) -> Result<Pending, PendingError> {
    let customer = organization.id;
    let waiting = app.read(move |_, tx| tx.checkouts(project).undecided_of(customer)).await?;
    let waiting = waiting.ok_or(PendingError::Nothing)?;
    let asked = bring_up_to_date(app, &waiting).await;
    let id = waiting.id;
    app.read(move |_, tx| {
        let checkout = tx.checkouts(project).find(id)?.filter(Checkout::is_undecided);
        describe(tx, checkout.ok_or(PendingError::Nothing)?, asked)
    })
    .await
}

/// Withdraws the payment that waits: nobody can pay it any more. One that was paid just now has become a subscription
/// instead, and is none.
pub async fn withdraw_pending(
    app: &App,
    project: ProjectId,
    organization: &Customer,
) -> Result<Withdrawn, PendingError> {
    let customer = organization.id;
    let waiting = app.read(move |_, tx| tx.checkouts(project).undecided_of(customer)).await?;
    let waiting = waiting.filter(Checkout::is_open).ok_or(PendingError::Nothing)?;
    let told = withdraw(app, &waiting).await?.and_then(|checkout| {
        let (stripe_session_id, at) = (checkout.stripe_session_id?, checkout.closed_at?);
        Some(Withdrawn { id: payment_id_of(checkout.id), stripe_session_id, at })
    });
    told.ok_or(PendingError::Nothing)
}

/// Withdraws what waits, so that nothing else can be paid beside what is had without paying (contract §9.5). Answers
/// whether all is as it was: otherwise it was paid just now, and the organization has something else.
pub(super) async fn make_room(
    app: &App,
    project: ProjectId,
    organization: CustomerId,
) -> Result<bool, StartCheckoutError> {
    match app.read(move |_, tx| tx.checkouts(project).undecided_of(organization)).await? {
        None => Ok(true),
        Some(waiting) if waiting.is_open() => Ok(withdraw(app, &waiting).await?.is_some()),
        Some(waiting) => Err(StartCheckoutError::Confirming(waiting.id)),
    }
}

/// The checkout, withdrawn; `None` if it was settled instead.
async fn withdraw(app: &App, waiting: &Checkout) -> Result<Option<Checkout>, StartCheckoutError> {
    let (project, id) = (waiting.project_id, waiting.id);
    withdraw_checkout(app, project, id).await?;
    let now = app.read(move |_, tx| tx.checkouts(project).find(id)).await?;
    Ok(now.filter(|checkout| checkout.state == CheckoutState::Abandoned))
}

fn describe(tx: &mut Tx<'_>, checkout: Checkout, asked: Asked) -> Result<Pending, PendingError> {
    // Stripe's answer is still on its way to us, so nobody has seen a page.
    let stripe_session_id = checkout.stripe_session_id.clone().ok_or(PendingError::Nothing)?;
    let order = checkout.order.goods.subscription().ok_or(PendingError::Nothing)?;
    let product = tx.products(checkout.project_id).find(order.plan.product_id)?;
    let price = tx.prices(checkout.project_id).find(order.plan.price_id)?;
    let sold = product.zip(price).filter(|(_, price)| price.is_on_sale());
    let (product, price) = sold.ok_or(PendingError::PeriodGone)?;
    let is_through = checkout.state == CheckoutState::Confirming || asked == Asked::Paid;
    let (state, status) = if is_through {
        (LedgerState::Processing, AttemptStatus::Complete)
    } else {
        (LedgerState::Pending, AttemptStatus::Open)
    };
    Ok(Pending {
        id: payment_id_of(checkout.id),
        stripe_session_id,
        state,
        created_at: checkout.created_at,
        period: PeriodType::of(price.term).ok_or(PendingError::PeriodGone)?,
        product,
        price,
        url: checkout.stripe_url.filter(|_| !is_through),
        status: (asked != Asked::Unknown).then_some(status),
    })
}
