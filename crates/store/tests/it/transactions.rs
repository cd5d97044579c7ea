//! `Ok` commits, `Err` leaves nothing, and nobody waits for those who have nothing to do with them.

use std::sync::{Mutex, mpsc};

use perennial_store::{Store, StoreError, Tx, params};
use tokio::task::JoinSet;

use crate::support::{TestDatabase, add_person, contract_store, count_people, on_both_engines, person_id};

on_both_engines! {
    an_error_leaves_nothing,
    an_error_that_is_swallowed_cannot_be_committed,
    a_failed_attempt_leaves_the_rest,
    an_attempt_that_swallows_its_error_is_undone,
    attempts_nest,
    what_is_sent_is_done_before_the_next_statement,
    what_is_sent_and_fails_leaves_nothing,
    an_attempt_that_sends_fails_alone,
    a_panic_goes_on_in_the_caller_and_leaves_nothing,
    a_read_cannot_write,
    a_single_read_is_one_statement_and_cannot_write,
    a_read_sees_one_moment_and_holds_up_no_writer,
    a_write_holds_up_no_reader,
    reading_before_writing_loses_no_update,
    writers_that_wait_together_are_all_durable,
    a_writer_that_fails_leaves_its_neighbours_alone,
    closing_finishes_what_waits,
    a_closed_store_is_unavailable,
}

/// What a use case might refuse for, beside the store's own errors.
#[derive(Debug)]
enum Refused {
    Rule,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn an_error_leaves_nothing(database: &TestDatabase) {
    let store = contract_store(database).await;
    let result: Result<(), Refused> = store
        .write(|tx| {
            add_person(tx, 1)?;
            Err(Refused::Rule)
        })
        .await;
    assert!(matches!(result, Err(Refused::Rule)), "{result:?}");
    assert_eq!(count_people(&store).await, 0);
}

async fn an_error_that_is_swallowed_cannot_be_committed(database: &TestDatabase) {
    let store = contract_store(database).await;
    let result: Result<(), StoreError> = store
        .write(|tx| {
            add_person(tx, 1)?;
            let duplicate = add_person(tx, 1);
            assert!(matches!(duplicate, Err(StoreError::Conflict(_))), "{duplicate:?}");
            let next = add_person(tx, 2);
            assert!(matches!(next, Err(StoreError::Aborted)), "{next:?}");
            Ok(())
        })
        .await;
    assert!(matches!(result, Err(StoreError::Aborted)), "{result:?}");
    assert_eq!(count_people(&store).await, 0);
}

async fn a_failed_attempt_leaves_the_rest(database: &TestDatabase) {
    let store = contract_store(database).await;
    let result: Result<(), StoreError> = store
        .write(|tx| {
            add_person(tx, 1)?;
            let attempt: Result<(), StoreError> = tx.attempt(|tx| {
                add_person(tx, 2)?;
                add_person(tx, 1)
            });
            assert!(matches!(attempt, Err(StoreError::Conflict(_))), "{attempt:?}");
            add_person(tx, 3)
        })
        .await;
    result.unwrap();
    assert_eq!(names(&store).await, ["person1@example.org", "person3@example.org"]);
}

async fn an_attempt_that_swallows_its_error_is_undone(database: &TestDatabase) {
    let store = contract_store(database).await;
    let result: Result<(), StoreError> = store
        .write(|tx| {
            add_person(tx, 1)?;
            let attempt: Result<(), StoreError> = tx.attempt(|tx| {
                add_person(tx, 2)?;
                let _ = add_person(tx, 1);
                Ok(())
            });
            assert!(matches!(attempt, Err(StoreError::Aborted)), "{attempt:?}");
            Ok(())
        })
        .await;
    result.unwrap();
    assert_eq!(names(&store).await, ["person1@example.org"]);
}

async fn attempts_nest(database: &TestDatabase) {
    let store = contract_store(database).await;
    let outer = |tx: &mut Tx<'_>| {
        add_person(tx, 1)?;
        let inner: Result<(), Refused> = tx.attempt(|tx| {
            add_person(tx, 2)?;
            Err(Refused::Rule)
        });
        assert!(matches!(inner, Err(Refused::Rule)));
        tx.attempt(|tx| add_person(tx, 3))
    };
    store.write(move |tx| tx.attempt(outer)).await.unwrap();
    assert_eq!(names(&store).await, ["person1@example.org", "person3@example.org"]);
}

