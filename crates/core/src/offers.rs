//! What can be bought: the products of the catalogue, each with the price at which it is sold now.

use std::collections::HashMap;

use perennial_domain::{Price, Product, ProductId, ProjectId};
use perennial_store::{StoreError, Tx};

/// A product and its price.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is sold.
    pub product: Product,
    /// The oldest of its active prices: the one that the catalogue names first. An archived product shows its last one.
    pub price: Price,
}

/// The whole catalogue, newest first. A product that never had a price is no offer.
pub fn all(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<Offer>, StoreError> {
    let mut prices = HashMap::<ProductId, Price>::new();
    for price in tx.prices(project).all()? {
        let is_better = prices.get(&price.product_id).is_none_or(|known| !known.is_on_sale());
        if is_better {
            prices.insert(price.product_id, price);
        }
    }
    let products = tx.products(project).all()?;
    let offers = products.into_iter().filter_map(|product| {
        let price = prices.remove(&product.id)?;
        Some(Offer { product, price })
    });
    Ok(offers.collect())
}

/// One product of the catalogue, at the price at which it is sold now.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: ProductId) -> Result<Option<Offer>, StoreError> {
    let Some(product) = tx.products(project).find(id)? else { return Ok(None) };
    let oldest_first = tx.prices(project).of_product(id)?.into_iter();
    let price = oldest_first.reduce(|shown, price| if shown.is_on_sale() { shown } else { price });
    Ok(price.map(|price| Offer { product, price }))
}
