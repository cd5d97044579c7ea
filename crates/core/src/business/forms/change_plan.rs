//! Another plan in place of the one that a business has (contract §9.3): charge first and alone, then expire the old one
//! and create the new one in one transaction.

use jiff::Timestamp;
use perennial_domain::{
    BillingBackend, CancellationCause, ChangeProration, Currency, FormAgreement, Goods, MemberId, Money,
    Order, OrderLine, PaymentMethod, PaymentType, Price, Product, Subscription, SubscriptionChangeId,
    SubscriptionId, SubscriptionOrder, SubscriptionState,
};
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

use super::pursue::{Pursued, pursue};
use super::{FormError, FormOwner, FormPayment, Submission, remember, reserved, sent_before};
use crate::business::{Grant, Purchasable, find_purchasable, grant_in, offer_of};
use crate::cards::{card_of_customer, card_of_subscription};
use crate::context::{App, Cx};
use crate::ports::{InvoicePreview, SwapCharge};
use crate::subscriptions::{
    CurrentPlan, PlanChoice, Succession, end_in, is_change_under_way, make_way, price_swap,
    reserve_succession, turn_back,
};

/// What a link to the form asks for (contract §9.1).
#[derive(Clone, Debug)]
pub struct ChangeRequest {
    /// The SKU of what is to be replaced. Without one it is what the business has of the same product.
    pub current_plan: Option<String>,
    /// A SKU, a price, or a purchasable.
    pub selected_plan: String,
    /// How it shall be paid, where that is not clear.
    pub payment_type: Option<PaymentType>,
    /// In which currency, where that is not clear.
    pub currency: Option<Currency>,
}

/// How a change comes true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeWay {
    /// Stripe swaps what it bills, and charges that.
    Swap(SwapCharge),
    /// The new plan is bought, and takes the old one's place once it is paid.
    Buy,
    /// Somebody else moves the money.
    Record,
}

/// What a change is, and what it costs.
#[derive(Clone, Debug)]
pub struct ChangeQuote {
    /// What the business has.
    pub current: CurrentPlan,
    /// What it will have.
    pub product: Product,
    /// At which price.
    pub price: Price,
    /// How it comes true.
    pub way: ChangeWay,
    /// What is charged now; negative if it is a credit.
    pub due: Money,
    /// Why, where Stripe swaps.
    pub preview: Option<InvoicePreview>,
    /// The card that pays what is bought anew.
    pub card: Option<PaymentMethod>,
    /// From when on it was counted, in whole seconds.
    pub quoted_at: Timestamp,
}

/// What a change would be, and what it would cost now.
pub async fn quote_change(
    app: &App,
    owner: &FormOwner,
    request: &ChangeRequest,
) -> Result<ChangeQuote, FormError> {
    quote_at(app, owner, request, app.now()).await
}

async fn quote_at(
    app: &App,
    owner: &FormOwner,
    request: &ChangeRequest,
    at: Timestamp,
) -> Result<ChangeQuote, FormError> {
    // Stripe counts in whole seconds, and so does what is posted back.
    let quoted_at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let (asked, wanted) = (owner.clone(), request.clone());
    let quote = app.read(move |cx, tx| choose(cx, tx, &asked, &wanted, quoted_at)).await?;
    let ChangeWay::Swap(charge) = quote.way else { return Ok(quote) };
    let choice = PlanChoice::swap_now(quote.product.clone(), quote.price.clone());
    let cost = price_swap(app, &quote.current, choice, charge).await?;
    Ok(ChangeQuote { due: cost.due, preview: cost.preview, ..quote })
}

