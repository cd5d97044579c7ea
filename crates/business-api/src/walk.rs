//! Walking through long lists by page numbers, as the contract has it, without counting and passing every row each time.
//!
//! Where a page begins is remembered for a moment once it, or the one before, was seen: so the next page costs as little
//! as the first, however deep, and rows that are added meanwhile push nothing from one page to the next. Who jumps leaves
//! a [`Trail`], from whose nearest mark the next jump begins.
//!
//! What is remembered of a list is kept under its fingerprint, so that it takes as much memory whatever was asked for.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use perennial_core::business::{self, Caller, Listing, ListingError, ListingQuery};
use perennial_core::context::Cx;
use perennial_core::recent::Recent;
use perennial_core::store::tables::{
    BusinessFilter, BusinessSort, BusinessSubscription, PageStart, RowStart,
};
use perennial_core::store::{StoreError, Tx};

use crate::door::{BusinessOptions, Door};
use crate::paging::Paging;
use crate::refusal::Refusal;
use crate::trail::Trail;

/// So many rows are counted, which takes about as long as a page.
pub(crate) const MOST_COUNTED: u32 = 10_000;
/// The trails of so many lists are kept. That of a million rows takes 200 KB.
const MOST_TRAILS: usize = 64;

/// What is remembered of lists that reach over more than one business, and of what callers ask for.
#[derive(Debug)]
pub(crate) struct Walks {
    /// Nobody outside can make up two lists of one fingerprint: the keys are drawn at the start.
    keys: [RandomState; 2],
    filters: Recent<Fingerprint, Arc<BusinessFilter>>,
    totals: Recent<Fingerprint, i64>,
    /// The row after so many others.
    rows: Recent<(Fingerprint, u32), RowStart>,
    trails: Recent<Fingerprint, Arc<Trail>>,
}

/// Stands for a list: a project, a filter, and an order.
type Fingerprint = [u64; 2];

impl Walks {
    /// With ages of zero nothing is remembered.
    pub(crate) fn new(options: BusinessOptions) -> Self {
        let BusinessOptions { snapshot_max_age, walk_max_age } = options;
        Self {
            keys: [RandomState::new(), RandomState::new()],
            filters: Recent::up_to(snapshot_max_age),
            totals: Recent::up_to(walk_max_age),
            rows: Recent::up_to(walk_max_age),
            trails: Recent::of_at_most(MOST_TRAILS, walk_max_age),
        }
    }

    fn fingerprint(&self, list: &impl Hash) -> Fingerprint {
        [self.keys[0].hash_one(list), self.keys[1].hash_one(list)]
    }

    /// What the caller asks for. It is remembered as callers are, unless a business is named that is not there yet.
    fn filter(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        query: &ListingQuery,
    ) -> Result<Arc<BusinessFilter>, ListingError> {
        let speaks_for = caller.business.as_ref().map(|view| view.business.customer_id);
        let asked = self.fingerprint(&(caller.token.id, speaks_for, query));
        if let Some(known) = self.filters.get(&asked) {
            return Ok(known);
        }
        let filter = Arc::new(business::resolve(tx, caller, query)?);
        let named = query.business_uids.iter().flatten().collect::<BTreeSet<_>>().len();
        if filter.customers.as_ref().is_none_or(|found| found.len() >= named) {
            self.filters.put(asked, Arc::clone(&filter));
        }
        Ok(filter)
    }
}

/// A page that somebody asks for.
struct Request {
    walks: Arc<Walks>,
    caller: Arc<Caller>,
    query: ListingQuery,
    paging: Paging,
    sort: Vec<BusinessSort>,
}

/// A page, and how many rows there are in all: at least so many, from [`MOST_COUNTED`] on.
type Page = (Vec<BusinessSubscription>, i64);