/// Adds a person as [`add_person`] does, without waiting for it.
fn send_person(tx: &mut Tx<'_>, number: u32) -> Result<(), StoreError> {
    tx.send(
        "INSERT INTO people (project_id, id, email) VALUES (1, $1, $2)",
        params![person_id(number), format!("person{number}@example.org")],
    )
}

async fn what_is_sent_is_done_before_the_next_statement(database: &TestDatabase) {
    let store = contract_store(database).await;
    let counts = store.write(|tx| {
        let before = count(tx)?;
        send_person(tx, 1)?;
        send_person(tx, 2)?;
        let after = count(tx)?;
        send_person(tx, 3)?;
        Ok::<_, StoreError>((before, after))
    });
    assert_eq!(counts.await.unwrap(), (0, 2));
    assert_eq!(count_people(&store).await, 3);
}

async fn what_is_sent_and_fails_leaves_nothing(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let last: Result<(), StoreError> = store
        .write(|tx| {
            add_person(tx, 2)?;
            send_person(tx, 1)
        })
        .await;
    assert!(matches!(last, Err(StoreError::Conflict(_))), "{last:?}");
    let not_last: Result<i64, StoreError> = store
        .write(|tx| {
            add_person(tx, 2)?;
            send_person(tx, 1)?;
            count(tx)
        })
        .await;
    assert!(matches!(not_last, Err(StoreError::Conflict(_))), "{not_last:?}");
    assert_eq!(names(&store).await, ["person1@example.org"]);
    store.write(|tx| add_person(tx, 2)).await.unwrap();
}

async fn an_attempt_that_sends_fails_alone(database: &TestDatabase) {
    let store = contract_store(database).await;
    let result: Result<(), StoreError> = store
        .write(|tx| {
            send_person(tx, 1)?;
            let attempt: Result<(), StoreError> = tx.attempt(|tx| {
                add_person(tx, 2)?;
                send_person(tx, 1)
            });
            assert!(matches!(attempt, Err(StoreError::Conflict(_))), "{attempt:?}");
            send_person(tx, 3)
        })
        .await;
    result.unwrap();
    assert_eq!(names(&store).await, ["person1@example.org", "person3@example.org"]);
}

async fn a_panic_goes_on_in_the_caller_and_leaves_nothing(database: &TestDatabase) {
    let store = contract_store(database).await;
    let panicking = tokio::spawn({
        let store = store.clone();
        async move {
            let result: Result<(), StoreError> = store
                .write(|tx| {
                    add_person(tx, 1)?;
                    panic!("a mistake in a use case")
                })
                .await;
            result
        }
    });
    let payload = panicking.await.unwrap_err().into_panic();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"a mistake in a use case"));
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    assert_eq!(names(&store).await, ["person2@example.org"]);
}

async fn a_read_cannot_write(database: &TestDatabase) {
    let store = contract_store(database).await;
    let result = store.read(|tx| add_person(tx, 1)).await;
    assert!(matches!(result, Err(StoreError::ReadOnly)), "{result:?}");
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    assert_eq!(count_people(&store).await, 1);
}

fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("SELECT COUNT(*) FROM people", params![])
}

async fn a_single_read_is_one_statement_and_cannot_write(database: &TestDatabase) {
    let store = contract_store(database).await;
    let count = |tx: &mut Tx<'_>| tx.one::<i64>("SELECT COUNT(*) FROM people", params![]);
    assert_eq!(store.read_once(count).await.unwrap(), 0);
    let second = store.read_once(move |tx| count(tx).and_then(|_| count(tx))).await;
    assert!(matches!(second, Err(StoreError::NotAlone)), "{second:?}");
    let written = store.read_once(|tx| add_person(tx, 1)).await;
    assert!(matches!(written, Err(StoreError::ReadOnly)), "{written:?}");
    assert_eq!(count_people(&store).await, 0);
}

async fn a_read_sees_one_moment_and_holds_up_no_writer(database: &TestDatabase) {
    let store = contract_store(database).await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (written, is_written) = mpsc::channel();
    let reading = tokio::spawn({
        let store = store.clone();
        async move {
            let counts = move |tx: &mut Tx<'_>| {
                let before = count(tx)?;
                begun.send(()).unwrap();
                is_written.recv().unwrap();
                Ok::<_, StoreError>((before, count(tx)?))
            };
            store.read(counts).await
        }
    });
    has_begun.await.unwrap();
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    written.send(()).unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
    assert_eq!(count_people(&store).await, 1);
}

