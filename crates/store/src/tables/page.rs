//! Pages of long lists: newest first, found by key and not by counting, so that depth costs nothing.
//!
//! Rows are ordered by `(created_at, id)`. Ids are unique, so rows of the same moment keep their order
//! from page to page (contracts/projects-api.md §1.5).

use uuid::Uuid;

use super::filter::Filter;
use super::table::Joined;
use crate::{Columns, FromRow, StoreError, ToValue, Tx, params};

/// Which part of a list is wanted. At most one of `after` and `before` is given; with both, `after` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The rows right after this one: older ones.
    pub after: Option<Uuid>,
    /// The rows right before this one: newer ones.
    pub before: Option<Uuid>,
    /// How many at the most. With zero nothing is looked for but the cursor.
    pub limit: u32,
}

impl PageRequest {
    /// The newest rows.
    pub const fn first(limit: u32) -> Self {
        Self { after: None, before: None, limit }
    }
}

/// A part of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Whether there are older ones that match.
    pub more_after: bool,
    /// Whether there are newer ones that match.
    pub more_before: bool,
}

impl<T> Slice<T> {
    /// Of a list that has no rows.
    pub(super) const EMPTY: Self = Self { items: Vec::new(), more_after: false, more_before: false };
}

/// A page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// No row of this list has the cursor's id. It need not match the filters: it may have changed since.
    #[error("the cursor names nothing in this list")]
    UnknownCursor,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which way a page is read from its cursor.
#[derive(Clone, Copy)]
pub(super) enum Direction {
    Older,
    Newer,
}

impl Direction {
    fn of(request: PageRequest) -> (Self, Option<Uuid>) {
        match (request.after, request.before) {
            (None, Some(before)) => (Self::Newer, Some(before)),
            (after, _) => (Self::Older, after),
        }
    }

    /// The comparison with the cursor, its opposite, and the order.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Older => ("<", ">=", "DESC"),
            Self::Newer => (">", "<=", "ASC"),
        }
    }
}

/// One page of the rows that the filter keeps.
pub(super) fn page<T: FromRow>(
    tx: &mut Tx<'_>,
    filter: &Filter<'_>,
    request: PageRequest,
) -> Result<Slice<T>, PageError> {
    page_of_statement(tx, filter, request, statement)
}

/// The same with what belongs to each row.
///
/// The page's few rows are found first and joined then: a planner that knows nothing of the tables yet, as
/// PostgreSQL does after a bulk load, would else join all rows and sort them.
pub(super) fn page_joined<T: FromRow>(
    tx: &mut Tx<'_>,
    joined: &Joined,
    filter: &Filter<'_>,
    request: PageRequest,
) -> Result<Slice<T>, PageError> {
    page_of_statement(tx, filter, request, |filter, direction, cursor, wanted| {
        let table = filter.table();
        let columns = if cursor {
            format!("{}, {}.{HAS_BEHIND}", joined.columns, table.name())
        } else {
            joined.columns.clone()
        };
        let rows = format!("({})", statement(filter, direction, cursor, wanted));
        let order = order_by(filter, direction);
        format!("{} {order}", table.select_joined(&rows, &Joined { columns, ..*joined }))
    })
}

/// A row of a page behind a cursor, and whether something matches on the cursor's other side.
struct Behind<T> {
    row: T,
    has_behind: bool,
}

impl<T: FromRow> FromRow for Behind<T> {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { row: T::from_row(row)?, has_behind: row.take()? })
    }
}

