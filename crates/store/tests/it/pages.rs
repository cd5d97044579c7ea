//! Lists are read page by page, from a cursor of time and id.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use perennial_store::{Store, StoreError, params};
use uuid::Uuid;

use crate::support::{TestDatabase, contract_store, noon, on_both_engines, person_id};

on_both_engines! {
    pages_are_stable_when_times_are_equal,
    a_row_that_arrives_meanwhile_moves_no_other,
}

type Cursor = (Timestamp, Uuid);

async fn add(store: &Store, number: u32, seen_at: Timestamp) {
    let add = "INSERT INTO people (project_id, id, email, seen_at) VALUES (1, $1, $2, $3)";
    let result: Result<u64, StoreError> =
        store.write(move |tx| tx.execute(add, params![person_id(number), number.to_string(), seen_at])).await;
    result.unwrap();
}

/// The page of three behind the cursor, newest first.
async fn page(store: &Store, after: Option<Cursor>) -> Vec<(Timestamp, Uuid)> {
    let (seen_at, id) = after.unwrap_or((Timestamp::MAX, Uuid::max()));
    let result: Result<_, StoreError> = store
        .read(move |tx| {
            tx.list(
                "SELECT seen_at, id FROM people WHERE project_id = 1 AND (seen_at, id) < ($1, $2) \
                 ORDER BY seen_at DESC, id DESC LIMIT 3",
                params![seen_at, id],
            )
        })
        .await;
    result.unwrap()
}

async fn pages_are_stable_when_times_are_equal(database: &TestDatabase) {
    let store = contract_store(database).await;
    // Written in an order that is neither that of the ids nor its reverse.
    for number in [5, 2, 8, 1, 7, 3, 6, 4] {
        add(&store, number, noon()).await;
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let rows = page(&store, cursor).await;
        let Some(last) = rows.last() else { break };
        cursor = Some(*last);
        seen.extend(rows.iter().map(|(_, id)| *id));
    }
    assert_eq!(seen, (1..=8).rev().map(person_id).collect::<Vec<_>>());
}

async fn a_row_that_arrives_meanwhile_moves_no_other(database: &TestDatabase) {
    let store = contract_store(database).await;
    for number in 1..=6 {
        add(&store, number, noon()).await;
    }
    let first = page(&store, None).await;
    add(&store, 9, noon() + SignedDuration::from_secs(1)).await;
    let second = page(&store, first.last().copied()).await;
    let seen: BTreeSet<Uuid> = first.iter().chain(&second).map(|(_, id)| *id).collect();
    assert_eq!(seen, (1..=6).map(person_id).collect());
}
