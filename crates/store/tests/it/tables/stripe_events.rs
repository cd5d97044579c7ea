//! The inbox keeps every event once, hands them out in order, and shows those that failed.

use perennial_store::tables::{ReceivedEvent, StripeEventRow, StripeEventState};
use perennial_store::{Store, StoreError, Tx};

use super::fixtures::{id, minutes, project_id, shop, write};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    an_event_is_stored_once,
    an_event_that_comes_twice_at_once_is_stored_once,
    events_of_a_subject_wait_in_the_order_they_happened,
    what_fails_too_often_is_parked_until_released,
    an_event_that_is_not_there_cannot_be_settled,
    subjects_are_found_by_how_long_they_wait,
    old_payloads_are_forgotten_and_their_events_are_kept,
}

fn event(name: &str, happened_minute: i64) -> StripeEventRow {
    StripeEventRow {
        project_id: project_id(),
        stripe_event_id: name.into(),
        event_type: "invoice.paid".into(),
        subject: "sub_1".into(),
        state: StripeEventState::Waiting,
        attempts: 0,
        last_error: None,
        happened_at: minutes(happened_minute),
        received_at: minutes(100 - happened_minute),
        settled_at: None,
    }
}

fn saying(row: StripeEventRow, payload: &str) -> ReceivedEvent {
    ReceivedEvent { row, payload: payload.into() }
}

/// Adds events at once; answers the ids of those that were new.
async fn add_all(store: &Store, events: Vec<ReceivedEvent>) -> Vec<String> {
    let add = move |tx: &mut Tx<'_>| {
        let new = tx.insert_stripe_events(&events)?;
        Ok(new.into_iter().map(|row| row.stripe_event_id.clone()).collect())
    };
    write(store, add).await
}

async fn add(store: &Store, row: StripeEventRow) -> bool {
    let payload = format!("{} said this", row.stripe_event_id);
    add_all(store, vec![saying(row, &payload)]).await.len() == 1
}

async fn payload(store: &Store, id: &'static str) -> Option<String> {
    write(store, move |tx| tx.stripe_events(project_id()).payload(id)).await
}

async fn waiting(store: &Store) -> Vec<String> {
    let rows = write(store, |tx| tx.stripe_events(project_id()).waiting_of("sub_1")).await;
    rows.into_iter().map(|event| event.row.stripe_event_id).collect()
}

async fn an_event_is_stored_once(database: &TestDatabase) {
    let store = shop(database).await;
    assert!(add(&store, event("evt_1", 1)).await);
    assert!(add_all(&store, vec![saying(event("evt_1", 2), "changed")]).await.is_empty());
    assert!(add(&store, StripeEventRow { project_id: id(2), ..event("evt_1", 1) }).await);
    let found = write(&store, |tx| tx.stripe_events(project_id()).find("evt_1")).await;
    assert_eq!(format!("{:?}", found.unwrap()), format!("{:?}", event("evt_1", 1)));
    assert_eq!(payload(&store, "evt_1").await.as_deref(), Some("evt_1 said this"));
}

async fn an_event_that_comes_twice_at_once_is_stored_once(database: &TestDatabase) {
    let store = shop(database).await;
    let twice = vec![
        saying(event("evt_1", 1), "first"),
        saying(event("evt_1", 1), "again"),
        saying(event("evt_2", 1), "other"),
    ];
    let mut new = add_all(&store, twice.clone()).await;
    new.sort();
    assert_eq!(new, ["evt_1", "evt_2"]);
    let waiting = write(&store, |tx| tx.stripe_events(project_id()).waiting_of("sub_1")).await;
    assert_eq!(waiting.iter().map(|event| event.payload.as_str()).collect::<Vec<_>>(), ["first", "other"]);
    assert!(add_all(&store, twice).await.is_empty());
}

async fn events_of_a_subject_wait_in_the_order_they_happened(database: &TestDatabase) {
    let store = shop(database).await;
    for (name, minute) in [("evt_3", 3), ("evt_1", 1), ("evt_2", 2)] {
        add(&store, event(name, minute)).await;
    }
    add(&store, StripeEventRow { subject: "sub_2".into(), ..event("evt_4", 0) }).await;
    assert_eq!(waiting(&store).await, ["evt_1", "evt_2", "evt_3"]);
    write(&store, |tx| tx.stripe_events(project_id()).settle(&["evt_2"], minutes(9))).await;
    assert_eq!(waiting(&store).await, ["evt_1", "evt_3"]);
    let done = write(&store, |tx| tx.stripe_events(project_id()).find("evt_2")).await.unwrap();
    assert_eq!((done.state, done.settled_at), (StripeEventState::Done, Some(minutes(9))));
}

