//! From what a list finds to what it shows: whose it is, and what it is. Both hardly change, and many rows share them, so that
//! they are remembered as callers are.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use perennial_core::business;
use perennial_core::store::tables::{BusinessHolding, BusinessSubscription, ListedBusiness};
use perennial_domain::{CustomerId, ProjectId};
use perennial_http::ApiError;

use crate::door::Door;
use crate::refusal::Refusal;

/// Businesses by their customers.
type Businesses = HashMap<CustomerId, Arc<ListedBusiness>>;

/// Adds to each row whose it is and what it is. Those that the list was asked for are known.
pub(crate) async fn complete(
    door: &Door,
    project: ProjectId,
    known: Option<&[Arc<ListedBusiness>]>,
    rows: Vec<BusinessHolding>,
) -> Result<Vec<BusinessSubscription>, Refusal> {
    let known = known.into_iter().flatten().map(|known| (known.customer_id, Arc::clone(known)));
    let businesses = businesses_of(door, project, known.collect(), &rows).await?;
    let shelf = door.shelves.with(project, rows.iter().map(|row| row.price_id)).await?;
    let complete = |holding: BusinessHolding| {
        let lost = || ApiError::internal("a subscription's price or business is not there");
        let business = businesses.get(&holding.customer_id).ok_or_else(lost)?;
        let offer = shelf.offers.get(&holding.price_id).ok_or_else(lost)?;
        Ok(BusinessSubscription { business: Arc::clone(business), offer: Arc::clone(offer), holding })
    };
    rows.into_iter().map(complete).collect()
}

async fn businesses_of(
    door: &Door,
    project: ProjectId,
    mut known: Businesses,
    rows: &[BusinessHolding],
) -> Result<Businesses, Refusal> {
    let mut missing = BTreeSet::new();
    for customer in rows.iter().map(|row| row.customer_id) {
        if known.contains_key(&customer) {
            continue;
        }
        match door.businesses.get(&(project, customer)) {
            Some(recent) => drop(known.insert(customer, recent)),
            None => drop(missing.insert(customer)),
        }
    }
    if missing.is_empty() {
        return Ok(known);
    }
    let missing = missing.into_iter().collect::<Vec<_>>();
    let asked_at = Instant::now();
    for found in door.app.read_once(move |_, tx| business::whose(tx, project, &missing)).await? {
        let found = Arc::new(found);
        door.businesses.put_as_of(asked_at, (project, found.customer_id), Arc::clone(&found));
        known.insert(found.customer_id, found);
    }
    Ok(known)
}
