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

impl Offer {
    /// Finds the price that is shown among all of the product's, which come oldest first. A product that never had one is no
    /// offer.
    pub fn of(product: Product, prices: Vec<Price>) -> Option<Self> {
        let price =
            prices.into_iter().reduce(|shown, price| if shown.is_on_sale() { shown } else { price })?;
        Some(Self { product, price })
    }
}

/// The whole catalogue, newest first: each product with every price that it had, oldest first.
pub fn catalogue(
    tx: &mut Tx<'_>,
    project: ProjectId,
) -> Result<impl Iterator<Item = (Product, Vec<Price>)> + use<>, StoreError> {
    let mut prices = HashMap::<ProductId, Vec<Price>>::new();
    for price in tx.prices(project).all()? {
        prices.entry(price.product_id).or_default().push(price);
    }
    let products = tx.products(project).all()?.into_iter();
    Ok(products.map(move |product| {
        let of_product = prices.remove(&product.id).unwrap_or_default();
        (product, of_product)
    }))
}

/// One product of the catalogue, at the price at which it is sold now.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: ProductId) -> Result<Option<Offer>, StoreError> {
    let Some(product) = tx.products(project).find(id)? else { return Ok(None) };
    Ok(Offer::of(product, tx.prices(project).of_product(id)?))
}
