//! Finding subscriptions of businesses, within what a caller sees (contract §7.1).

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::{
    CustomerId, DirectoryId, ItemType, PriceId, Product, ProductId, ProjectId, PurchaseState, SubscriptionId,
};
use perennial_store::tables::{
    BusinessFilter, BusinessHolding, BusinessSort, BusinessSubscription, BusinessView, ListedBusiness,
    PageStart, RowStart, SortField,
};
use perennial_store::{StoreError, Tx};

use super::callers::Caller;
use crate::context::Cx;

/// A project of more directories is listed by what its lists are sorted by, and each row is looked at.
const MOST_DIRECTORIES: usize = 8;

/// What is asked for. Fields without a value ask for nothing; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListingQuery {
    /// Of one of these businesses.
    pub business_uids: Option<Vec<String>>,
    /// One of these.
    pub ids: Option<Vec<SubscriptionId>>,
    /// Of one of these products.
    pub products: Option<Vec<ProductId>>,
    /// Under one of these SKUs.
    pub skus: Option<Vec<String>>,
    /// At these prices.
    pub prices: Option<Vec<PriceId>>,
    /// Of one of these types.
    pub item_types: Option<Vec<ItemType>>,
    /// Whose product is called so.
    pub names: Vec<Names>,
    /// In one of these states.
    pub states: Option<Vec<PurchaseState>>,
    /// Made or changed so; the comparison is SQL's.
    pub times: Vec<(SortField, &'static str, Timestamp)>,
}

/// What a name has to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Names {
    /// One of these.
    Equal(Vec<String>),
    /// It contains one of these, without regard to case.
    Contain(Vec<String>),
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Where it begins.
    pub start: PageStart,
    /// How many rows at the most.
    pub limit: u32,
    /// In which order.
    pub sort: Vec<BusinessSort>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// A business was named that the caller does not see.
    #[error("the token does not see this business")]
    OutOfSight,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the caller asks for, within what they see, as the database is asked for it.
pub fn resolve(
    tx: &mut Tx<'_>,
    caller: &Caller,
    query: &ListingQuery,
) -> Result<BusinessFilter, ListingError> {
    let businesses = businesses(tx, caller, query)?;
    let directories = if businesses.is_some() { None } else { directories(tx, caller)? };
    Ok(BusinessFilter {
        directories,
        businesses,
        ids: query.ids.clone(),
        products: products(tx, caller, query)?,
        prices: query.prices.clone(),
        states: query.states.clone(),
        times: query.times.clone(),
    })
}

/// One page. What is held is found by its price in the catalogue, and whose it is by [`whose`].
pub fn page(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    filter: &BusinessFilter,
    listing: &Listing,
) -> Result<Vec<BusinessHolding>, StoreError> {
    tx.subscriptions(caller.project()).business_page(
        filter,
        &listing.sort,
        listing.limit,
        listing.start,
        cx.now(),
    )
}

/// Whose subscriptions those of these customers are, at least one of whom is asked for.
pub fn whose(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customers: &[CustomerId],
) -> Result<Vec<ListedBusiness>, StoreError> {
    tx.businesses(project).listed(customers)
}

/// How many there are in all, counted no further than up to `most`.
pub fn count(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    filter: &BusinessFilter,
    most: u32,
) -> Result<i64, StoreError> {
    tx.subscriptions(caller.project()).business_count(filter, most, cx.now())
}

/// The row at which a page would begin, if the list is that long and an index can go on from there.
pub fn row_at(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    filter: &BusinessFilter,
    sort: &[BusinessSort],
    start: PageStart,
) -> Result<Option<RowStart>, StoreError> {
    tx.subscriptions(caller.project()).business_row_at(filter, sort, start, cx.now())
}

/// The subscription with this id, if the caller sees it.
pub fn find_one(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SubscriptionId,
) -> Result<Option<BusinessSubscription>, StoreError> {
    let found = tx.subscriptions(caller.project()).business_view(id)?;
    let Some(found) = found.filter(|found| sees_app(caller, found)) else { return Ok(None) };
    let business = tx.businesses(caller.project()).view(found.holding.customer_id)?;
    Ok(business.filter(|business| caller.sees_business(business)).map(|_| found))
}

