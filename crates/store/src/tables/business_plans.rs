//! How the databases find the lists of the third door: by indexes that are in the lists' order, and never by passing over
//! a table or sorting one.

use jiff::Timestamp;
use perennial_domain::{Id, ProjectId};
use uuid::Uuid;

use super::*;
use crate::database::TestDatabase;
use crate::tables::{BusinessFilter, ListedBusiness, RowStart};
use crate::{Columns, DatabaseUrl, FromRow, Store, StoreError, StoreOptions, ToValue, Tx, params};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

/// What can be combined: products, states, and the time that a list is sorted by, in a directory or in three.
fn filters(sorted_by: SortField) -> Vec<BusinessFilter> {
    let mut filters = Vec::new();
    for directories in [vec![id(1)], vec![id(1), id(2), id(3)]] {
        for products in [None, Some(vec![id(4)]), Some(vec![id(4), id(5)])] {
            for states in [None, Some(vec![PurchaseState::Live]), Some(PurchaseState::ALL.to_vec())] {
                for times in [vec![], vec![(sorted_by, ">=", NOW), (sorted_by, "<", NOW)]] {
                    let (products, states) = (products.clone(), states.clone());
                    let directories = Some(directories.clone());
                    filters.push(BusinessFilter {
                        directories,
                        products,
                        states,
                        times,
                        ..BusinessFilter::default()
                    });
                }
            }
        }
    }
    filters
}

/// What is asked for each list: a page with all that is shown of it, the row at which another begins, and the count.
fn statements(
    engine: Engine,
    field: SortField,
    filter: &BusinessFilter,
    start: &PageStart,
    each: &mut impl FnMut(&str, &[&dyn ToValue]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for ascending in [false, true] {
        let sort = [BusinessSort { field, ascending }];
        let (project, plan) = (id(7), Plan::of(filter, Vec::new()));
        let conditions = || Conditions::of(filter, &project, &NOW, &plan);
        let mut page = conditions();
        let sql = page_of(engine, &mut page, &sort, 26, start);
        each(&sql, &page.values)?;
        let mut row = conditions();
        let sql = row_of(engine, &mut row, &sort, field, start);
        each(&sql, &row.values)?;
    }
    let (project, plan) = (id(7), Plan::of(filter, Vec::new()));
    let conditions = Conditions::of(filter, &project, &NOW, &plan);
    each(&count_of(&conditions, 10_000), &conditions.values)
}

/// The plans of all that is asked for each list.
async fn plans(store: &Store, explain: &'static str) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    for field in [SortField::UpdatedAt, SortField::CreatedAt] {
        let starts = [
            PageStart::after(0),
            PageStart { row: Some(RowStart { at: NOW, id: id(9), inclusive: true }), skip: 100 },
        ];
        lists.extend(
            filters(field).into_iter().flat_map(|filter| starts.map(|start| (field, filter.clone(), start))),
        );
    }
    let plans = store.write(move |tx| {
        let engine = tx.engine();
        if engine == Engine::Postgres {
            // The tables are empty, so that reading them whole would be the least work.
            for habit in ["seqscan", "sort", "bitmapscan", "incremental_sort", "hashjoin", "mergejoin"] {
                tx.execute(&format!("SET LOCAL enable_{habit} = off"), params![])?;
            }
        }
        let mut plans = Vec::new();
        for (field, filter, start) in &lists {
            statements(engine, *field, filter, start, &mut |sql, values| {
                plans.push((sql.to_owned(), steps(tx, &format!("{explain} {sql}"), values)?));
                Ok(())
            })?;
        }
        let sql = overdue_of(PurchaseState::ALL);
        plans.push((sql.clone(), steps(tx, &format!("{explain} {sql}"), params![id::<ProjectId>(7), NOW])?));
        Ok::<_, StoreError>(plans)
    });
    plans.await.unwrap()
}

