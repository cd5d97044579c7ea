//! Whether Stripe's price is what we show: the nine ways in which it may not be (contract §10).
//!
//! What agreed a moment ago is not asked again, until an event of Stripe says that the price or its product changed.

use jiff::SignedDuration;
use perennial_domain::{Price, Product, ProductStatus, ProjectId, Term};
use perennial_store::StoreError;

use crate::context::{AccountError, App};
use crate::ports::{Payments, PaymentsError, RefusalKind, StripePrice};

/// So long what agreed is trusted, should Stripe's event be lost.
const TRUSTED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What is wrong with a price at Stripe, in the order in which it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceProblem {
    /// It was never applied at Stripe.
    #[error("the price has no Stripe price")]
    NotConfigured,
    /// Stripe does not know it, at least not in this account and mode.
    #[error("Stripe does not know the price")]
    NotFound,
    /// It was taken off sale.
    #[error("the Stripe price is not active")]
    Inactive,
    /// It is of another product.
    #[error("the Stripe price is of another product")]
    ProductMismatch,
    /// Its product was taken off sale.
    #[error("the Stripe product is not active")]
    ProductInactive,
    /// Paid once here and again and again there, or the other way round.
    #[error("the Stripe price recurs where ours does not, or the other way round")]
    TypeMismatch,
    /// Another rhythm.
    #[error("the Stripe price has another interval")]
    IntervalMismatch,
    /// Another currency.
    #[error("the Stripe price has another currency")]
    CurrencyMismatch,
    /// Another amount.
    #[error("the Stripe price has another amount")]
    AmountMismatch,
}

impl PriceProblem {
    /// The contract's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotConfigured => "STRIPE_PRICE_NOT_CONFIGURED",
            Self::NotFound => "STRIPE_PRICE_NOT_FOUND",
            Self::Inactive => "STRIPE_PRICE_INACTIVE",
            Self::ProductMismatch => "STRIPE_PRICE_PRODUCT_MISMATCH",
            Self::ProductInactive => "STRIPE_PRICE_PRODUCT_INACTIVE",
            Self::TypeMismatch => "STRIPE_PRICE_TYPE_MISMATCH",
            Self::IntervalMismatch => "STRIPE_PRICE_INTERVAL_MISMATCH",
            Self::CurrencyMismatch => "STRIPE_PRICE_CURRENCY_MISMATCH",
            Self::AmountMismatch => "STRIPE_PRICE_AMOUNT_MISMATCH",
        }
    }
}

/// Why a price cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub(super) enum CheckPriceError {
    /// It is not what we show.
    #[error(transparent)]
    Problem(#[from] PriceProblem),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes sure that Stripe would charge what we show.
pub(super) async fn check_price(
    app: &App,
    project: ProjectId,
    product: &Product,
    price: &Price,
) -> Result<(), CheckPriceError> {
    let id = price.id;
    let checked_at = app.read(move |_, tx| tx.prices(project).stripe_checked_at(id)).await?;
    if checked_at.is_some_and(|checked_at| app.now() < checked_at + TRUSTED_FOR) {
        return Ok(());
    }
    let asked_at = app.now();
    ask_and_compare(app.payments(project).await?.as_ref(), product, price).await?;
    app.write(move |_, tx| tx.prices(project).note_stripe_check(id, asked_at)).await?;
    Ok(())
}

/// Asks Stripe about every price of the catalogue that Stripe is to charge, for the operator: plans and add-ons, also those
/// that are not on sale yet. Each comes with what is wrong with it, if anything is.
pub async fn examine_prices(
    app: &App,
    project: ProjectId,
) -> Result<Vec<(Product, Price, Option<PriceProblem>)>, ExaminePricesError> {
    let (products, prices) = app
        .read(move |_, tx| Ok::<_, StoreError>((tx.products(project).all()?, tx.prices(project).all()?)))
        .await?;
    let payments = app.payments(project).await?;
    let mut examined = Vec::new();
    for price in prices.into_iter().filter(|price| price.is_on_sale() && !price.amount.is_zero()) {
        let Some(product) = products.iter().find(|product| product.id == price.product_id) else { continue };
        if product.status != ProductStatus::Archived {
            let problem = match ask_and_compare(payments.as_ref(), product, &price).await {
                Ok(()) => None,
                Err(AskError::Problem(problem)) => Some(problem),
                Err(AskError::Payments(error)) => return Err(error.into()),
            };
            examined.push((product.clone(), price, problem));
        }
    }
    Ok(examined)
}

/// Why the catalogue cannot be examined.
#[derive(Debug, thiserror::Error)]
pub enum ExaminePricesError {
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stripe says that a price changed: the next purchase asks again.
pub async fn forget_price(app: &App, project: ProjectId, stripe_price_id: &str) -> Result<(), StoreError> {
    let id = stripe_price_id.to_owned();
    app.write(move |cx, tx| tx.prices(project).forget_stripe_check(&id, cx.now())).await
}

/// Stripe says that a product changed: the next purchase of any of its prices asks again.
pub async fn forget_product(
    app: &App,
    project: ProjectId,
    stripe_product_id: &str,
) -> Result<(), StoreError> {
    let id = stripe_product_id.to_owned();
    app.write(move |cx, tx| tx.prices(project).forget_stripe_checks_of(&id, cx.now())).await
}

#[derive(Debug)]
enum AskError {
    Problem(PriceProblem),
    Payments(PaymentsError),
}

impl From<AskError> for CheckPriceError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Problem(problem) => Self::Problem(problem),
            AskError::Payments(error) => Self::Payments(error),
        }
    }
}

async fn ask_and_compare(payments: &dyn Payments, product: &Product, price: &Price) -> Result<(), AskError> {
    let Some(stripe_price_id) = &price.stripe_price_id else {
        return Err(AskError::Problem(PriceProblem::NotConfigured));
    };
    match payments.price(stripe_price_id).await {
        Ok(found) => compare(product, price, &found).map_err(AskError::Problem),
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
            Err(AskError::Problem(PriceProblem::NotFound))
        }
        Err(error) => Err(AskError::Payments(error)),
    }
}

fn compare(product: &Product, price: &Price, found: &StripePrice) -> Result<(), PriceProblem> {
    if !found.is_active {
        return Err(PriceProblem::Inactive);
    }
    if product.stripe_product_id.as_ref() != Some(&found.stripe_product_id) {
        return Err(PriceProblem::ProductMismatch);
    }
    if !found.product_is_active {
        return Err(PriceProblem::ProductInactive);
    }
    match (price.term, found.interval) {
        (Term::Recurring(ours), Some(theirs)) if ours != theirs => {
            return Err(PriceProblem::IntervalMismatch);
        }
        (Term::Recurring(_), Some(_)) | (Term::Fixed(_) | Term::Lifetime, None) => {}
        (Term::Recurring(_), None) | (Term::Fixed(_) | Term::Lifetime, Some(_)) => {
            return Err(PriceProblem::TypeMismatch);
        }
    }
    if found.currency != Some(price.amount.currency) {
        return Err(PriceProblem::CurrencyMismatch);
    }
    if found.amount_minor != Some(price.amount.amount_minor) {
        return Err(PriceProblem::AmountMismatch);
    }
    Ok(())
}
