//! Walking through long lists by page numbers, as the contract has it, without counting and passing every row each time.
//!
//! Where a page begins is remembered for a moment once it, or the one before, was seen: so the next page costs as little
//! as the first, however deep, and rows that are added meanwhile push nothing from one page to the next.

use std::sync::Arc;
use std::time::Duration;

use perennial_core::business::{self, Caller, Listing, ListingError, ListingQuery};
use perennial_core::context::Cx;
use perennial_core::recent::Recent;
use perennial_core::store::tables::{BusinessFilter, BusinessSort, BusinessSubscription, PageStart};
use perennial_core::store::{StoreError, Tx};
use perennial_domain::ProjectId;

use crate::door::Door;
use crate::paging::Paging;
use crate::refusal::Refusal;

/// What is remembered of lists that reach over more than one business.
#[derive(Debug)]
pub(crate) struct Walks {
    totals: Recent<(ProjectId, BusinessFilter), i64>,
    starts: Recent<PageKey, PageStart>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PageKey {
    project: ProjectId,
    filter: BusinessFilter,
    sort: Vec<BusinessSort>,
    per_page: u32,
    page: u32,
}

impl Walks {
    /// With zero nothing is remembered.
    pub(crate) fn remembered_for(max_age: Duration) -> Self {
        Self { totals: Recent::up_to(max_age), starts: Recent::up_to(max_age) }
    }

    fn start(&self, key: &PageKey, paging: &Paging) -> PageStart {
        let remembered = if key.page == 1 { None } else { self.starts.get(key) };
        remembered.unwrap_or(PageStart::After(paging.rows_before()))
    }

    fn remember(&self, key: PageKey, rows: &[BusinessSubscription]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let starts = first.as_start(&key.sort, true).zip(last.as_start(&key.sort, false));
        let Some((this, next)) = starts else { return };
        let page = key.page.saturating_add(1);
        self.starts.put(PageKey { page, ..key.clone() }, next);
        self.starts.put(key, this);
    }
}

/// A page, and how many there are in all.
pub(crate) async fn find(
    door: &Door,
    caller: &Arc<Caller>,
    query: ListingQuery,
    paging: &Paging,
) -> Result<(Vec<BusinessSubscription>, i64), Refusal> {
    let (caller, walks) = (Arc::clone(caller), Arc::clone(&door.walks));
    let (paging, sort) = (paging.clone(), paging.order()?);
    let found = door.app.read(move |cx, tx| {
        let filter = business::resolve(tx, &caller, &query)?;
        if filter.customers.is_some() {
            return Ok(few(cx, tx, &caller, &filter, (paging, sort))?);
        }
        let (project, per_page, page) = (caller.project(), paging.per_page, paging.page);
        let key = PageKey { project, filter, sort, per_page, page };
        let start = walks.start(&key, &paging);
        let listing = Listing { start, per_page, sort: key.sort.clone() };
        let rows = business::page(cx, tx, &caller, &key.filter, &listing)?;
        let counted = (project, key.filter.clone());
        let total = if let Some(total) = walks.totals.get(&counted) {
            total
        } else {
            let total = total_of(cx, tx, &caller, &counted.1, &paging, &rows)?;
            walks.totals.put(counted, total);
            total
        };
        walks.remember(key, &rows);
        Ok((rows, total))
    });
    found.await.map_err(|error: ListingError| match error {
        ListingError::OutOfSight => Refusal::not_yours(),
        ListingError::Store(error) => error.into(),
    })
}

/// Of a few businesses: counted each time.
fn few(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    filter: &BusinessFilter,
    (paging, sort): (Paging, Vec<BusinessSort>),
) -> Result<(Vec<BusinessSubscription>, i64), StoreError> {
    let start = PageStart::After(paging.rows_before());
    let listing = Listing { start, per_page: paging.per_page, sort };
    let rows = business::page(cx, tx, caller, filter, &listing)?;
    let total = total_of(cx, tx, caller, filter, &paging, &rows)?;
    Ok((rows, total))
}

fn total_of(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    filter: &BusinessFilter,
    paging: &Paging,
    rows: &[BusinessSubscription],
) -> Result<i64, StoreError> {
    if paging.page == 1 && rows.len() < paging.per_page as usize {
        return Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    }
    business::count(cx, tx, caller, filter)
}
