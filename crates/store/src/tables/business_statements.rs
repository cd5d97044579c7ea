//! The statements of the third door's lists. What a page holds is found by indexes alone, and what belongs to those few rows
//! is joined then.

use perennial_domain::PurchaseState;

use super::business_listing::{BusinessSort, PageStart, SortField};
use super::business_parts::{Conditions, Plan};
use crate::Engine;

/// A subscription, and who bought it.
const HOLDING: &str = "subscriptions.id, subscriptions.customer_id, buyers.external_id, subscriptions.price_id, \
     subscriptions.state, subscriptions.canceled_at, subscriptions.ended_at, subscriptions.period_end, \
     subscriptions.created_at, subscriptions.updated_at, subscriptions.bundled_from_id, \
     subscriptions.stripe_subscription_id IS NOT NULL";

/// Who that is of whom a subscription knows the id.
const BUYERS: &str =
    "LEFT JOIN members AS buyers ON buyers.project_id = $1 AND buyers.id = subscriptions.buyer_id";

/// The subscription with an id that a selection finds, whose it is, and what it is a subscription to.
pub(super) fn view_of(found: &str) -> String {
    format!(
        "SELECT {HOLDING}, businesses.customer_id, customers.external_id, owners.external_id, products.id, \
             products.name, products.sku, products.business_facts, prices.amount_minor, prices.currency, prices.term \
         FROM ({found}) AS found \
         JOIN subscriptions ON subscriptions.project_id = $1 AND subscriptions.id = found.id \
         JOIN businesses ON businesses.project_id = $1 AND businesses.customer_id = subscriptions.customer_id \
         JOIN customers ON customers.project_id = $1 AND customers.id = businesses.customer_id \
         JOIN members AS owners ON owners.project_id = $1 AND owners.id = businesses.owner_id \
         JOIN products ON products.project_id = $1 AND products.id = subscriptions.product_id \
         JOIN prices ON prices.project_id = $1 AND prices.id = subscriptions.price_id {BUYERS}"
    )
}

/// Those that were left so and whose end has come since.
pub(super) fn overdue_of(states: &[PurchaseState]) -> String {
    let states = states.iter().map(|state| format!("'{state}'")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT id FROM subscriptions WHERE state <> 'ended' AND ended_at IS NOT NULL AND ended_at <= $2 \
         AND project_id = $1 AND directory_id IS NOT NULL AND standing IN ({states}) LIMIT {}",
        Plan::MOST_OVERDUE + 1
    )
}

/// The statement that finds and shows a page. `CROSS JOIN` keeps SQLite from turning it round: it would walk through all of a
/// project's subscriptions and look each up among the few that were found.
pub(super) fn page_of<'v>(
    engine: Engine,
    conditions: &mut Conditions<'v>,
    sort: &[BusinessSort],
    limit: u32,
    start: &'v PageStart,
) -> String {
    let found = found(engine, conditions, sort, limit, start);
    // By what was found: ordered by the table's own columns, SQLite walks all of the table in that order instead.
    let order = order_by(sort, "found.");
    format!(
        "SELECT {HOLDING} FROM ({found}) AS found CROSS JOIN subscriptions {BUYERS} \
         WHERE subscriptions.project_id = $1 AND subscriptions.id = found.id {order}"
    )
}

/// The same where no index is in the list's order: the few rows that were looked at to be sorted are not found twice.
pub(super) fn page_of_few<'v>(
    conditions: &mut Conditions<'v>,
    sort: &[BusinessSort],
    limit: u32,
    start: &'v PageStart,
) -> String {
    begin_at(conditions, sort, start);
    let (rows, order) = (conditions.union("*"), order_by(sort, ""));
    let part = part_of(conditions, limit, start);
    let shown = order_by(sort, "subscriptions.");
    format!("SELECT {HOLDING} FROM ({rows} {order} {part}) AS subscriptions {BUYERS} {shown}")
}

/// The statement that finds the row at which a page would begin.
pub(super) fn row_of<'v>(
    engine: Engine,
    conditions: &mut Conditions<'v>,
    sort: &[BusinessSort],
    field: SortField,
    start: &'v PageStart,
) -> String {
    let found = found(engine, conditions, sort, 1, start);
    format!("SELECT {}, id FROM ({found}) AS found", field.column())
}

/// The statement that counts a list up to `most`.
pub(super) fn count_of(conditions: &Conditions<'_>, most: u32) -> String {
    format!("SELECT COUNT(*) FROM ({} LIMIT {most}) AS counted", conditions.union("1 AS one"))
}

/// The rows of a page: what they are sorted by, and their ids.
fn found<'v>(
    engine: Engine,
    conditions: &mut Conditions<'v>,
    sort: &[BusinessSort],
    limit: u32,
    start: &'v PageStart,
) -> String {
    begin_at(conditions, sort, start);
    let mut columns = sort.iter().map(|key| key.field.column()).collect::<Vec<_>>();
    columns.push("id");
    columns.sort_unstable();
    columns.dedup();
    let (columns, order) = (columns.join(", "), order_by(sort, ""));
    let rows = match engine {
        // It merges parts row by row, as far as they are wanted.
        Engine::Sqlite => conditions.union(&columns),
        Engine::Postgres => {
            // Few texts for all depths, each planned once: nobody reads further than is wanted.
            let most = start.skip.saturating_add(limit).checked_next_power_of_two();
            conditions.union_of_first(&columns, &order, most.unwrap_or(u32::MAX))
        }
    };
    format!("{rows} {order} {}", part_of(conditions, limit, start))
}

/// Leaves out what stands before the row from which a page goes on.
fn begin_at<'v>(conditions: &mut Conditions<'v>, sort: &[BusinessSort], start: &'v PageStart) {
    if let (Some(row), Some(key)) = (&start.row, sort.first()) {
        let comparison = match (key.ascending, row.inclusive) {
            (true, true) => ">=",
            (true, false) => ">",
            (false, true) => "<=",
            (false, false) => "<",
        };
        let (at, id) = (conditions.bind(&row.at), conditions.bind(&row.id));
        conditions.and(&format!("({}, id) {comparison} ({at}, {id})", key.field.column()));
    }
}

fn part_of<'v>(conditions: &mut Conditions<'v>, limit: u32, start: &'v PageStart) -> String {
    // Whoever plans knows nothing of a parameter: none where nothing is passed.
    match start.skip {
        0 => format!("LIMIT {limit}"),
        _ => format!("LIMIT {limit} OFFSET {}", conditions.bind(&start.skip)),
    }
}

/// Ids are unique, so rows that are equal otherwise keep their order from page to page.
fn order_by(sort: &[BusinessSort], table: &str) -> String {
    let direction = |ascending: bool| if ascending { "ASC" } else { "DESC" };
    let mut keys = sort
        .iter()
        .map(|key| format!("{table}{} {}", key.field.column(), direction(key.ascending)))
        .collect::<Vec<_>>();
    if sort.iter().all(|key| key.field != SortField::Id) {
        let last = sort.last().is_some_and(|key| key.ascending);
        keys.push(format!("{table}id {}", direction(last)));
    }
    format!("ORDER BY {}", keys.join(", "))
}

#[cfg(test)]
#[path = "business_plans.rs"]
mod plans;
