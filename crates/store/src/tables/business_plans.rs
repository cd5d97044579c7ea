//! How the databases find the lists of the third door: by indexes that are in the lists' order, and never by passing over
//! a table or sorting one.

use perennial_domain::Id;
use uuid::Uuid;

use super::*;
use crate::database::TestDatabase;
use crate::{DatabaseUrl, Store, StoreOptions};

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

/// The plan of a page, and of the count, of each list.
async fn plans(store: &Store, explain: &'static str) -> Vec<(String, String)> {
    let mut plans = Vec::new();
    for field in [SortField::UpdatedAt, SortField::CreatedAt] {
        let starts = [
            PageStart::after(0),
            PageStart { row: Some(RowStart { at: NOW, id: id(9), inclusive: true }), skip: 1_000 },
        ];
        for (filter, start) in
            filters(field).into_iter().flat_map(|filter| starts.map(|start| (filter.clone(), start)))
        {
            let described = format!("{field:?} {filter:?} {start:?}");
            let is_postgres = store.engine() == Engine::Postgres;
            let plan = store.write(move |tx| {
                if is_postgres {
                    // The tables are empty, so that reading them whole would be the least work.
                    for habit in ["seqscan", "sort", "bitmapscan", "incremental_sort"] {
                        tx.execute(&format!("SET LOCAL enable_{habit} = off"), params![])?;
                    }
                }
                let sort = [BusinessSort { field, ascending: false }];
                let (project, plan) = (id(7), Plan::of(&filter, Vec::new()));
                let mut conditions = Conditions::of(&filter, &project, &NOW, &plan);
                let sql = found(tx.engine(), &mut conditions, &sort, 26, &start);
                steps(tx, &format!("{explain} {sql}"), &conditions.values)
            });
            plans.push((described, plan.await.unwrap()));
        }
    }
    plans
}

fn steps(tx: &mut crate::Tx<'_>, sql: &str, values: &[&dyn crate::ToValue]) -> Result<String, StoreError> {
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
    Ok(steps.into_iter().map(|step| step.0).collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn sqlite_finds_every_list_by_an_index_in_its_order() {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    for (list, plan) in plans(&store, "EXPLAIN QUERY PLAN").await {
        let is_good = |step: &str| {
            !step.contains("TEMP B-TREE")
                && !step.starts_with("SCAN")
                && (!step.starts_with("SEARCH") || step.contains("INDEX subscriptions_of_directory_by_"))
        };
        assert!(plan.lines().all(is_good), "{list}\n{plan}");
    }
}

#[tokio::test]
async fn postgres_finds_every_list_by_an_index_in_its_order() {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    for (list, plan) in plans(&store, "EXPLAIN (COSTS OFF)").await {
        let steps = plan.lines().map(|line| line.trim().trim_start_matches("->").trim());
        // Which index is the cheapest cannot be told of empty tables.
        let is_good =
            |step: &str| !step.starts_with("Seq Scan") && !matches!(step, "Sort" | "Incremental Sort");
        let mut steps = steps;
        assert!(steps.all(is_good), "{list}\n{plan}");
    }
}
