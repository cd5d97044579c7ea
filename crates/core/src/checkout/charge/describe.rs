//! What Stripe is asked to charge, from rows that do not change any more.

use perennial_domain::{Checkout, Goods, OrderLine, Price, Term};
use perennial_store::Tx;

use crate::checkout::start::StartCheckoutError;
use crate::context::App;
use crate::customers::stripe_customer_for;
use crate::ports::{Charge, ChargeGoods, Extension};

/// The charge of a checkout, always the same.
pub(super) async fn describe(app: &App, checkout: &Checkout) -> Result<Charge, StartCheckoutError> {
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

fn goods_of(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<ChargeGoods, StartCheckoutError> {
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
                return Err(StartCheckoutError::RenewingAddon);
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

fn sold(
    tx: &mut Tx<'_>,
    checkout: &Checkout,
    line: &OrderLine,
) -> Result<(Price, String), StartCheckoutError> {
    let missing = || StartCheckoutError::PriceNotAtStripe(line.price_id);
    let price = tx.prices(checkout.project_id).find(line.price_id)?.ok_or_else(missing)?;
    let stripe_price = price.stripe_price_id.clone().ok_or_else(missing)?;
    Ok((price, stripe_price))
}