async fn what_fails_too_often_is_parked_until_released(database: &TestDatabase) {
    let store = shop(database).await;
    add(&store, event("evt_1", 1)).await;
    let fail = |attempts, parked| {
        write(&store, move |tx| {
            tx.stripe_events(project_id()).record_failure("evt_1", "no answer", attempts, parked)
        })
    };
    fail(1, false).await;
    assert_eq!(waiting(&store).await, ["evt_1"]);
    fail(2, true).await;
    assert!(waiting(&store).await.is_empty());
    let parked =
        write(&store, |tx| tx.stripe_events(project_id()).list(&[StripeEventState::Parked], 10)).await;
    assert_eq!(
        (parked.len(), parked[0].attempts, parked[0].last_error.as_deref()),
        (1, 2, Some("no answer"))
    );
    let release = || write(&store, |tx| tx.stripe_events(project_id()).release("evt_1"));
    assert!(release().await);
    assert!(!release().await);
    assert_eq!(waiting(&store).await, ["evt_1"]);
}

async fn an_event_that_is_not_there_cannot_be_settled(database: &TestDatabase) {
    let store = shop(database).await;
    let result = store.write(|tx| tx.stripe_events(project_id()).settle(&["evt_404"], minutes(1))).await;
    assert!(matches!(result, Err(StoreError::WrongShape { .. })), "{result:?}");
}

async fn subjects_are_found_by_how_long_they_wait(database: &TestDatabase) {
    let store = shop(database).await;
    for (name, subject, received) in
        [("evt_1", "sub_late", 8), ("evt_2", "sub_old", 2), ("evt_3", "sub_old", 9), ("evt_4", "pi_done", 1)]
    {
        let row =
            StripeEventRow { subject: subject.into(), received_at: minutes(received), ..event(name, 0) };
        add(&store, row).await;
    }
    write(&store, |tx| tx.stripe_events(project_id()).settle(&["evt_4"], minutes(9))).await;
    let (early, all, known) = write(&store, |tx| {
        let early = tx.waiting_stripe_subjects(minutes(5), 10)?;
        let all = tx.waiting_stripe_subjects(minutes(10), 10)?;
        let mut events = tx.stripe_events(project_id());
        Ok((early, all, [events.knows_payment("pi_done")?, events.knows_payment("pi_other")?]))
    })
    .await;
    assert_eq!(early, [(project_id(), "sub_old".to_owned())]);
    assert_eq!(all.iter().map(|(_, subject)| subject.as_str()).collect::<Vec<_>>(), ["sub_old", "sub_late"]);
    assert_eq!(known, [true, false]);
}

async fn old_payloads_are_forgotten_and_their_events_are_kept(database: &TestDatabase) {
    let store = shop(database).await;
    for (name, received) in [("evt_1", 2), ("evt_2", 1), ("evt_3", 0), ("evt_4", 0)] {
        add(&store, StripeEventRow { received_at: minutes(received), ..event(name, 0) }).await;
    }
    for (name, minute) in [("evt_1", 3), ("evt_2", 4), ("evt_3", 9)] {
        write(&store, move |tx| tx.stripe_events(project_id()).settle(&[name], minutes(minute))).await;
    }
    let forget = |limit| write(&store, move |tx| tx.forget_stripe_payloads(minutes(5), limit));
    let silent = || async {
        let rows = write(&store, |tx| tx.stripe_events(project_id()).list(&[], 10)).await;
        assert_eq!(rows.len(), 4);
        let mut silent = Vec::new();
        for name in ["evt_1", "evt_2", "evt_3", "evt_4"] {
            if payload(&store, name).await.is_none() {
                silent.push(name);
            }
        }
        silent
    };
    assert_eq!((forget(1).await, silent().await), (1, vec!["evt_2"]));
    assert_eq!((forget(10).await, silent().await), (1, vec!["evt_1", "evt_2"]));
    assert_eq!(forget(10).await, 0);
}
