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
use perennial_core::context::{App, Cx};
use perennial_core::recent::Recent;
use perennial_core::store::tables::{
    BusinessFilter, BusinessHolding, BusinessSort, BusinessSubscription, PageStart, RowStart,
};
use perennial_core::store::{StoreError, Tx};

use crate::complete::complete;
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

/// The page that is asked for, and how many rows there are in all: at least so many, from [`MOST_COUNTED`] on. Nearly always
/// one statement finds it.
pub(crate) async fn find(
    door: &Door,
    caller: &Arc<Caller>,
    query: ListingQuery,
    paging: &Paging,
) -> Result<(Vec<BusinessSubscription>, i64), Refusal> {
    let sort = paging.order()?;
    let filter = door.walks.filter(&door.app, caller, query).await?;
    let list = List {
        app: door.app.clone(),
        fingerprint: door.walks.fingerprint(&(caller.project(), &*filter, &sort)),
        walks: Arc::clone(&door.walks),
        caller: Arc::clone(caller),
        filter,
        sort,
    };
    let list = Arc::new(list);
    let (held, total) = list.page(paging).await?;
    let rows = complete(door, caller.project(), list.filter.businesses.as_deref(), held).await?;
    Ok((rows, total))
}

/// Reads what takes one statement nearly always. Where another is needed all is read again, in a transaction.
async fn read<T: Send + 'static>(
    app: &App,
    work: impl Fn(&Cx, &mut Tx<'_>) -> Result<T, ListingError> + Send + Sync + 'static,
) -> Result<T, Refusal> {
    let work = Arc::new(work);
    let alone = Arc::clone(&work);
    let found = match app.read_once(move |cx, tx| alone(cx, tx)).await {
        Err(ListingError::Store(StoreError::NotAlone)) => app.read(move |cx, tx| work(cx, tx)).await,
        found => found,
    };
    found.map_err(|error| match error {
        ListingError::OutOfSight => Refusal::not_yours(),
        ListingError::Store(error) => error.into(),
    })
}

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
    async fn filter(
        &self,
        app: &App,
        caller: &Arc<Caller>,
        query: ListingQuery,
    ) -> Result<Arc<BusinessFilter>, Refusal> {
        let speaks_for = caller.business.as_ref().map(|view| view.business.customer_id);
        let asked = self.fingerprint(&(caller.token.id, speaks_for, &query));
        if let Some(known) = self.filters.get(&asked) {
            return Ok(known);
        }
        let named = query.business_uids.iter().flatten().collect::<BTreeSet<_>>().len();
        let caller = Arc::clone(caller);
        let filter = Arc::new(read(app, move |_, tx| business::resolve(tx, &caller, &query)).await?);
        if filter.businesses.as_ref().is_none_or(|found| found.len() >= named) {
            self.filters.put(asked, Arc::clone(&filter));
        }
        Ok(filter)
    }
}

/// A list that somebody walks through.
struct List {
    app: App,
    walks: Arc<Walks>,
    fingerprint: Fingerprint,
    caller: Arc<Caller>,
    filter: Arc<BusinessFilter>,
    sort: Vec<BusinessSort>,
}

impl List {
    async fn page(self: &Arc<Self>, paging: &Paging) -> Result<(Vec<BusinessHolding>, i64), Refusal> {
        let (before, per_page) = (paging.rows_before(), paging.per_page);
        let start = self.start(before).await?;
        // One more than fits tells whether another page follows.
        let listing = Listing { start, limit: per_page + 1, sort: self.sort.clone() };
        let mut rows = self
            .read(move |list, cx, tx| business::page(cx, tx, &list.caller, &list.filter, &listing))
            .await?;
        let follows = rows.len() > per_page as usize;
        rows.truncate(per_page as usize);
        self.remember_page(before, &rows);
        let seen = i64::from(before) + i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let total = match (follows, rows.is_empty()) {
            (false, false) => seen,
            (false, true) if before == 0 => 0,
            (true, _) => self.total().await?.max(seen + 1),
            (false, true) => self.total().await?,
        };
        Ok((rows, total))
    }

    /// What a few businesses have is short, and its owners want to see at once what they did: nothing of it is remembered.
    fn is_short(&self) -> bool {
        self.filter.businesses.is_some() || self.filter.ids.is_some()
    }

    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&Self, &Cx, &mut Tx<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> Result<T, Refusal> {
        let list = Arc::clone(self);
        read(&self.app, move |cx, tx| Ok(work(&list, cx, tx)?)).await
    }

    async fn total(self: &Arc<Self>) -> Result<i64, Refusal> {
        let known = if self.is_short() { None } else { self.walks.totals.get(&self.fingerprint) };
        if let Some(known) = known {
            return Ok(known);
        }
        let count = |list: &Self, cx: &Cx, tx: &mut Tx<'_>| {
            business::count(cx, tx, &list.caller, &list.filter, MOST_COUNTED)
        };
        let total = self.read(count).await?;
        if !self.is_short() {
            self.walks.totals.put(self.fingerprint, total);
        }
        Ok(total)
    }

    /// Where the page begins that has so many rows before it.
    async fn start(self: &Arc<Self>, before: u32) -> Result<PageStart, Refusal> {
        if before == 0 || self.is_short() {
            return Ok(PageStart::after(before));
        }
        if let Some(row) = self.walks.rows.get(&(self.fingerprint, before)) {
            return Ok(PageStart { row: Some(row), skip: 0 });
        }
        let trail = self.walks.trails.get_or_put(self.fingerprint, Arc::default);
        if let Some(start) = trail.start_if_reached(before) {
            return Ok(start);
        }
        let list = Arc::clone(self);
        let walked = self.app.read(move |cx, tx| {
            trail.start(before, |from| business::row_at(cx, tx, &list.caller, &list.filter, &list.sort, from))
        });
        Ok(walked.await?)
    }

    fn remember_page(&self, before: u32, rows: &[BusinessHolding]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        let starts = first.as_start(&self.sort, true).zip(last.as_start(&self.sort, false));
        let (Some((this, next)), Ok(length)) = (starts, u32::try_from(rows.len())) else { return };
        if !self.is_short() {
            self.walks.rows.put((self.fingerprint, before), this);
            self.walks.rows.put((self.fingerprint, before.saturating_add(length)), next);
        }
    }
}
