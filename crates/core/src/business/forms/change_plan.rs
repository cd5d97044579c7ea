//! Another plan in place of the one that a business has (contract §9.3): charge first and alone, then expire the old one
//! and create the new one in one transaction.

use perennial_domain::{
    CheckoutForm, FormAgreement, Goods, MemberId, Order, OrderLine, Price, Product, SubscriptionChangeId,
    SubscriptionId, SubscriptionOrder,
};
use perennial_store::Tx;

use super::change_quote::{ChangeQuote, ChangeRequest, ChangeWay, quote_at};
use super::uncharged::give_uncharged;
use super::{FormError, FormParty, FormPayment, Pursued, Submission, once, remember};
use crate::business::Grant;
use crate::context::{App, Cx};
use crate::ports::SwapCharge;
use crate::subscriptions::{Succession, make_way, reserve_succession, turn_back};

/// Changes the plan, as it was agreed to. Sent again it is the same change.
pub async fn confirm_change(
    app: &App,
    party: &FormParty,
    request: &ChangeRequest,
    submission: &Submission,
    payment: &FormPayment,
) -> Result<Pursued, FormError> {
    let agreed = Box::pin(agree(app, party, request, submission, payment));
    once(app, party, submission, payment, agreed).await
}

async fn agree(
    app: &App,
    party: &FormParty,
    request: &ChangeRequest,
    submission: &Submission,
    payment: &FormPayment,
) -> Result<CheckoutForm, FormError> {
    let (now, agreed) = (app.now(), submission.agreed());
    let quote = quote_at(app, party, request, agreed.counted_from(now)).await?;
    let is_as_shown = submission.prices == [quote.price.id];
    if !is_as_shown || !agreed.is_still(quote.due, quote.price.amount, now) {
        return Err(FormError::PriceChanged { now: quote.due });
    }
    let quote = if payment.is_with_another_card() { bought_anew(quote)? } else { quote };
    let released = match quote.way {
        ChangeWay::Swap(_) => make_way(app, &quote.current.subscription).await?,
        ChangeWay::Buy | ChangeWay::Record => None,
    };
    let (kept, sent, held) = (party.clone(), submission.clone(), quote.current.subscription.clone());
    let written = app.write(move |cx, tx| {
        let agreed = reserve(cx, tx, &kept, &quote, released, sent.member)?;
        remember(cx, tx, &kept, &sent, agreed)
    });
    let written = written.await;
    if written.is_err() && released.is_some() {
        turn_back(app, &held).await;
    }
    written
}

/// The same plan for the same sum, paid with a card that is entered at Stripe.
fn bought_anew(quote: ChangeQuote) -> Result<ChangeQuote, FormError> {
    match quote.way {
        ChangeWay::Swap(SwapCharge::NewPeriod) if quote.due == quote.price.amount => {
            Ok(ChangeQuote { way: ChangeWay::Buy, ..quote })
        }
        ChangeWay::Swap(_) => Err(FormError::PriceChanged { now: quote.due }),
        ChangeWay::Buy | ChangeWay::Record => Ok(quote),
    }
}

fn reserve(
    cx: &Cx,
    tx: &mut Tx<'_>,
    party: &FormParty,
    quote: &ChangeQuote,
    released: Option<SubscriptionChangeId>,
    buyer: Option<MemberId>,
) -> Result<FormAgreement, FormError> {
    match quote.way {
        ChangeWay::Swap(charge) => {
            let succession = Succession {
                current: quote.current.clone(),
                price: quote.price.clone(),
                buyer,
                prorated_from: match charge {
                    SwapCharge::Difference(from) => Some(from),
                    SwapCharge::NewPeriod => None,
                },
                released,
            };
            Ok(FormAgreement::Change { change: reserve_succession(cx, tx, &succession)?.id })
        }
        ChangeWay::Buy => {
            let replaces = Some(quote.current.subscription.id);
            Ok(FormAgreement::Buy { orders: vec![order_of(&quote.product, &quote.price, replaces, buyer)] })
        }
        ChangeWay::Record => {
            let grant = Grant::of(&party.business.business, quote.product.clone(), quote.price.clone());
            let grant = grant.bought_by(buyer).in_place_of(Some(quote.current.subscription.id));
            give_uncharged(cx, tx, &[grant])
        }
    }
}

/// The order of something that a business buys, in the place of what it has where there is such.
pub(super) fn order_of(
    product: &Product,
    price: &Price,
    replaces: Option<SubscriptionId>,
    buyer_id: Option<MemberId>,
) -> Order {
    let line = OrderLine { product_id: product.id, price_id: price.id, amount: price.amount };
    let goods = SubscriptionOrder { replaces, buyer_id, ..SubscriptionOrder::of(line) };
    Order { goods: Goods::Subscription(goods), voucher: None, due_now: price.amount }
}