/// The page that is asked for. One statement finds it nearly always; where another is needed, because a list was not asked
/// for lately, all is read again in a transaction.
pub(crate) async fn find(
    door: &Door,
    caller: &Arc<Caller>,
    query: ListingQuery,
    paging: &Paging,
) -> Result<Page, Refusal> {
    let request = Arc::new(Request {
        walks: Arc::clone(&door.walks),
        caller: Arc::clone(caller),
        query,
        paging: paging.clone(),
        sort: paging.order()?,
    });
    let alone = Arc::clone(&request);
    let found = match door.app.read_once(move |cx, tx| alone.page(cx, tx)).await {
        Err(ListingError::Store(StoreError::NotAlone)) => {
            door.app.read(move |cx, tx| request.page(cx, tx)).await
        }
        found => found,
    };
    found.map_err(|error| match error {
        ListingError::OutOfSight => Refusal::not_yours(),
        ListingError::Store(error) => error.into(),
    })
}

impl Request {
    fn page(&self, cx: &Cx, tx: &mut Tx<'_>) -> Result<Page, ListingError> {
        let Self { walks, caller, query, paging, sort } = self;
        let filter = &*walks.filter(tx, caller, query)?;
        let fingerprint = walks.fingerprint(&(caller.project(), filter, sort));
        Ok(List { walks, fingerprint, caller, filter, sort }.page(cx, tx, paging)?)
    }
}

/// A list that somebody walks through.
struct List<'l> {
    walks: &'l Walks,
    fingerprint: Fingerprint,
    caller: &'l Caller,
    filter: &'l BusinessFilter,
    sort: &'l [BusinessSort],
}

impl List<'_> {
    fn page(&self, cx: &Cx, tx: &mut Tx<'_>, paging: &Paging) -> Result<Page, StoreError> {
        let (before, per_page) = (paging.rows_before(), paging.per_page);
        // What a few businesses have is short, and its owners want to see at once what they did.
        let is_short = self.filter.customers.is_some() || self.filter.ids.is_some();
        let start = if is_short { PageStart::after(before) } else { self.start(cx, tx, before)? };
        // One more than fits tells whether another page follows.
        let listing = Listing { start, limit: per_page + 1, sort: self.sort.to_vec() };
        let mut rows = business::page(cx, tx, self.caller, self.filter, &listing)?;
        let follows = rows.len() > per_page as usize;
        rows.truncate(per_page as usize);
        if !is_short {
            self.remember_page(before, &rows);
        }
        let seen = i64::from(before) + i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let total = match (follows, rows.is_empty()) {
            (false, false) => seen,
            (false, true) if before == 0 => 0,
            (true, _) => self.total(cx, tx, is_short)?.max(seen + 1),
            (false, true) => self.total(cx, tx, is_short)?,
        };
        Ok((rows, total))
    }

    fn total(&self, cx: &Cx, tx: &mut Tx<'_>, is_short: bool) -> Result<i64, StoreError> {
        let known = if is_short { None } else { self.walks.totals.get(&self.fingerprint) };
        if let Some(known) = known {
            return Ok(known);
        }
        let total = business::count(cx, tx, self.caller, self.filter, MOST_COUNTED)?;
        if !is_short {
            self.walks.totals.put(self.fingerprint, total);
        }
        Ok(total)
    }

    /// Where the page begins that has so many rows before it.
    fn start(&self, cx: &Cx, tx: &mut Tx<'_>, before: u32) -> Result<PageStart, StoreError> {
        if let Some(row) = self.known(before) {
            return Ok(PageStart { row: Some(row), skip: 0 });
        }
        let trail = self.walks.trails.get_or_put(self.fingerprint, Arc::default);
        trail.start(before, |from| business::row_at(cx, tx, self.caller, self.filter, self.sort, from))
    }

    fn known(&self, rows_before: u32) -> Option<RowStart> {
        if rows_before == 0 { None } else { self.walks.rows.get(&(self.fingerprint, rows_before)) }
    }

    fn remember(&self, rows_before: u32, row: RowStart) {
        self.walks.rows.put((self.fingerprint, rows_before), row);
    }

    fn remember_page(&self, before: u32, rows: &[BusinessSubscription]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let starts = first.as_start(self.sort, true).zip(last.as_start(self.sort, false));
        let (Some((this, next)), Ok(length)) = (starts, u32::try_from(rows.len())) else { return };
        self.remember(before, this);
        self.remember(before.saturating_add(length), next);
    }
}
