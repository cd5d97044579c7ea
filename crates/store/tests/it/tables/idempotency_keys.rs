//! A call that is made twice is done once.

use perennial_store::Store;
use perennial_store::tables::Reservation;

use super::fixtures::{id, minutes, project_id, shop, write};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    the_same_call_gets_the_first_answer,
    another_call_under_the_same_key_is_told_so,
    a_failed_call_gives_its_key_back,
    a_call_that_died_loses_its_key_after_a_minute,
    a_call_that_lost_its_key_neither_answers_nor_frees_it,
    an_old_key_is_free_again,
}

const DAY: i64 = 24 * 60;

async fn reserve(store: &Store, fingerprint: &'static [u8], minute: i64) -> Reservation {
    write(store, move |tx| {
        let (now, until) = (minutes(minute), minutes(minute + DAY));
        tx.idempotency_keys(project_id()).reserve("key", fingerprint, now, until)
    })
    .await
}

/// The call that took the key in the first minute is answered.
async fn finish(store: &Store) {
    write(store, |tx| tx.idempotency_keys(project_id()).finish("key", minutes(0), 201, b"{\"id\":1}")).await;
}

fn answer() -> Reservation {
    Reservation::Done { status: 201, body: b"{\"id\":1}".to_vec() }
}

async fn the_same_call_gets_the_first_answer(database: &TestDatabase) {
    let store = shop(database).await;
    assert_eq!(reserve(&store, b"call", 0).await, Reservation::New);
    assert_eq!(reserve(&store, b"call", 0).await, Reservation::Running);
    finish(&store).await;
    assert_eq!(reserve(&store, b"call", DAY - 1).await, answer());
    let elsewhere =
        write(&store, |tx| tx.idempotency_keys(id(2)).reserve("key", b"call", minutes(0), minutes(1)));
    assert_eq!(elsewhere.await, Reservation::New);
}

async fn another_call_under_the_same_key_is_told_so(database: &TestDatabase) {
    let store = shop(database).await;
    reserve(&store, b"call", 0).await;
    assert_eq!(reserve(&store, b"other", 0).await, Reservation::OtherRequest);
    finish(&store).await;
    assert_eq!(reserve(&store, b"other", 1).await, Reservation::OtherRequest);
}

async fn a_failed_call_gives_its_key_back(database: &TestDatabase) {
    let store = shop(database).await;
    let release = || write(&store, |tx| tx.idempotency_keys(project_id()).release("key", minutes(0)));
    reserve(&store, b"call", 0).await;
    release().await;
    assert_eq!(reserve(&store, b"other", 0).await, Reservation::New);
    finish(&store).await;
    release().await;
    assert_eq!(reserve(&store, b"other", 0).await, answer());
}

async fn a_call_that_died_loses_its_key_after_a_minute(database: &TestDatabase) {
    let store = shop(database).await;
    reserve(&store, b"call", 0).await;
    assert_eq!(reserve(&store, b"call", 1).await, Reservation::Running);
    assert_eq!(reserve(&store, b"call", 2).await, Reservation::New);
    assert_eq!(reserve(&store, b"call", 2).await, Reservation::Running);
}

async fn a_call_that_lost_its_key_neither_answers_nor_frees_it(database: &TestDatabase) {
    let store = shop(database).await;
    reserve(&store, b"slow", 0).await;
    assert_eq!(reserve(&store, b"slow", 2).await, Reservation::New);
    finish(&store).await;
    write(&store, |tx| tx.idempotency_keys(project_id()).release("key", minutes(0))).await;
    assert_eq!(reserve(&store, b"slow", 2).await, Reservation::Running, "it is the second one's");
}

async fn an_old_key_is_free_again(database: &TestDatabase) {
    let store = shop(database).await;
    reserve(&store, b"call", 0).await;
    finish(&store).await;
    assert_eq!(reserve(&store, b"other", DAY).await, Reservation::New);
    finish(&store).await;
    let sweep = |minute| write(&store, move |tx| tx.sweep_idempotency_keys(minutes(minute)));
    assert_eq!(sweep(2 * DAY - 1).await, 0);
    assert_eq!(sweep(2 * DAY).await, 1);
}
