//! Walking through long lists by page numbers, as the contract has it, without counting and passing every row each time.
//!
//! Where a page begins is remembered for a moment once it, or the one before, was seen: so the next page costs as little
//! as the first, however deep, and rows that are added meanwhile push nothing from one page to the next. Who jumps leaves
//! a trail: every [`STRIDE`] rows on the way are remembered as well, and the next jump begins at the nearest.
//!
//! What is remembered of a list is kept under its fingerprint, so that it takes as much memory whatever was asked for.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;
use std::time::Duration;

use perennial_core::business::{self, Caller, Listing, ListingError, ListingQuery};
use perennial_core::context::Cx;
use perennial_core::recent::Recent;
use perennial_core::store::tables::{
    BusinessFilter, BusinessSort, BusinessSubscription, PageStart, RowStart,
};
use perennial_core::store::{StoreError, Tx};

use crate::door::Door;
use crate::paging::Paging;
use crate::refusal::Refusal;

/// So many rows are counted, which takes about as long as a page.
pub(crate) const MOST_COUNTED: u32 = 10_000;
/// No more rows than this are passed one by one where a list was walked before.
const STRIDE: u32 = 500;

/// What is remembered of lists that reach over more than one business.
#[derive(Debug)]
pub(crate) struct Walks {
    /// Nobody outside can make up two lists of one fingerprint: the keys are drawn at the start.
    keys: [RandomState; 2],
    totals: Recent<Fingerprint, i64>,
    /// The row after so many others.
    rows: Recent<(Fingerprint, u32), RowStart>,
    /// How far a list's trail reaches.
    trails: Recent<Fingerprint, u32>,
}

/// Stands for a list: a project, a filter, and an order.
type Fingerprint = [u64; 2];

impl Walks {
    /// With zero nothing is remembered.
    pub(crate) fn remembered_for(max_age: Duration) -> Self {
        Self {
            keys: [RandomState::new(), RandomState::new()],
            totals: Recent::up_to(max_age),
            rows: Recent::up_to(max_age),
            trails: Recent::up_to(max_age),
        }
    }

    fn fingerprint(&self, list: &impl Hash) -> Fingerprint {
        [self.keys[0].hash_one(list), self.keys[1].hash_one(list)]
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

/// A page, and how many there are in all: at least so many, from [`MOST_COUNTED`] on.
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
        let fingerprint = walks.fingerprint(&(caller.project(), &filter, &sort));
        let list = List { walks: &walks, fingerprint, caller: &caller, filter: &filter, sort: &sort };
        Ok(list.page(cx, tx, &paging)?)
    });
    found.await.map_err(|error: ListingError| match error {
        ListingError::OutOfSight => Refusal::not_yours(),
        ListingError::Store(error) => error.into(),
    })
}

impl List<'_> {
    fn page(
        &self,
        cx: &Cx,
        tx: &mut Tx<'_>,
        paging: &Paging,
    ) -> Result<(Vec<BusinessSubscription>, i64), StoreError> {
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
        let trail = self.walks.trails.get(&self.fingerprint).unwrap_or_default();
        let mut mark = (before - before % STRIDE).min(trail);
        while mark > 0 && self.known(mark).is_none() {
            mark -= STRIDE;
        }
        let mut start = PageStart { row: self.known(mark), skip: 0 };
        while before - mark >= STRIDE {
            let stride = PageStart { skip: STRIDE, ..start };
            let row = business::row_at(cx, tx, self.caller, self.filter, self.sort, stride)?;
            // The list is over before, or nothing can go on from a row of it.
            let Some(row) = row else { break };
            mark += STRIDE;
            self.remember(mark, row);
            start.row = Some(row);
        }
        if mark > trail {
            self.walks.trails.put(self.fingerprint, mark);
        }
        Ok(PageStart { skip: before - mark, ..start })
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
