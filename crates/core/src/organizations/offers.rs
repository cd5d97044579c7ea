//! What organizations can buy: the plans of the product line, each with its periods (contract §8.1).

use perennial_domain::{PeriodType, Price, Product, ProductKind, ProjectId};
use perennial_store::{StoreError, Tx};

/// The metadata by which an operator orders plans: whole numbers, the smallest first.
const SORT_KEY: &str = "sortOrder";

/// A plan and its periods.
#[derive(Clone, Debug)]
pub struct LineOffer {
    /// The plan.
    pub product: Product,
    /// Its active prices, the shortest period first; at least one.
    pub periods: Vec<(PeriodType, Price)>,
}

/// The plans of a product line that are on sale: by the operator's own order, then by the cheapest period, then by name.
pub fn offers(tx: &mut Tx<'_>, project: ProjectId, product_line: &str) -> Result<Vec<LineOffer>, StoreError> {
    let prices = tx.prices(project).all()?;
    let mut offers = Vec::new();
    for product in tx.products(project).all()? {
        if is_sold(&product, product_line) {
            let mut periods = prices
                .iter()
                .filter(|price| price.product_id == product.id && price.is_on_sale())
                .filter_map(|price| Some((PeriodType::of(price.term)?, price.clone())))
                .collect::<Vec<_>>();
            periods.sort_by_key(|(period, price)| (*period, price.amount.amount_minor));
            offers.push(LineOffer { product, periods });
        }
    }
    offers.retain(|offer| !offer.periods.is_empty());
    offers.sort_by_cached_key(|offer| {
        let sort_order = offer.product.metadata.get(SORT_KEY).and_then(|order| order.parse::<i64>().ok());
        let cheapest = offer.periods.iter().map(|(_, price)| price.amount.amount_minor).min();
        (sort_order.unwrap_or(i64::MAX), cheapest, offer.product.name.clone())
    });
    Ok(offers)
}

/// Whether organizations can buy a product.
pub(super) fn is_sold(product: &Product, product_line: &str) -> bool {
    product.kind == ProductKind::Plan
        && product.is_on_sale()
        && product.exclusive_group.as_deref() == Some(product_line)
}
