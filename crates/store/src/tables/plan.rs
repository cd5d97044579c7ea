//! For tests: how SQLite finds what a statement asks for.

use uuid::Uuid;

use crate::{DatabaseUrl, Store, StoreError, StoreOptions, ToValue};

/// The steps of SQLite's plan of a statement with so many values, a line each, on tables of which it knows as little as on
/// an operator's.
pub(super) async fn plan_of(sql: String, values: usize) -> String {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let steps = store.read(move |tx| {
        // Which ones is of no matter: the store has SQLite plan without them.
        let any = Uuid::nil();
        let values = vec![&any as &dyn ToValue; values];
        tx.list::<(i64, i64, i64, String)>(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
    });
    let steps: Result<Vec<_>, StoreError> = steps.await;
    steps.unwrap().into_iter().map(|(_, _, _, step)| step).collect::<Vec<_>>().join("\n")
}
