//! Looking at orders: the checkouts, and what became of each. What makes and settles them is in `checkout`.

use std::collections::HashMap;

use perennial_domain::{
    Checkout, CheckoutId, Customer, OrderLine, Price, PriceId, Product, ProductId, ProjectId,
    SubscriptionAddonId,
};
use perennial_store::tables::{CheckoutFilter, CheckoutView, PageError, PageRequest, PaymentView, Slice};
use perennial_store::{StoreError, Tx};

/// An order and what belongs to it.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// The attempt to pay, with what it is for.
    pub checkout: Checkout,
    /// Who ordered.
    pub customer: Customer,
    /// The plan, at the price at which it was ordered.
    pub plan: Option<(Product, Price)>,
    /// The add-ons, at the prices at which they were ordered.
    pub addons: Vec<(Product, Price)>,
    /// What the add-ons became.
    pub bought_addons: Vec<SubscriptionAddonId>,
    /// The last payment that was made through it.
    pub last_payment: Option<PaymentView>,
}

/// The order with this id.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: CheckoutId) -> Result<Option<OrderView>, StoreError> {
    let found = tx.checkouts(project).view(id)?;
    Ok(complete(tx, project, found.into_iter().collect())?.pop())
}

/// A page of the orders that match.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &CheckoutFilter,
    request: PageRequest,
) -> Result<Slice<OrderView>, PageError> {
    let Slice { items, more_after, more_before } = tx.checkouts(project).view_page(filter, request)?;
    Ok(Slice { items: complete(tx, project, items)?, more_after, more_before })
}

/// Finds what belongs to the orders of one page: a statement for each table, and not for each order.
fn complete(
    tx: &mut Tx<'_>,
    project: ProjectId,
    checkouts: Vec<CheckoutView>,
) -> Result<Vec<OrderView>, StoreError> {
    if checkouts.is_empty() {
        return Ok(Vec::new());
    }
    let ids = checkouts.iter().map(|view| view.checkout.id).collect::<Vec<_>>();
    let goods = Goods::read(tx, project)?;
    let mut bought = HashMap::<CheckoutId, Vec<SubscriptionAddonId>>::new();
    for addon in tx.subscription_addons(project).of_checkouts(&ids)? {
        if let Some(checkout) = addon.checkout_id {
            bought.entry(checkout).or_default().push(addon.id);
        }
    }
    let mut payments = HashMap::<CheckoutId, PaymentView>::new();
    for view in tx.payments(project).views_of_checkouts(&ids)? {
        if let Some(checkout) = view.payment.checkout_id {
            payments.entry(checkout).or_insert(view);
        }
    }
    let complete = |CheckoutView { checkout, customer }: CheckoutView| OrderView {
        plan: checkout.order.goods.plan().and_then(|line| goods.of(line)),
        addons: checkout.order.addons().iter().filter_map(|line| goods.of(line)).collect(),
        bought_addons: bought.remove(&checkout.id).unwrap_or_default(),
        last_payment: payments.remove(&checkout.id),
        checkout,
        customer,
    };
    Ok(checkouts.into_iter().map(complete).collect())
}

/// The whole catalogue, which is small: what was ordered once is never deleted from it.
struct Goods {
    products: HashMap<ProductId, Product>,
    prices: HashMap<PriceId, Price>,
}

impl Goods {
    fn read(tx: &mut Tx<'_>, project: ProjectId) -> Result<Self, StoreError> {
        let products = tx.products(project).all()?.into_iter().map(|product| (product.id, product));
        let prices = tx.prices(project).all()?.into_iter().map(|price| (price.id, price));
        Ok(Self { products: products.collect(), prices: prices.collect() })
    }

    fn of(&self, line: &OrderLine) -> Option<(Product, Price)> {
        let (product, price) = (self.products.get(&line.product_id)?, self.prices.get(&line.price_id)?);
        Some((product.clone(), price.clone()))
    }
}
