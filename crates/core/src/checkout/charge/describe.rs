//! What Stripe is asked to charge, from rows that do not change any more.

use perennial_domain::{Checkout, CustomerId, Goods, OrderLine, Price, PriceId, Term};
use perennial_store::{StoreError, Tx};

use crate::checkout::start::StartCheckoutError;
use crate::context::{AccountError, App};
use crate::customers::{StripeCustomerError, stripe_customer_for};
use crate::ports::{Charge, ChargeGoods, Extension, PaymentsError};

/// Why Stripe cannot be asked about a charge.
#[derive(Debug, thiserror::Error)]
pub(super) enum DescribeError {
    /// Not now, and never: the row names what is not there.
    #[error(transparent)]
    Impossible(#[from] Impossible),
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

/// What a charge needs and is not there.
#[derive(Debug, thiserror::Error)]
pub(super) enum Impossible {
    /// Who pays.
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    /// The Stripe Subscription that a renewing add-on is charged with.
    #[error("a renewing add-on can be charged only with its subscription")]
    RenewingAddon,
    /// What the catalogue calls it at Stripe.
    #[error("the price {0} does not exist at Stripe")]
    PriceNotAtStripe(PriceId),
}

impl From<StripeCustomerError> for DescribeError {
    fn from(error: StripeCustomerError) -> Self {
        match error {
            StripeCustomerError::Unknown(id) => Impossible::UnknownCustomer(id).into(),
            StripeCustomerError::Payments(error) => Self::Payments(error),
            StripeCustomerError::Store(error) => Self::Store(error),
        }
    }
}

impl From<DescribeError> for StartCheckoutError {
    fn from(error: DescribeError) -> Self {
        match error {
            DescribeError::Impossible(Impossible::UnknownCustomer(id)) => Self::UnknownCustomer(id),
            DescribeError::Impossible(Impossible::RenewingAddon) => Self::RenewingAddon,
            DescribeError::Impossible(Impossible::PriceNotAtStripe(price)) => Self::PriceNotAtStripe(price),
            DescribeError::Account(error) => Self::Account(error),
            DescribeError::Payments(error) => Self::Payments(error),
            DescribeError::Store(error) => Self::Store(error),
        }
    }
}

/// The charge of a checkout, always the same.
pub(super) async fn describe(app: &App, checkout: &Checkout) -> Result<Charge, DescribeError> {
    let payments = app.payments(checkout.project_id).await?;
    let (project, customer, buyer) = (checkout.project_id, checkout.customer_id, checkout.terms.member_id);
    let stripe_customer_id = stripe_customer_for(app, payments.as_ref(), project, customer, buyer).await?;
    let owned = checkout.clone();
    let goods = app.read(move |_, tx| goods_of(tx, &owned)).await?;
    let voucher = checkout.order.voucher.as_ref();
    Ok(Charge {
        id: checkout.id,
        stripe_customer_id,
        stripe_payment_method_id: checkout.saved_card.clone().unwrap_or_default(),
        goods,
        stripe_promotion_code_id: voucher.map(|voucher| voucher.stripe_promotion_code_id.clone()),
        total: checkout.order.due_now,
        customer_is_there: checkout.connect_session_id.is_some(),
    })
}

fn goods_of(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<ChargeGoods, DescribeError> {
    let (mut renewing, mut once) = (Vec::new(), Vec::new());
    for line in checkout.order.lines().filter(|line| !line.amount.is_zero()) {
        let (price, stripe_price) = sold(tx, checkout, line)?;
        if matches!(price.term, Term::Recurring(_)) {
            renewing.push(stripe_price);
        } else {
            once.push(stripe_price);
        }
    }
    match &checkout.order.goods {
        _ if renewing.is_empty() => Ok(ChargeGoods::Once { stripe_prices: once }),
        Goods::Subscription(_) | Goods::PlanChange(_) => {
            Ok(ChargeGoods::Subscribe { stripe_prices: renewing, extras: once })
        }
        Goods::Addons(order) => {
            // As it was when the charge was asked for: the subscription may have become a free one since.
            let billed = checkout.saved_card.clone();
            let (Some(stripe_subscription_id), Some(prorated_at)) = (billed, order.prorated_at) else {
                return Err(Impossible::RenewingAddon.into());
            };
            Ok(ChargeGoods::Extend(Extension {
                stripe_subscription_id,
                stripe_prices: renewing,
                extras: once,
                prorated_at,
            }))
        }
    }
}

fn sold(tx: &mut Tx<'_>, checkout: &Checkout, line: &OrderLine) -> Result<(Price, String), DescribeError> {
    let missing = || Impossible::PriceNotAtStripe(line.price_id);
    let price = tx.prices(checkout.project_id).find(line.price_id)?.ok_or_else(missing)?;
    let stripe_price = price.stripe_price_id.clone().ok_or_else(missing)?;
    Ok((price, stripe_price))
}
