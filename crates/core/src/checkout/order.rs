//! What is bought, and what it costs: the same sums that the page shows and Stripe charges.

use perennial_domain::{
    Money, MoneyError, OrderLine, Price, Product, ProductId, ProductKind, ProjectId, Rebate, Term, Voucher,
};
use perennial_store::{StoreError, Tx};

use crate::ports::Discount;

/// What a customer wants.
#[derive(Clone, Debug)]
pub struct OrderRequest {
    /// Everything but the sums.
    pub plan: ProductId,
    /// Which add-ons.
    pub addons: Vec<ProductId>,
    /// The discount in force.
    pub voucher: Option<Voucher>,
}

/// The lines and sums of an order, with the rows that they were made from.
#[derive(Clone, Debug)]
pub struct PlacedOrder {
    /// The plan and its price.
    pub plan: (Product, Price),
    /// The add-ons and their prices.
    pub addons: Vec<(Product, Price)>,
    /// The sum before the discount.
    pub subtotal: Money,
    /// What is charged first, after the discount.
    pub due_now: Money,
}

/// Why something cannot be bought.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// Not in this catalogue, or not of this kind.
    #[error("there is no such product {0}")]
    UnknownProduct(ProductId),
    /// Not on sale.
    #[error("the product {0} is not on sale")]
    NotAvailable(ProductId),
    /// It has no price that could be paid.
    #[error("the product {0} has no active price")]
    NoPrice(ProductId),
    /// An add-on of another plan, network or rhythm.
    #[error("the add-on {0} does not fit the plan")]
    AddonDoesNotFit(ProductId),
    /// Sums of different currencies, or too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts an order together from the catalogue as it is now.
pub fn place_order(
    tx: &mut Tx<'_>,
    project: ProjectId,
    request: &OrderRequest,
) -> Result<PlacedOrder, OrderError> {
    let plan = on_sale(tx, project, request.plan, ProductKind::Plan)?;
    let addons = request.addons.iter().map(|addon| {
        let addon = on_sale(tx, project, *addon, ProductKind::Addon)?;
        if addon_fits((&plan.0, &plan.1), (&addon.0, &addon.1)) {
            Ok(addon)
        } else {
            Err(OrderError::AddonDoesNotFit(addon.0.id))
        }
    });
    let addons = addons.collect::<Result<Vec<_>, _>>()?;
    let subtotal = addons.iter().try_fold(plan.1.amount, |sum, (_, price)| sum.checked_add(price.amount))?;
    let discount = request.voucher.as_ref().map_or(0, |voucher| voucher.discount.amount_minor);
    let due_now = Money::new((subtotal.amount_minor - discount).max(0), subtotal.currency);
    Ok(PlacedOrder { plan, addons, subtotal, due_now })
}

impl PlacedOrder {
    /// The lines as a checkout keeps them.
    pub fn lines(&self) -> (OrderLine, Vec<OrderLine>) {
        let line = |(product, price): &(Product, Price)| OrderLine {
            product_id: product.id,
            price_id: price.id,
            amount: price.amount,
        };
        (line(&self.plan), self.addons.iter().map(line).collect())
    }

    /// What every later period costs, before any discount.
    pub fn renews_at(&self) -> Result<Money, MoneyError> {
        renewal(&self.plan.1, &self.addons)
    }
}

/// What every later period of a plan costs, before any discount: the plan and the add-ons that renew with it.
pub(crate) fn renewal(plan: &Price, addons: &[(Product, Price)]) -> Result<Money, MoneyError> {
    let renewing = addons.iter().filter(|(_, price)| price.term.renews());
    renewing.map(|(_, price)| price.amount).try_fold(plan.amount, Money::checked_add)
}

/// What a discount takes off an order; `None` when it is an amount of another currency, for larger orders, or for nothing
/// that is bought. An order of which Stripe counts in another currency whether it is large enough is left to Stripe.
pub fn discount_for(discount: &Discount, code: &str, placed: &PlacedOrder) -> Option<Voucher> {
    let is_too_small = |minimum: &Money| {
        minimum.currency == placed.subtotal.currency && placed.subtotal.amount_minor < minimum.amount_minor
    };
    if discount.minimum.as_ref().is_some_and(is_too_small) {
        return None;
    }
    let counted = sum_for(discount, placed, |_| true)?;
    if counted.is_zero() && !discount.stripe_product_ids.is_empty() {
        return None;
    }
    Some(Voucher {
        code: code.to_owned(),
        stripe_promotion_code_id: discount.stripe_promotion_code_id.clone(),
        discount: discount.rebate.of(counted)?,
        duration: discount.duration,
        rebate: Some(later_rebate(discount, placed, counted)?),
    })
}

/// What a discount takes off the payments after the first: where it does not count for all that is bought, what it takes
/// off those of its lines that renew.
fn later_rebate(discount: &Discount, placed: &PlacedOrder, counted: Money) -> Option<Rebate> {
    if counted == placed.subtotal {
        return Some(discount.rebate);
    }
    let renewing = sum_for(discount, placed, |price| price.term.renews())?;
    discount.rebate.of(renewing).map(Rebate::Amount)
}

/// What is bought of the products that a discount counts for, at such prices, comes to this.
fn sum_for(discount: &Discount, placed: &PlacedOrder, is_such: impl Fn(&Price) -> bool) -> Option<Money> {
    let products = &discount.stripe_product_ids;
    let counts = |product: &Product| {
        products.is_empty() || product.stripe_product_id.as_ref().is_some_and(|id| products.contains(id))
    };
    let lines = std::iter::once(&placed.plan).chain(&placed.addons);
    let mut counted = lines.filter(|(product, price)| counts(product) && is_such(price));
    let none = Money::new(0, placed.subtotal.currency);
    counted.try_fold(none, |sum, (_, price)| sum.checked_add(price.amount)).ok()
}

pub(super) fn on_sale(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: ProductId,
    kind: ProductKind,
) -> Result<(Product, Price), OrderError> {
    let product = tx.products(project).find(id)?.filter(|product| product.kind == kind);
    let product = product.ok_or(OrderError::UnknownProduct(id))?;
    if !product.is_on_sale() {
        return Err(OrderError::NotAvailable(id));
    }
    let price = tx.prices(project).active_of_product(id)?.into_iter().next();
    Ok((product, price.ok_or(OrderError::NoPrice(id))?))
}

/// An add-on fits a plan that it names (or any, if it names none) on its network; a recurring one must share the
/// plan's rhythm, because Stripe bills one Checkout Session in one interval.
pub(crate) fn addon_fits(
    (plan, plan_price): (&Product, &Price),
    (addon, addon_price): (&Product, &Price),
) -> bool {
    let Some(addon_facts) = &addon.addon_facts else { return false };
    let same_network = plan.plan_facts.as_ref().is_some_and(|plan| plan.provider == addon_facts.provider);
    let names_plan = addon_facts.plans.is_empty() || addon_facts.plans.contains(&plan.id);
    let same_rhythm = !matches!(addon_price.term, Term::Recurring(_)) || addon_price.term == plan_price.term;
    same_network && names_plan && same_rhythm && addon_price.amount.currency == plan_price.amount.currency
}
