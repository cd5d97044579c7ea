//! What another plan in place of the one that a business has would be, and what it would cost (contract §9.3).

use jiff::Timestamp;
use perennial_domain::{
    BillingBackend, ChangeProration, Currency, Money, PaymentMethod, PaymentType, Price, Product,
    Subscription, SubscriptionState,
};
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

use super::{FormError, FormParty};
use crate::business::{Purchasable, find_purchasable, offer_of};
use crate::cards::{card_of_customer, card_of_subscription};
use crate::context::{App, Cx};
use crate::ports::{InvoicePreview, SwapCharge};
use crate::subscriptions::{CurrentPlan, PlanChoice, price_swap};

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
    party: &FormParty,
    request: &ChangeRequest,
) -> Result<ChangeQuote, FormError> {
    quote_at(app, party, request, app.now()).await
}

/// The same, counted from this time on.
pub(super) async fn quote_at(
    app: &App,
    party: &FormParty,
    request: &ChangeRequest,
    at: Timestamp,
) -> Result<ChangeQuote, FormError> {
    // Stripe counts in whole seconds, and so does what is posted back.
    let quoted_at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let (asked, wanted) = (party.clone(), request.clone());
    let quote = app.read(move |cx, tx| choose(cx, tx, &asked, &wanted, quoted_at)).await?;
    let ChangeWay::Swap(charge) = quote.way else { return Ok(quote) };
    let choice = PlanChoice::swap_now(quote.product.clone(), quote.price.clone());
    let cost = price_swap(app, &quote.current, choice, charge).await?;
    Ok(ChangeQuote { due: cost.due, preview: cost.preview, ..quote })
}

fn choose(
    cx: &Cx,
    tx: &mut Tx<'_>,
    party: &FormParty,
    request: &ChangeRequest,
    quoted_at: Timestamp,
) -> Result<ChangeQuote, FormError> {
    let held = held_plans(cx, tx, party)?;
    let named = match &request.current_plan {
        Some(sku) => {
            let is_named = |held: &&Held| held.product.sku.as_deref() == Some(sku);
            Some(held.iter().find(is_named).ok_or(FormError::NotHeld)?)
        }
        None => None,
    };
    let (found, price) = offered(tx, party, &request.selected_plan)?;
    let is_same_product = |held: &&Held| offered_as(&held.product) == offered_as(&found.product);
    let held = named.or_else(|| held.iter().find(is_same_product)).ok_or(FormError::NotHeld)?;
    let price = match price {
        Some(price) => price,
        None => pick(&found, &held.price, request).ok_or(FormError::SeveralPrices)?.clone(),
    };
    check(held, &found.product, &price)?;
    let Held { subscription, product, price: before } = held;
    let current = CurrentPlan::of(cx, tx, subscription.clone(), product.clone(), before.clone())?;
    let way = way_of(party, &current, &price, quoted_at);
    let due = if way == ChangeWay::Record { Money::zero(price.amount.currency) } else { price.amount };
    let card = match way {
        ChangeWay::Swap(_) => card_of_subscription(tx, &current.subscription)?,
        ChangeWay::Buy | ChangeWay::Record => card_of_customer(tx, party.project.id, party.customer.id)?,
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
fn held_plans(cx: &Cx, tx: &mut Tx<'_>, party: &FormParty) -> Result<Vec<Held>, StoreError> {
    let project = party.project.id;
    let mut held = Vec::new();
    for subscription in tx.subscriptions(project).all_of_customer(party.customer.id)? {
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
    party: &FormParty,
    named: &str,
) -> Result<(Purchasable, Option<Price>), FormError> {
    if let Ok(uid) = named.parse::<Uuid>()
        && let Some(found) = offer_of(tx, party.project.id, uid)?
    {
        return Ok(found);
    }
    let found = find_purchasable(tx, party.project.id, named)?;
    found.map(|found| (found, None)).ok_or(FormError::NotOnSale)
}

/// The price that a link asks for, where the business has nothing that it could take the place of.
pub async fn price_of(app: &App, party: &FormParty, request: &ChangeRequest) -> Result<Price, FormError> {
    let (party, request) = (party.clone(), request.clone());
    app.read(move |_, tx| {
        let (found, price) = offered(tx, &party, &request.selected_plan)?;
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
fn way_of(party: &FormParty, current: &CurrentPlan, price: &Price, quoted_at: Timestamp) -> ChangeWay {
    if party.settings().billing == BillingBackend::Manual {
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
    match party.settings().change_proration {
        _ if !is_billed || !can_be_billed => ChangeWay::Buy,
        ChangeProration::On => ChangeWay::Swap(SwapCharge::Difference(quoted_at)),
        ChangeProration::Off => ChangeWay::Swap(SwapCharge::NewPeriod),
    }
}
