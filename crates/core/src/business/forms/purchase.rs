//! Buying what is in a cart, at our own prices (contract §9.4). Nothing is had before it is paid.

use std::collections::HashSet;

use perennial_domain::{
    BillingBackend, CheckoutForm, FormAgreement, Id, MemberId, Money, Order, PaymentMethod, PaymentType,
    Price, PriceId, Product, PurchaseState, Subscription, SubscriptionId,
};
use perennial_store::Tx;
use uuid::Uuid;

use super::change_plan::order_of;
use super::rest::begun_before;
use super::uncharged::give_uncharged;
use super::{FormError, FormParty, FormPayment, Pursued, Submission, once, remember};
use crate::business::room::{Room, room_for};
use crate::business::{Grant, OfferError, OfferRequest, find_offer, offer_of};
use crate::cards::card_of_customer;
use crate::context::{App, Cx};

/// Nobody's cart is fuller, and each item is a charge of its own.
const MAX_ITEMS: usize = 20;

/// One thing in a cart, as the link says it (contract §9.1). What it says of the price is only compared.
#[derive(Clone, Debug)]
pub struct CartItem {
    /// A price, or a purchasable with one price.
    pub uid: Uuid,
    /// What the page before showed: a price in major units.
    pub shown_price: Option<String>,
    /// How the page before said that it is paid.
    pub payment_type: Option<PaymentType>,
    /// The currency that the page before showed.
    pub currency: Option<String>,
}

/// What is bought, and what it costs.
#[derive(Clone, Debug)]
pub struct PurchaseQuote {
    /// What is bought, each with its price.
    pub items: Vec<(Product, Price)>,
    /// What takes the place of what: for each item the subscription that ends.
    pub replaces: Vec<Option<(SubscriptionId, Product)>>,
    /// What is charged now. Nothing where somebody else charges.
    pub due: Money,
    /// What all of it costs in its first period.
    pub total: Money,
    /// Whether the page before showed other prices than these.
    pub differs: bool,
    /// Whether this server charges.
    pub is_charged: bool,
    /// The card that pays.
    pub card: Option<PaymentMethod>,
}

impl PurchaseQuote {
    /// What is bought, by its prices.
    pub fn prices(&self) -> Vec<PriceId> {
        self.items.iter().map(|(_, price)| price.id).collect()
    }

    fn orders(&self, buyer: Option<MemberId>) -> Vec<Order> {
        let items = self.items_and_replaced();
        items.map(|(product, price, replaces)| order_of(product, price, replaces, buyer)).collect()
    }

    fn grants(&self, party: &FormParty, buyer: Option<MemberId>) -> Vec<Grant> {
        let grant = |product: &Product, price: &Price| {
            Grant::of(&party.business.business, product.clone(), price.clone()).bought_by(buyer)
        };
        let items = self.items_and_replaced();
        items.map(|(product, price, replaces)| grant(product, price).in_place_of(replaces)).collect()
    }

    fn items_and_replaced(&self) -> impl Iterator<Item = (&Product, &Price, Option<SubscriptionId>)> {
        let replaced = self.replaces.iter().map(|replaced| replaced.as_ref().map(|(id, _)| *id));
        self.items.iter().zip(replaced).map(|((product, price), replaces)| (product, price, replaces))
    }
}

/// What a cart is, and what it costs now.
pub async fn quote_purchase(
    app: &App,
    party: &FormParty,
    cart: &[CartItem],
) -> Result<PurchaseQuote, FormError> {
    let (party, cart) = (party.clone(), cart.to_vec());
    app.read(move |cx, tx| quote(cx, tx, &party, &cart)).await
}

fn quote(cx: &Cx, tx: &mut Tx<'_>, party: &FormParty, cart: &[CartItem]) -> Result<PurchaseQuote, FormError> {
    if cart.is_empty() || cart.len() > MAX_ITEMS {
        return Err(FormError::Cart);
    }
    let (mut items, mut replaces, mut groups) = (Vec::new(), Vec::new(), HashSet::new());
    let mut differs = false;
    for item in cart {
        let (product, price) = offered(tx, party, item.uid)?;
        differs |= !is_as_shown(item, &price);
        if let Some(group) = &product.exclusive_group
            && !groups.insert(group.clone())
        {
            return Err(FormError::Cart);
        }
        replaces.push(replaced_by(cx, tx, party, &product)?);
        items.push((product, price));
    }
    let total = total_of(&items)?;
    let is_charged = party.settings().billing == BillingBackend::Stripe;
    let due = if is_charged { total } else { Money::zero(total.currency) };
    let paying = card_of_customer(tx, party.project.id, party.customer.id)?;
    Ok(PurchaseQuote { items, replaces, due, total, differs, is_charged, card: paying })
}

