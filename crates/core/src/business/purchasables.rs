//! What is sold to businesses (contract §7.4), and finding the one price that somebody means (§7.2).

use perennial_domain::{
    Currency, Id, ItemType, Money, PaymentType, Price, PriceStatus, Product, ProductId, ProjectId, Term,
};
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

use crate::context::Cx;

/// A product that is sold to businesses, with the prices that the contract has words for, oldest first.
#[derive(Clone, Debug)]
pub struct Purchasable {
    /// The product.
    pub product: Product,
    /// Its active prices; at least one.
    pub prices: Vec<Price>,
}

impl Purchasable {
    /// What it is.
    pub fn item_type(&self) -> ItemType {
        self.product.business_facts.as_ref().map_or(ItemType::Package, |facts| facts.item_type)
    }

    /// The price in this currency that is paid so.
    pub fn price(&self, currency: Currency, payment_type: PaymentType) -> Option<&Price> {
        self.prices.iter().find(|price| {
            price.amount.currency == currency && PaymentType::of(price.amount, price.term) == payment_type
        })
    }
}

/// What somebody wants.
#[derive(Clone, Debug)]
pub enum OfferRequest {
    /// A price, or a purchasable that has one price alone.
    Uid(Uuid),
    /// Whatever fits.
    Params {
        /// The stock-keeping unit.
        sku: String,
        /// What it has to be.
        item_type: ItemType,
        /// In which currency.
        currency: Currency,
        /// How it is paid.
        payment_type: PaymentType,
    },
}

/// Why it cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// Nothing on sale is meant.
    #[error("nothing of this kind is on sale")]
    Unknown,
    /// A purchasable was named that has several prices.
    #[error("the purchasable has several prices; name one of them")]
    SeveralPrices,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is on sale, newest first.
pub fn purchasables(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<Purchasable>, StoreError> {
    let prices = tx.prices(project).all()?;
    let of = |product: Product| {
        let prices = prices.iter().filter(|price| price.product_id == product.id).cloned().collect();
        purchasable(product, prices)
    };
    Ok(tx.products(project).all()?.into_iter().filter_map(of).collect())
}

/// Every price there is or ever was, newest first: who bought before keeps the old one.
pub fn all_prices(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<Price>, StoreError> {
    tx.prices(project).all()
}

/// What is on sale under this SKU.
pub fn find_purchasable(
    tx: &mut Tx<'_>,
    project: ProjectId,
    sku: &str,
) -> Result<Option<Purchasable>, StoreError> {
    let product = tx.products(project).find_by_sku(sku)?;
    product.map_or(Ok(None), |product| with_prices(tx, product))
}

/// The purchasable with this id, and the one of its prices when a price was named.
pub fn offer_of(
    tx: &mut Tx<'_>,
    project: ProjectId,
    uid: Uuid,
) -> Result<Option<(Purchasable, Option<Price>)>, StoreError> {
    let price = tx.prices(project).find(Id::from_uuid(uid))?;
    let product = price.as_ref().map_or(ProductId::from_uuid(uid), |price| price.product_id);
    let product = tx.products(project).find(product)?;
    let Some(found) = product.map_or(Ok(None), |product| with_prices(tx, product))? else { return Ok(None) };
    match price {
        None => Ok(Some((found, None))),
        // It may have been replaced by another.
        Some(price) => {
            let price = found.prices.iter().find(|sold| sold.id == price.id).cloned();
            Ok(price.map(|price| (found, Some(price))))
        }
    }
}

/// The one product and price that are meant.
pub fn find_offer(
    tx: &mut Tx<'_>,
    project: ProjectId,
    request: &OfferRequest,
) -> Result<(Product, Price), OfferError> {
    match request {
        OfferRequest::Uid(uid) => {
            let (found, price) = offer_of(tx, project, *uid)?.ok_or(OfferError::Unknown)?;
            match (price, found.prices.as_slice()) {
                (Some(price), _) => Ok((found.product, price)),
                (None, [only]) => Ok((found.product.clone(), only.clone())),
                (None, _) => Err(OfferError::SeveralPrices),
            }
        }
        OfferRequest::Params { sku, item_type, currency, payment_type } => {
            let found = find_purchasable(tx, project, sku)?;
            let found = found.filter(|found| found.item_type() == *item_type).ok_or(OfferError::Unknown)?;
            let price = found.price(*currency, *payment_type).cloned().ok_or(OfferError::Unknown)?;
            Ok((found.product, price))
        }
    }
}

/// A price that is not on sale, made when it is needed first.
pub(super) fn unlisted_price(
    cx: &Cx,
    tx: &mut Tx<'_>,
    product: &Product,
    reference: &str,
    amount: Money,
    term: Term,
) -> Result<Price, StoreError> {
    let known = tx.prices(product.project_id).of_product(product.id)?;
    let is_it = |price: &Price| price.reference == reference && price.amount == amount && price.term == term;
    if let Some(price) = known.into_iter().find(is_it) {
        return Ok(price);
    }
    let price = Price {
        id: cx.id(),
        project_id: product.project_id,
        product_id: product.id,
        reference: reference.to_owned(),
        amount,
        term,
        status: PriceStatus::Archived,
        stripe_price_id: None,
        stripe_pending: false,
        created_at: cx.now(),
    };
    tx.prices(product.project_id).insert(&price)?;
    Ok(price)
}

fn with_prices(tx: &mut Tx<'_>, product: Product) -> Result<Option<Purchasable>, StoreError> {
    let prices = tx.prices(product.project_id).of_product(product.id)?;
    Ok(purchasable(product, prices))
}

fn purchasable(product: Product, mut prices: Vec<Price>) -> Option<Purchasable> {
    prices.retain(|price| {
        price.is_on_sale() && PaymentType::of(price.amount, price.term) != PaymentType::Other
    });
    let is_sold = product.is_on_sale()
        && product.business_facts.is_some()
        && product.sku.is_some()
        && !prices.is_empty();
    is_sold.then_some(Purchasable { product, prices })
}

/// Reads every spelling of how something can be bought (contract §4).
pub fn read_payment_type(text: &str) -> Option<PaymentType> {
    Some(match text {
        "monthly" => PaymentType::Monthly,
        "annualy" | "annually" | "annual" | "yearly" => PaymentType::Annual,
        "free" => PaymentType::Free,
        "single_charge" => PaymentType::SingleCharge,
        _ => return None,
    })
}