fn choose(
    cx: &Cx,
    tx: &mut Tx<'_>,
    owner: &FormOwner,
    request: &ChangeRequest,
    quoted_at: Timestamp,
) -> Result<ChangeQuote, FormError> {
    let held = held_plans(cx, tx, owner)?;
    let named = match &request.current_plan {
        Some(sku) => {
            let is_named = |held: &&Held| held.product.sku.as_deref() == Some(sku);
            Some(held.iter().find(is_named).ok_or(FormError::NotHeld)?)
        }
        None => None,
    };
    let (found, price) = offered(tx, owner, &request.selected_plan)?;
    let is_same_product = |held: &&Held| offered_as(&held.product) == offered_as(&found.product);
    let held = named.or_else(|| held.iter().find(is_same_product)).ok_or(FormError::NotHeld)?;
    let price = match price {
        Some(price) => price,
        None => pick(&found, &held.price, request).ok_or(FormError::SeveralPrices)?.clone(),
    };
    check(held, &found.product, &price)?;
    let Held { subscription, product, price: before } = held;
    let current = CurrentPlan::of(cx, tx, subscription.clone(), product.clone(), before.clone())?;
    let way = way_of(owner, &current, &price, quoted_at);
    let due = if way == ChangeWay::Record { Money::zero(price.amount.currency) } else { price.amount };
    let card = match way {
        ChangeWay::Swap(_) => card_of_subscription(tx, &current.subscription)?,
        ChangeWay::Buy | ChangeWay::Record => card_of_customer(tx, owner.project.id, owner.customer.id)?,
    };
    Ok(ChangeQuote { current, product: found.product, price, way, due, preview: None, card, quoted_at })
}

/// A subscription of the business, with what it is.
struct Held {
    subscription: Subscription,
    product: Product,
    price: Price,
}

/// What the business has by itself, oldest first: what comes along with something else is changed with that.
fn held_plans(cx: &Cx, tx: &mut Tx<'_>, owner: &FormOwner) -> Result<Vec<Held>, StoreError> {
    let project = owner.project.id;
    let mut held = Vec::new();
    for subscription in tx.subscriptions(project).all_of_customer(owner.customer.id)? {
        let is_paused = subscription.state == SubscriptionState::Paused;
        if !subscription.is_had_at(cx.now()) || is_paused || subscription.bundled_from_id.is_some() {
            continue;
        }
        let product = tx.products(project).find(subscription.product_id)?;
        let price = tx.prices(project).find(subscription.price_id)?;
        held.extend(product.zip(price).map(|(product, price)| Held { subscription, product, price }));
    }
    Ok(held)
}

fn offered_as(product: &Product) -> Option<&str> {
    product.business_facts.as_ref().map(|facts| facts.offered_as.as_str())
}

/// What a text names: a price or a purchasable by its id, or a purchasable by its SKU.
fn offered(
    tx: &mut Tx<'_>,
    owner: &FormOwner,
    named: &str,
) -> Result<(Purchasable, Option<Price>), FormError> {
    if let Ok(uid) = named.parse::<Uuid>()
        && let Some(found) = offer_of(tx, owner.project.id, uid)?
    {
        return Ok(found);
    }
    let found = find_purchasable(tx, owner.project.id, named)?;
    found.map(|found| (found, None)).ok_or(FormError::NotOnSale)
}

/// The price that a link asks for, where the business has nothing that it could take the place of.
pub async fn price_of(app: &App, owner: &FormOwner, request: &ChangeRequest) -> Result<Price, FormError> {
    let (owner, request) = (owner.clone(), request.clone());
    app.read(move |_, tx| {
        let (found, price) = offered(tx, &owner, &request.selected_plan)?;
        match (price, found.prices.as_slice(), request.currency.zip(request.payment_type)) {
            (Some(price), _, _) => Ok(price),
            (None, [only], _) => Ok(only.clone()),
            (None, _, Some((currency, paid))) => {
                found.price(currency, paid).cloned().ok_or(FormError::SeveralPrices)
            }
            (None, _, None) => Err(FormError::SeveralPrices),
        }
    })
    .await
}

/// The one price that is meant where several are for sale: that which is paid as before, or else as the link says.
fn pick<'p>(found: &'p Purchasable, before: &Price, request: &ChangeRequest) -> Option<&'p Price> {
    if let [only] = found.prices.as_slice() {
        return Some(only);
    }
    let as_before = found.price(before.amount.currency, PaymentType::of(before.amount, before.term));
    let currency = request.currency.unwrap_or(before.amount.currency);
    as_before.or_else(|| found.price(currency, request.payment_type?))
}