async fn a_write_holds_up_no_reader(database: &TestDatabase) {
    let store = contract_store(database).await;
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (read, is_read) = mpsc::channel();
    let is_read = Mutex::new(is_read);
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write(move |tx| {
                    add_person(tx, 1)?;
                    begun.send(()).unwrap();
                    is_read.lock().unwrap().recv().unwrap();
                    Ok::<_, StoreError>(())
                })
                .await
        }
    });
    has_begun.recv().await.unwrap();
    assert_eq!(count_people(&store).await, 0);
    read.send(()).unwrap();
    writing.await.unwrap().unwrap();
    assert_eq!(count_people(&store).await, 1);
}

async fn reading_before_writing_loses_no_update(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    store
        .write(|tx| tx.execute("UPDATE people SET age = 0", params![]))
        .await
        .map_err(Refused::Store)
        .unwrap();
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let store = store.clone();
        writers.spawn(async move {
            let grow = |tx: &mut Tx<'_>| {
                let age: i64 =
                    tx.one("SELECT age FROM people WHERE id = $1 FOR UPDATE", params![person_id(1)])?;
                tx.execute("UPDATE people SET age = $2 WHERE id = $1", params![person_id(1), age + 1])
            };
            store.write(grow).await
        });
    }
    while let Some(result) = writers.join_next().await {
        assert_eq!(result.unwrap().unwrap(), 1);
    }
    let age: Result<i64, StoreError> = store.read(|tx| tx.one("SELECT age FROM people", params![])).await;
    assert_eq!(age.unwrap(), 16);
}

async fn writers_that_wait_together_are_all_durable(database: &TestDatabase) {
    let store = contract_store(database).await;
    let mut writers = JoinSet::new();
    for number in 0..64 {
        let store = store.clone();
        writers.spawn(async move { store.write(move |tx| add_person(tx, number)).await });
    }
    while let Some(result) = writers.join_next().await {
        result.unwrap().unwrap();
    }
    store.close().await;
    assert_eq!(count_people(&database.open().await).await, 64);
}

async fn a_writer_that_fails_leaves_its_neighbours_alone(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 0)).await.unwrap();
    let mut writers = JoinSet::new();
    for number in 1..=60 {
        let store = store.clone();
        writers.spawn(async move {
            let work = move |tx: &mut Tx<'_>| {
                add_person(tx, number)?;
                match number % 3 {
                    0 => Err(Refused::Rule),
                    1 => Ok(add_person(tx, 0)?),
                    _ => Ok(()),
                }
            };
            (number, store.write(work).await)
        });
    }
    while let Some(finished) = writers.join_next().await {
        let (number, result) = finished.unwrap();
        match number % 3 {
            0 => assert!(matches!(result, Err(Refused::Rule)), "{number}: {result:?}"),
            1 => assert!(
                matches!(result, Err(Refused::Store(StoreError::Conflict(_)))),
                "{number}: {result:?}"
            ),
            _ => assert!(result.is_ok(), "{number}: {result:?}"),
        }
    }
    assert_eq!(count_people(&store).await, 1 + 20);
}

async fn closing_finishes_what_waits(database: &TestDatabase) {
    let store = contract_store(database).await;
    // Polled in this order, so the writes are in the queue before the store is closed.
    let (first, second, third, ()) = tokio::join!(
        biased;
        store.write(|tx| add_person(tx, 1)),
        store.write(|tx| add_person(tx, 2)),
        store.write(|tx| add_person(tx, 3)),
        store.clone().close(),
    );
    first.and(second).and(third).unwrap();
    assert_eq!(count_people(&database.open().await).await, 3);
}

async fn a_closed_store_is_unavailable(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.clone().close().await;
    let write = store.write(|tx| add_person(tx, 1)).await;
    let read = store.read(count).await;
    assert!(matches!(write, Err(StoreError::Unavailable(_))), "{write:?}");
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
}

async fn names(store: &Store) -> Vec<String> {
    let result: Result<Vec<String>, StoreError> =
        store.read(|tx| tx.list("SELECT email FROM people ORDER BY email", params![])).await;
    result.unwrap()
}