/// `statement` writes the text: for these conditions, in this direction, from a cursor or not, so many rows at the most.
///
/// One statement makes a page, whatever its depth. Only a cursor with nothing ahead of it takes another.
fn page_of_statement<T: FromRow>(
    tx: &mut Tx<'_>,
    filter: &Filter<'_>,
    request: PageRequest,
    statement: impl Fn(&Filter<'_>, Direction, bool, u32) -> String,
) -> Result<Slice<T>, PageError> {
    let (direction, cursor) = Direction::of(request);
    if request.limit == 0 {
        if let Some(cursor) = cursor {
            has_rows_behind(tx, filter, direction, cursor)?;
        }
        return Ok(Slice::EMPTY);
    }
    // One more than asked for tells whether there are more.
    let sql = statement(filter, direction, cursor.is_some(), request.limit.saturating_add(1));
    let (mut items, more_behind) = match cursor {
        None => (tx.list(&sql, &filter.values_and(params![]))?, false),
        Some(cursor) => {
            let found: Vec<Behind<T>> = tx.list(&sql, &filter.values_and(params![cursor]))?;
            let more_behind = match found.first() {
                Some(nearest) => nearest.has_behind,
                None => has_rows_behind(tx, filter, direction, cursor)?,
            };
            (found.into_iter().map(|found| found.row).collect(), more_behind)
        }
    };
    let more_ahead = truncate(&mut items, request.limit);
    Ok(in_order(items, direction, more_ahead, more_behind))
}

/// One page of the rows that the filter keeps, in the order of one column of theirs that has every value once.
pub(super) fn page_by<T: FromRow, K: FromRow + ToValue>(
    tx: &mut Tx<'_>,
    filter: &Filter<'_>,
    column: &str,
    request: PageRequest,
) -> Result<Slice<T>, PageError> {
    let (direction, id) = Direction::of(request);
    let (comparison, opposite, order) = direction.words();
    let (table, conditions) = (filter.table().name(), filter.text());
    let cursor = id.map(|id| place_of::<K>(tx, filter, column, id)).transpose()?;
    if request.limit == 0 {
        return Ok(Slice::EMPTY);
    }
    let [parameter, _] = filter.next_parameters();
    let from = cursor.as_ref().map(|_| format!(" AND {table}.{column} {comparison} {parameter}"));
    let sql = format!(
        "{} WHERE {conditions}{} ORDER BY {table}.{column} {order} LIMIT {}",
        filter.table().select_all(),
        from.unwrap_or_default(),
        request.limit.saturating_add(1)
    );
    let Some(cursor) = cursor else {
        let mut items = tx.list(&sql, &filter.values_and(params![]))?;
        let more_ahead = truncate(&mut items, request.limit);
        return Ok(in_order(items, direction, more_ahead, false));
    };
    let mut items = tx.list(&sql, &filter.values_and(params![cursor]))?;
    let more_ahead = truncate(&mut items, request.limit);
    let nearest_first = if order == "DESC" { "ASC" } else { "DESC" };
    let behind = format!(
        "SELECT {table}.id FROM {table} WHERE {conditions} AND {table}.{column} {opposite} {parameter} \
         ORDER BY {table}.{column} {nearest_first} LIMIT 1"
    );
    let more_behind = tx.optional::<Uuid>(&behind, &filter.values_and(params![cursor]))?.is_some();
    Ok(in_order(items, direction, more_ahead, more_behind))
}

/// Where a row stands in the order of a column.
fn place_of<K: FromRow>(
    tx: &mut Tx<'_>,
    filter: &Filter<'_>,
    column: &str,
    id: Uuid,
) -> Result<K, PageError> {
    let sql = format!("SELECT {column} FROM {} WHERE project_id = $1 AND id = $2", filter.table().name());
    tx.optional(&sql, params![filter.project(), id])?.ok_or(PageError::UnknownCursor)
}

/// One page of rows that are in memory already: all of a list, newest first.
pub fn page_of<T>(
    mut rows: Vec<T>,
    id: impl Fn(&T) -> Uuid,
    matches: impl Fn(&T) -> bool,
    request: PageRequest,
) -> Result<Slice<T>, PageError> {
    let (direction, cursor) = Direction::of(request);
    if matches!(direction, Direction::Newer) {
        rows.reverse();
    }
    let start = match cursor {
        Some(cursor) => rows.iter().position(|row| id(row) == cursor).ok_or(PageError::UnknownCursor)? + 1,
        None => 0,
    };
    if request.limit == 0 {
        return Ok(Slice::EMPTY);
    }
    let ahead = rows.split_off(start);
    let more_behind = rows.iter().any(&matches);
    let wanted = request.limit as usize + 1;
    let mut items = ahead.into_iter().filter(matches).take(wanted).collect::<Vec<_>>();
    let more_ahead = truncate(&mut items, request.limit);
    Ok(in_order(items, direction, more_ahead, more_behind))
}

/// The column that [`Behind`] reads last.
const HAS_BEHIND: &str = "has_behind";

/// The rows from the cursor on, nearest first: after the filter's own parameters comes the cursor's id.
///
/// The number of rows stands in the text: PostgreSQL, which cannot know what a parameter will be, would plan the
/// statement anew each time.
pub(super) fn statement(filter: &Filter<'_>, direction: Direction, has_cursor: bool, wanted: u32) -> String {
    let (table, conditions, order) = (filter.table(), filter.text(), order_by(filter, direction));
    if !has_cursor {
        return format!("{} WHERE {conditions} {order} LIMIT {wanted}", table.select_all());
    }
    let behind = format!("{} AS {HAS_BEHIND}", behind(filter, direction));
    let from = from_cursor(filter, direction.words().0);
    format!("{} WHERE {conditions} AND {from} {order} LIMIT {wanted}", table.select_with(&behind))
}

/// Compares a row with the cursor's, which is found by its id.
fn from_cursor(filter: &Filter<'_>, comparison: &str) -> String {
    let (table, id) = (filter.table().name(), filter.next_parameter());
    format!(
        "({table}.created_at, {table}.id) {comparison} \
         (SELECT created_at, id FROM {table} WHERE project_id = $1 AND id = {id})"
    )
}

fn order_by(filter: &Filter<'_>, direction: Direction) -> String {
    let (table, (_, _, order)) = (filter.table().name(), direction.words());
    format!("ORDER BY {table}.created_at {order}, {table}.id {order}")
}

/// Whether something matches at the cursor or on its other side.
///
/// Asked for the nearest one, in the order of the index: for a mere EXISTS PostgreSQL reads the table from its start.
fn behind(filter: &Filter<'_>, direction: Direction) -> String {
    let (table, conditions) = (filter.table().name(), filter.text());
    let (_, opposite, order) = direction.words();
    let nearest_first = if order == "DESC" { "ASC" } else { "DESC" };
    let to_cursor = from_cursor(filter, opposite);
    format!(
        "(SELECT {table}.id FROM {table} WHERE {conditions} AND {to_cursor} \
         ORDER BY {table}.created_at {nearest_first}, {table}.id {nearest_first} LIMIT 1) IS NOT NULL"
    )
}

/// The same, where no row of a page could tell; refuses a cursor that names nothing.
fn has_rows_behind(
    tx: &mut Tx<'_>,
    filter: &Filter<'_>,
    direction: Direction,
    cursor: Uuid,
) -> Result<bool, PageError> {
    let (table, id) = (filter.table().name(), filter.next_parameter());
    let sql =
        format!("SELECT {} FROM {table} WHERE project_id = $1 AND id = {id}", behind(filter, direction));
    tx.optional(&sql, &filter.values_and(params![cursor]))?.ok_or(PageError::UnknownCursor)
}

fn truncate<T>(items: &mut Vec<T>, limit: u32) -> bool {
    let has_more = items.len() > limit as usize;
    items.truncate(limit as usize);
    has_more
}

fn in_order<T>(mut items: Vec<T>, direction: Direction, more_ahead: bool, more_behind: bool) -> Slice<T> {
    match direction {
        Direction::Older => Slice { items, more_after: more_ahead, more_before: more_behind },
        Direction::Newer => {
            items.reverse();
            Slice { items, more_after: more_behind, more_before: more_ahead }
        }
    }
}
