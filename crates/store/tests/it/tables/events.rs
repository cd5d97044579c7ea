//! The order of events: positions as they happened, and no cursor that passes over one.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use perennial_domain::EventId;
use perennial_store::tables::{EventFilter, EventRow, PageRequest};
use perennial_store::{Store, params};
use uuid::Uuid;

use super::fixtures::{id, minutes, project_id, shop, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    events_are_read_in_the_order_of_their_positions_whatever_their_times,
    who_follows_the_newest_misses_nothing_while_others_write,
}

fn event(number: u128) -> EventRow {
    EventRow {
        id: id(number),
        event_type: "user.updated".to_owned(),
        subject_id: Uuid::from_u128(number % 3),
        lane_id: None,
        customer_id: None,
        data: serde_json::json!({ "number": number.to_string() }),
        previous_data: None,
        actor: None,
        created_at: noon(),
    }
}

/// The ids up to where nothing is missing, the newest first; those behind a known one.
async fn settled(store: &Store, known: Option<EventId>) -> Vec<EventId> {
    let until = store.read_once(|tx| tx.events(project_id()).settled_position()).await.unwrap();
    let request = PageRequest { before: known.map(perennial_domain::Id::uuid), ..PageRequest::first(10) };
    let filter = EventFilter { until: Some(until), ..EventFilter::default() };
    let page = store.read(move |tx| tx.events(project_id()).page_of(&filter, request)).await.unwrap();
    page.items.into_iter().map(|event| event.id).collect()
}

async fn events_are_read_in_the_order_of_their_positions_whatever_their_times(database: &TestDatabase) {
    let store = shop(database).await;
    let (positions, last) = write(&store, |tx| {
        let mut events = tx.events(project_id());
        let first = events.append(&EventRow { created_at: minutes(9), ..event(139) })?;
        // By a clock that is late, and an id that was made before.
        let second = events.append(&EventRow { created_at: minutes(1), ..event(130) })?;
        let subject = Uuid::from_u128(139 % 3);
        Ok(([first.position, second.position], events.last_data_of(subject)?))
    })
    .await;
    assert!(positions.is_sorted_by(|one, other| one < other));
    assert_eq!(last.unwrap()["number"], "130");
    assert_eq!(settled(&store, None).await, [id(130), id(139)]);
    assert_eq!(settled(&store, Some(id(139))).await, [id(130)]);
}

async fn who_follows_the_newest_misses_nothing_while_others_write(database: &TestDatabase) {
    const WRITERS: u128 = 4;
    const EACH: u128 = 25;
    let store = shop(database).await;
    write(&store, |tx| tx.events(project_id()).append(&event(999)).map(drop)).await;
    let writers = (0..WRITERS).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for turn in 0..EACH {
                // Every writer's clock is another one.
                let created_at = minutes(i64::try_from(writer * 60 + turn).unwrap());
                let event = EventRow { created_at, ..event(1000 + turn * WRITERS + writer) };
                store.write(move |tx| tx.events(project_id()).append(&event).map(drop)).await.unwrap();
            }
        })
    });
    let writers = writers.collect::<Vec<_>>();
    // A page is short: who begins without an event that they know has those behind it still to read.
    let mut seen = vec![id::<EventId>(999)];
    while seen.len() <= usize::try_from(WRITERS * EACH).unwrap() {
        let is_over = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let newer = settled(&store, seen.last().copied()).await;
        assert!(!(is_over && newer.is_empty()), "an event was passed over: {} are known", seen.len());
        seen.extend(newer.into_iter().rev());
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let in_order =
        store.read(|tx| tx.list::<Uuid>("SELECT id FROM events ORDER BY position", params![])).await.unwrap();
    assert_eq!(seen, in_order.into_iter().map(perennial_domain::Id::from_uuid).collect::<Vec<EventId>>());
}

/// Writes an event, and commits it when it is told to.
fn write_slowly(
    store: &Store,
    number: u128,
    begun: std::sync::mpsc::Sender<()>,
    gate: Receiver<()>,
) -> tokio::task::JoinHandle<()> {
    let (store, gate, begun) = (store.clone(), Mutex::new(gate), Mutex::new(begun));
    tokio::spawn(async move {
        let slow = store.write(move |tx| {
            tx.events(project_id()).append(&event(number))?;
            begun.lock().unwrap().send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            Ok::<_, perennial_store::StoreError>(())
        });
        slow.await.unwrap();
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_committed_late_is_waited_for() {
    let database = TestDatabase::empty(perennial_store::Engine::Postgres).await;
    let store = shop(&database).await;
    let ((open, gate), (begun, has_begun)) = (channel(), channel());
    let slow = write_slowly(&store, 130, begun, gate);
    let has_begun = tokio::task::spawn_blocking(move || has_begun.recv().unwrap());
    has_begun.await.unwrap();
    write(&store, |tx| tx.events(project_id()).append(&event(131)).map(drop)).await;
    let seen = store.read(|tx| tx.events(project_id()).page(PageRequest::first(10))).await.unwrap();
    assert_eq!(seen.items.len(), 1, "whoever took this for all would pass over the one before it");

    let follower = store.clone();
    let follower = tokio::spawn(async move { settled(&follower, None).await });
    let waits = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    while store.read(move |tx| tx.one::<i64>(waits, params![])).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    open.send(()).unwrap();
    slow.await.unwrap();
    assert_eq!(follower.await.unwrap(), [id(131), id(130)]);
}
