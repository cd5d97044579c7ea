//! A cart of which a part is paid: what is left of it is bought, and nothing of it twice.

use perennial_domain::{
    CheckoutForm, CheckoutFormId, FormAgreement, Goods, Money, Order, Product, ProjectId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::attempts::paid_attempts;
use super::{FormError, FormParty, PurchaseQuote, Submission, find_form};
use crate::cards::card_of_customer;
use crate::context::App;

/// What of a cart is still to be bought.
#[derive(Clone, Debug)]
pub enum CartRest {
    /// Nothing of it is paid: it can be begun anew.
    All,
    /// A part is paid, and this is left.
    Left(Box<PurchaseQuote>),
    /// All of it is paid.
    Nothing,
}

/// What is left to buy of a cart that this business confirmed, for what was agreed to.
pub async fn quote_rest(app: &App, party: &FormParty, id: CheckoutFormId) -> Result<CartRest, FormError> {
    let party = party.clone();
    app.read(move |_, tx| rest_of(tx, &party, id)).await
}

/// The cart that was confirmed before, if a part of it is paid: what is left of it is bought.
pub(super) async fn begun_before(
    app: &App,
    party: &FormParty,
    id: CheckoutFormId,
    submission: &Submission,
) -> Result<Option<CheckoutForm>, FormError> {
    match quote_rest(app, party, id).await? {
        CartRest::All => return Ok(None),
        CartRest::Left(quote)
            if quote.due.amount_minor != submission.due_minor || quote.prices() != submission.prices =>
        {
            return Err(FormError::PriceChanged { now: quote.due });
        }
        CartRest::Left(_) | CartRest::Nothing => {}
    }
    Ok(find_form(app, party.project.id, id).await?)
}

fn rest_of(tx: &mut Tx<'_>, party: &FormParty, id: CheckoutFormId) -> Result<CartRest, FormError> {
    let form = tx.checkout_forms(party.project.id).find(id)?;
    let Some(form) = form.filter(|form| form.customer_id == party.customer.id) else {
        return Ok(CartRest::All);
    };
    let FormAgreement::Buy { orders } = &form.agreed else { return Ok(CartRest::Nothing) };
    match orders.split_at_checked(paid_attempts(tx, &form)?.len()) {
        Some(([], _)) => Ok(CartRest::All),
        None | Some((_, [])) => Ok(CartRest::Nothing),
        Some((_, left)) => Ok(CartRest::Left(Box::new(quote(tx, party, left)?))),
    }
}

/// What became of a cart of which a part is paid, in names.
pub(crate) struct CartOutcome {
    /// What was bought.
    pub(crate) bought: Vec<String>,
    /// What was not.
    pub(crate) missing: Vec<String>,
}

/// What became of a cart; `None` where all of it is paid by now, or nothing.
pub(crate) fn outcome_of(tx: &mut Tx<'_>, form: &CheckoutForm) -> Result<Option<CartOutcome>, StoreError> {
    let paid = paid_attempts(tx, form)?.len();
    let (bought, missing) = form.orders().split_at(paid);
    if bought.is_empty() || missing.is_empty() {
        return Ok(None);
    }
    let bought = names(tx, form.project_id, bought)?;
    Ok(Some(CartOutcome { bought, missing: names(tx, form.project_id, missing)? }))
}

fn names(tx: &mut Tx<'_>, project: ProjectId, orders: &[Order]) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for line in orders.iter().flat_map(Order::lines) {
        names.extend(tx.products(project).find(line.product_id)?.map(|product| product.name));
    }
    Ok(names)
}

fn quote(tx: &mut Tx<'_>, party: &FormParty, orders: &[Order]) -> Result<PurchaseQuote, FormError> {
    let project = party.project.id;
    let (mut items, mut replaces) = (Vec::new(), Vec::new());
    for order in orders {
        let line = order.lines().next().ok_or(FormError::Cart)?;
        let product = tx.products(project).find(line.product_id)?.ok_or(FormError::NotOnSale)?;
        let price = tx.prices(project).find(line.price_id)?.ok_or(FormError::NotOnSale)?;
        items.push((product, price));
        replaces.push(replaced_by(tx, party, order)?);
    }
    let first = orders.first().ok_or(FormError::Cart)?;
    let none = Money::zero(first.due_now.currency);
    let due = orders.iter().try_fold(none, |sum, order| sum.checked_add(order.due_now));
    let due = due.map_err(|_| FormError::Cart)?;
    let card = card_of_customer(tx, project, party.customer.id)?;
    Ok(PurchaseQuote { items, replaces, due, total: due, differs: false, is_charged: true, card })
}

fn replaced_by(
    tx: &mut Tx<'_>,
    party: &FormParty,
    order: &Order,
) -> Result<Option<(SubscriptionId, Product)>, StoreError> {
    let Goods::Subscription(goods) = &order.goods else { return Ok(None) };
    let Some(id) = goods.replaces else { return Ok(None) };
    let Some(before) = tx.subscriptions(party.project.id).find(id)? else { return Ok(None) };
    let product = tx.products(party.project.id).find(before.product_id)?;
    Ok(product.map(|product| (id, product)))
}