fn check(held: &Held, product: &Product, price: &Price) -> Result<(), FormError> {
    if offered_as(&held.product).is_none() || offered_as(&held.product) != offered_as(product) {
        return Err(FormError::OtherProduct);
    }
    // The same plan in another rhythm is another offer.
    if product.id == held.product.id && price.term == held.price.term {
        return Err(FormError::SamePlan);
    }
    if held.subscription.is_in_arrears() {
        return Err(FormError::PaymentOpen);
    }
    Ok(())
}

/// What Stripe bills goes on being billed, with another price. All else is bought anew: it was free, paid once, paid to
/// somebody else, is about to end, or will be free; or add-ons renew with it, which end with it.
fn way_of(owner: &FormOwner, current: &CurrentPlan, price: &Price, quoted_at: Timestamp) -> ChangeWay {
    if owner.settings().billing == BillingBackend::Manual {
        return ChangeWay::Record;
    }
    let is_billed = current.subscription.stripe_subscription_id.is_some()
        && current.price.stripe_price_id.is_some()
        && current.subscription.can_change_plan()
        && current.addons.is_empty();
    let can_be_billed = price.term.renews()
        && price.stripe_price_id.is_some()
        && !price.amount.is_zero()
        && price.amount.currency == current.price.amount.currency;
    match owner.settings().change_proration {
        _ if !is_billed || !can_be_billed => ChangeWay::Buy,
        ChangeProration::On => ChangeWay::Swap(SwapCharge::Difference(quoted_at)),
        ChangeProration::Off => ChangeWay::Swap(SwapCharge::NewPeriod),
    }
}

/// Changes the plan, as it was agreed to. Sent again it is the same change.
pub async fn confirm_change(
    app: &App,
    owner: &FormOwner,
    request: &ChangeRequest,
    submission: &Submission,
    payment: &FormPayment,
) -> Result<Pursued, FormError> {
    if let Some(form) = sent_before(app, owner.project.id, submission).await? {
        return pursue(app, form, payment).await;
    }
    let (now, agreed) = (app.now(), submission.agreed());
    let quote = quote_at(app, owner, request, agreed.counted_from(now)).await?;
    let is_as_shown = submission.prices == [quote.price.id];
    if !is_as_shown || !agreed.is_still(quote.due, quote.price.amount, now) {
        return Err(FormError::PriceChanged { now: quote.due });
    }
    let quote = if payment.is_with_another_card() { bought_anew(quote)? } else { quote };
    let released = match quote.way {
        ChangeWay::Swap(_) => make_way(app, &quote.current).await?,
        ChangeWay::Buy | ChangeWay::Record => None,
    };
    let (kept, sent, current) = (owner.clone(), submission.clone(), quote.current.clone());
    let written = app.write(move |cx, tx| {
        let agreed = reserve(cx, tx, &kept, &quote, released, sent.member)?;
        remember(cx, tx, &kept, &sent, agreed)
    });
    let written = written.await;
    if written.is_err() && released.is_some() {
        turn_back(app, &current).await;
    }
    let form = reserved(app, owner.project.id, submission, written).await?;
    pursue(app, form, payment).await
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
    owner: &FormOwner,
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
        ChangeWay::Record => grant_uncharged(cx, tx, owner, quote, buyer),
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

/// The old one ends and the new one begins, in this transaction.
fn grant_uncharged(
    cx: &Cx,
    tx: &mut Tx<'_>,
    owner: &FormOwner,
    quote: &ChangeQuote,
    buyer: Option<MemberId>,
) -> Result<FormAgreement, FormError> {
    let before = tx.subscriptions(owner.project.id).lock(quote.current.subscription.id)?;
    let mut before = before.filter(Subscription::is_live).ok_or(FormError::NotHeld)?;
    if is_change_under_way(tx, owner.project.id, before.id)? {
        return Err(FormError::UnderWay);
    }
    before.canceled_at.get_or_insert(cx.now());
    end_in(cx, tx, &mut before, cx.now(), CancellationCause::CancellationRequested)?;
    let grant = Grant::of(&owner.business.business, quote.product.clone(), quote.price.clone());
    let grant = Grant { replaces: Some(before.id), ..grant.bought_by(buyer) };
    Ok(FormAgreement::Recorded { subscriptions: vec![grant_in(cx, tx, &grant)?.id] })
}
