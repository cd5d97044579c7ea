//! The subscriptions of businesses as the third door lists them: filtered, sorted, and by page number.
//!
//! A page's few rows are found by indexes alone, in the parts of which `business_parts.rs` makes a list, and what belongs to
//! them is joined then. Nothing counts further than a list is counted for.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::{DirectoryId, PriceId, ProductId, PurchaseState, SubscriptionId};

use super::Subscriptions;
use super::business_holdings::{BusinessHolding, ListedBusiness};
use super::business_parts::{Conditions, Plan};
use super::business_statements::{count_of, overdue_of, page_of, page_of_few, row_of};
use crate::{StoreError, params};

/// Which are wanted. A list that is given and empty matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BusinessFilter {
    /// Of the businesses of these directories.
    pub directories: Option<Vec<DirectoryId>>,
    /// Of these businesses, whatever directories they are in.
    pub businesses: Option<Vec<Arc<ListedBusiness>>>,
    /// These.
    pub ids: Option<Vec<SubscriptionId>>,
    /// Of these products.
    pub products: Option<Vec<ProductId>>,
    /// At these prices.
    pub prices: Option<Vec<PriceId>>,
    /// In one of these states.
    pub states: Option<Vec<PurchaseState>>,
    /// Made or changed so, as SQL compares: `=`, `<`, `<=`, `>`, `>=`.
    pub times: Vec<(SortField, &'static str, Timestamp)>,
}

/// By what a list can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortField {
    /// When it was bought.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// The id, which is about the same as when it was bought.
    Id,
}

impl SortField {
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Id => "id",
        }
    }
}

/// One key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BusinessSort {
    /// By what.
    pub field: SortField,
    /// The smallest first.
    pub ascending: bool,
}

/// Where a page begins: so many rows behind the start of the list, or behind a row that an index finds at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageStart {
    /// The row; none for the start of the list.
    pub row: Option<RowStart>,
    /// How many rows to pass one by one.
    pub skip: u32,
}

impl PageStart {
    /// So many rows behind the start of the list.
    pub const fn after(skip: u32) -> Self {
        Self { row: None, skip }
    }
}

/// A row from which a list goes on, for lists that are sorted by one time alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowStart {
    /// The time that the list is sorted by.
    pub at: Timestamp,
    /// The row.
    pub id: SubscriptionId,
    /// Whether the row itself is the first one.
    pub inclusive: bool,
}

/// The time that a list is sorted by, if that is all it is sorted by: only then it can go on from a row.
fn sorted_by_time(sort: &[BusinessSort]) -> Option<SortField> {
    match sort {
        [BusinessSort { field: field @ (SortField::CreatedAt | SortField::UpdatedAt), .. }] => Some(*field),
        _ => None,
    }
}

impl BusinessHolding {
    /// A page that begins at this row or right behind it, if the list is sorted so that there can be one.
    pub fn as_start(&self, sort: &[BusinessSort], inclusive: bool) -> Option<RowStart> {
        let at = match sorted_by_time(sort)? {
            SortField::CreatedAt => self.created_at,
            _ => self.updated_at,
        };
        Some(RowStart { at, id: self.id, inclusive })
    }
}

impl BusinessFilter {
    /// Whether nothing can match.
    fn is_void(&self) -> bool {
        fn given_none<T>(list: Option<&Vec<T>>) -> bool {
            list.is_some_and(Vec::is_empty)
        }
        given_none(self.businesses.as_ref())
            || given_none(self.ids.as_ref())
            || given_none(self.products.as_ref())
            || given_none(self.prices.as_ref())
            || given_none(self.states.as_ref())
    }
}

/// The SQL of [`PurchaseState::of`] at the time that this parameter says.
pub(super) fn in_states(states: &[PurchaseState], now: &str) -> String {
    let not_over = format!("(ended_at IS NULL OR ended_at > {now})");
    let state = |state: &PurchaseState| match state {
        PurchaseState::Live | PurchaseState::Canceled => {
            let canceled = if *state == PurchaseState::Live { "IS NULL" } else { "IS NOT NULL" };
            format!("(state IN ('pending', 'active', 'past_due') AND canceled_at {canceled} AND {not_over})")
        }
        PurchaseState::Suspended => format!("(state IN ('paused', 'restricted') AND {not_over})"),
        PurchaseState::Expired => format!("(state = 'ended' OR ended_at <= {now})"),
    };
    format!("({})", states.iter().map(state).collect::<Vec<_>>().join(" OR "))
}

impl Subscriptions<'_> {
    /// So many of the subscriptions that match, from `start` on.
    pub fn business_page(
        &mut self,
        filter: &BusinessFilter,
        sort: &[BusinessSort],
        limit: u32,
        start: PageStart,
        now: Timestamp,
    ) -> Result<Vec<BusinessHolding>, StoreError> {
        if filter.is_void() {
            return Ok(Vec::new());
        }
        let (project, plan) = (self.project, self.plan(filter, now)?);
        let mut conditions = Conditions::of(filter, &project, &now, &plan);
        let sql = if filter.is_narrow() {
            page_of_few(&mut conditions, sort, limit, &start)
        } else {
            page_of(self.tx.engine(), &mut conditions, sort, limit, &start)
        };
        self.tx.list(&sql, &conditions.values)
    }

    /// The row at which a page would begin, if the list is that long and is sorted by one time alone.
    pub fn business_row_at(
        &mut self,
        filter: &BusinessFilter,
        sort: &[BusinessSort],
        start: PageStart,
        now: Timestamp,
    ) -> Result<Option<RowStart>, StoreError> {
        let Some(field) = sorted_by_time(sort).filter(|_| !filter.is_void()) else { return Ok(None) };
        let (project, plan) = (self.project, self.plan(filter, now)?);
        let mut conditions = Conditions::of(filter, &project, &now, &plan);
        let sql = row_of(self.tx.engine(), &mut conditions, sort, field, &start);
        let row = self.tx.optional::<(Timestamp, SubscriptionId)>(&sql, &conditions.values)?;
        Ok(row.map(|(at, id)| RowStart { at, id, inclusive: true }))
    }

    /// How many match, counted no further than up to `most`.
    pub fn business_count(
        &mut self,
        filter: &BusinessFilter,
        most: u32,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        if filter.is_void() {
            return Ok(0);
        }
        let (project, plan) = (self.project, self.plan(filter, now)?);
        let conditions = Conditions::of(filter, &project, &now, &plan);
        self.tx.one(&count_of(&conditions, most), &conditions.values)
    }

    /// The parts of a list, and those rows that no part can find by how they were left.
    fn plan(&mut self, filter: &BusinessFilter, now: Timestamp) -> Result<Plan, StoreError> {
        let states = filter.overdue_states();
        if states.is_empty() {
            return Ok(Plan::of(filter, Vec::new()));
        }
        Ok(Plan::of(filter, self.tx.list(&overdue_of(&states), params![self.project, now])?))
    }
}