fn total_of(items: &[(Product, Price)]) -> Result<Money, FormError> {
    let (first, rest) = items.split_first().ok_or(FormError::Cart)?;
    let sum = rest.iter().try_fold(first.1.amount, |sum, (_, price)| sum.checked_add(price.amount));
    sum.map_err(|_| FormError::Cart)
}

/// What an id names. A price that was replaced since stands for the one that is paid alike now.
fn offered(tx: &mut Tx<'_>, party: &FormParty, uid: Uuid) -> Result<(Product, Price), FormError> {
    let project = party.project.id;
    match find_offer(tx, project, &OfferRequest::Uid(uid)) {
        Err(OfferError::Unknown) => {}
        found => return Ok(found?),
    }
    let replaced = tx.prices(project).find(PriceId::from_uuid(uid))?.ok_or(FormError::NotOnSale)?;
    let (found, _) = offer_of(tx, project, replaced.product_id.uuid())?.ok_or(FormError::NotOnSale)?;
    let alike = found.price(replaced.amount.currency, PaymentType::of(replaced.amount, replaced.term));
    let alike = alike.cloned().ok_or(FormError::NotOnSale)?;
    Ok((found.product, alike))
}

/// Whether the page before spoke of this price. What it left out it did not get wrong.
fn is_as_shown(item: &CartItem, price: &Price) -> bool {
    let currency = price.amount.currency;
    let is_paid_so = item.payment_type.is_none_or(|shown| shown == PaymentType::of(price.amount, price.term));
    let is_amount = |shown: &String| Money::from_major_units(shown, currency) == Ok(price.amount);
    is_paid_so
        && item.currency.as_ref().is_none_or(|shown| shown == currency.code())
        && item.shown_price.as_ref().is_none_or(is_amount)
}

/// What the business loses for it. Who buys what goes on by itself would pay for nothing.
fn replaced_by(
    cx: &Cx,
    tx: &mut Tx<'_>,
    party: &FormParty,
    product: &Product,
) -> Result<Option<(SubscriptionId, Product)>, FormError> {
    let goes_on = |held: &Subscription| held.purchase_state(cx.now()) == PurchaseState::Live;
    let held = match room_for(cx, tx, party.customer.id, product)? {
        Room::Free => return Ok(None),
        Room::Taken(_) => return Err(FormError::AlreadyHeld),
        Room::Replaces(held) if goes_on(&held) && held.product_id == product.id => {
            return Err(FormError::AlreadyHeld);
        }
        Room::Over(held) | Room::Canceled(held) | Room::Replaces(held) => held,
    };
    let before = tx.products(party.project.id).find(held.product_id)?;
    Ok(before.map(|before| (held.id, before)))
}

/// Buys it, as it was agreed to. Sent again it is the same purchase.
pub async fn confirm_purchase(
    app: &App,
    party: &FormParty,
    cart: &[CartItem],
    submission: &Submission,
    payment: &FormPayment,
) -> Result<Pursued, FormError> {
    once(app, party, submission, payment, agree(app, party, cart, submission)).await
}

async fn agree(
    app: &App,
    party: &FormParty,
    cart: &[CartItem],
    submission: &Submission,
) -> Result<CheckoutForm, FormError> {
    if let Some(before) = submission.goes_on_with
        && let Some(form) = begun_before(app, party, before, submission).await?
    {
        return Ok(form);
    }
    let quote = quote_purchase(app, party, cart).await?;
    let is_as_agreed = quote.prices() == submission.prices
        && quote.due.amount_minor == submission.due_minor
        && quote.total.amount_minor == submission.next_minor;
    if !is_as_agreed {
        return Err(FormError::PriceChanged { now: quote.due });
    }
    let (party, submission) = (party.clone(), submission.clone());
    app.write(move |cx, tx| {
        let agreed = if quote.is_charged {
            FormAgreement::Buy { orders: quote.orders(submission.member) }
        } else {
            give_uncharged(cx, tx, &quote.grants(&party, submission.member))?
        };
        remember(cx, tx, &party, &submission, agreed)
    })
    .await
}