/// The subscription with this id, whoever asks, and the directory of its business.
pub fn find_with_directory(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<Option<(BusinessSubscription, Option<DirectoryId>)>, StoreError> {
    let Some(found) = tx.subscriptions(project).business_view(id)? else { return Ok(None) };
    let business = tx.businesses(project).find(found.holding.customer_id)?;
    Ok(Some((found, business.map(|business| business.directory_id))))
}

/// The first of the subscriptions that took each other's place up to this one.
pub fn line_of(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<SubscriptionId, StoreError> {
    Ok(tx.subscriptions(project).first_of_line(id)?.unwrap_or(id))
}

fn sees_app(caller: &Caller, found: &BusinessSubscription) -> bool {
    caller.sees_only_app().is_none_or(|only| found.app() == Some(only))
}

/// The directory of the caller. Who sees the whole project sees all of its directories, and lists are found by those, as
/// long as they are few.
fn directories(tx: &mut Tx<'_>, caller: &Caller) -> Result<Option<Vec<DirectoryId>>, StoreError> {
    if let Some(own) = caller.directory_id() {
        return Ok(Some(vec![own]));
    }
    let all = tx.directories(caller.project()).first_ids(MOST_DIRECTORIES + 1)?;
    Ok(Some(all).filter(|all| all.len() <= MOST_DIRECTORIES))
}

fn businesses(
    tx: &mut Tx<'_>,
    caller: &Caller,
    query: &ListingQuery,
) -> Result<Option<Vec<Arc<ListedBusiness>>>, ListingError> {
    let listed = |view: &BusinessView| {
        Arc::new(ListedBusiness {
            customer_id: view.business.customer_id,
            uid: view.uid.clone(),
            owner_uid: view.owner_uid.clone(),
        })
    };
    let own = caller.business.as_ref();
    let Some(uids) = &query.business_uids else {
        return Ok(own.map(|own| vec![listed(own)]));
    };
    // Said more than once it is looked for once.
    let uids = uids.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let found = match (own, uids.as_slice()) {
        (_, []) => Vec::new(),
        (Some(own), [only]) if *only == own.uid => vec![own.clone()],
        (_, uids) => tx.businesses(caller.project()).views_by_uid(uids)?,
    };
    let is_hidden = |business: &BusinessView| !caller.sees_business(business);
    // Who sees everything may be told that there is nothing; to others it is all the same.
    let sees_everything = own.is_none() && caller.directory_id().is_none();
    if found.iter().any(is_hidden) || (found.len() < uids.len() && !sees_everything) {
        return Err(ListingError::OutOfSight);
    }
    Ok(Some(found.iter().map(listed).collect()))
}

/// Everything that is asked of products is asked of the catalogue, which is small.
fn products(
    tx: &mut Tx<'_>,
    caller: &Caller,
    query: &ListingQuery,
) -> Result<Option<Vec<ProductId>>, StoreError> {
    let app = caller.sees_only_app();
    if app.is_none() && query.item_types.is_none() && query.names.is_empty() {
        return match (&query.skus, &query.products) {
            (Some(skus), None) => Ok(Some(tx.products(caller.project()).ids_of_skus(skus)?)),
            (None, products) => Ok(products.clone()),
            (Some(_), Some(_)) => of_catalog(tx, caller, query).map(Some),
        };
    }
    of_catalog(tx, caller, query).map(Some)
}

fn of_catalog(tx: &mut Tx<'_>, caller: &Caller, query: &ListingQuery) -> Result<Vec<ProductId>, StoreError> {
    let app = caller.sees_only_app();
    let matches = |product: &Product| {
        let sold_as = product.business_facts.as_ref().and_then(|facts| facts.app.as_deref());
        let sku = product.sku.as_ref();
        let item_type = product.business_facts.as_ref().map(|facts| facts.item_type);
        app.is_none_or(|app| sold_as == Some(app))
            && query.item_types.as_ref().is_none_or(|wanted| item_type.is_some_and(|it| wanted.contains(&it)))
            && query.products.as_ref().is_none_or(|wanted| wanted.contains(&product.id))
            && query.skus.as_ref().is_none_or(|wanted| sku.is_some_and(|sku| wanted.contains(sku)))
            && query.names.iter().all(|names| names.fit(&product.name))
    };
    let products = tx.products(caller.project()).all()?;
    Ok(products.iter().filter(|product| matches(product)).map(|product| product.id).collect())
}

impl Names {
    fn fit(&self, name: &str) -> bool {
        match self {
            Self::Equal(wanted) => wanted.iter().any(|wanted| wanted == name),
            Self::Contain(wanted) => {
                let name = name.to_lowercase();
                wanted.iter().any(|wanted| name.contains(&wanted.to_lowercase()))
            }
        }
    }
}