fn steps(tx: &mut Tx<'_>, sql: &str, values: &[&dyn ToValue]) -> Result<Vec<String>, StoreError> {
    struct Step(String);
    impl FromRow for Step {
        fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
            // SQLite says its step after three numbers, PostgreSQL says nothing else.
            if let Ok(step) = row.take::<String>() {
                return Ok(Self(step));
            }
            row.take::<i64>()?;
            row.take::<i64>()?;
            Ok(Self(row.take()?))
        }
    }
    let steps: Vec<Step> = tx.list(sql, values)?;
    Ok(steps.into_iter().map(|step| step.0.trim().trim_start_matches("->").trim().to_owned()).collect())
}

/// Whether this step of SQLite's finds no more than is wanted: runs of the lists' indexes, single rows by their keys, and
/// what was found, which is a page.
fn is_quick_on_sqlite(step: &str) -> bool {
    let is_run = |step: &str| {
        step.contains("INDEX subscriptions_of_directory_by_")
            || step.contains("INDEX subscriptions_of_businesses_by_end ")
    };
    let is_key = |step: &str| {
        ["(project_id=? AND id=?)", "(project_id=? AND customer_id=?)"].iter().any(|key| step.contains(key))
    };
    match step.split(' ').next() {
        Some("SCAN") => matches!(step, "SCAN found" | "SCAN counted"),
        Some("SEARCH") => is_run(step) || is_key(step),
        _ => true,
    }
}

#[tokio::test]
async fn sqlite_finds_every_list_by_an_index_in_its_order() {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    for (sql, steps) in plans(&store, "EXPLAIN QUERY PLAN").await {
        let plan = steps.join("\n");
        assert!(steps.iter().all(|step| is_quick_on_sqlite(step)), "{sql}\n{plan}");
        // The rows of a page are sorted once more when they are shown, and nothing else ever is.
        let sorted = steps.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        let is_shown = sql.contains("JOIN");
        assert!(
            sorted == 0 || (is_shown && sorted == 1 && plan.ends_with("USE TEMP B-TREE FOR ORDER BY")),
            "{sql}\n{plan}"
        );
    }
}

#[tokio::test]
async fn what_a_business_holds_is_found_by_whose_it_is_and_nothing_else_is_asked() {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let business = ListedBusiness { customer_id: id(1), uid: "biz1".into(), owner_uid: "own1".into() };
    let filter = BusinessFilter { businesses: Some(vec![business.into()]), ..BusinessFilter::default() };
    let steps = store.read(move |tx| {
        let (project, plan, start) = (id(7), Plan::of(&filter, Vec::new()), PageStart::after(0));
        let mut page = Conditions::of(&filter, &project, &NOW, &plan);
        let sort = [BusinessSort { field: SortField::UpdatedAt, ascending: false }];
        let sql = page_of_few(&mut page, &sort, 26, &start);
        steps(tx, &format!("EXPLAIN QUERY PLAN {sql}"), &page.values)
    });
    let steps: Result<Vec<String>, StoreError> = steps.await;
    let searched = steps.unwrap().into_iter().filter(|step| step.starts_with("SEARCH")).collect::<Vec<_>>();
    assert_eq!(searched.len(), 2, "{searched:?}");
    assert!(
        searched[0].contains("subscriptions_by_customer (project_id=? AND customer_id=?)"),
        "{searched:?}"
    );
    assert!(searched[1].contains("SEARCH buyers"), "{searched:?}");
}

#[tokio::test]
async fn postgres_finds_every_list_by_an_index_in_its_order() {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    for (sql, steps) in plans(&store, "EXPLAIN (COSTS OFF)").await {
        // Which index is the cheapest, and whether rows are joined one by one, cannot be told of empty tables.
        let is_slow = |step: &String| {
            step.starts_with("Seq Scan") || ["Sort", "Incremental Sort"].contains(&step.as_str())
        };
        assert!(!steps.iter().any(is_slow), "{sql}\n{}", steps.join("\n"));
    }
}
