//! Where verified events wait for a moment, so that those that come together share one durable commit.
//!
//! A commit costs the same for one event as for twenty. So a transaction takes the events that are here when it begins,
//! not when it is asked for: while one is under way the next events gather, batches grow with the load, and a lone event
//! waits for nobody.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use perennial_store::tables::{ReceivedEvent, StripeEventState};
use perennial_store::{StoreError, Tx};
use tokio::sync::{Semaphore, oneshot};

use crate::context::{App, Cx};
use crate::tasks::{Task, enqueue_all};

/// Events in one transaction at the most. Each number of events is a statement of its own, which connections keep.
const LARGEST_BATCH: usize = 32;

/// Some reach the disk while others are gathered and sent: on a slow disk an event should not wait for two commits.
const BATCHES_AT_ONCE: usize = 4;

/// Who waits to hear that an event is kept.
type Kept = oneshot::Sender<Result<(), StoreError>>;

/// The way in. What was taken is answered even when this is dropped.
pub(super) struct Inbox {
    hall: Arc<Hall>,
}

/// Where events wait until a transaction takes them.
struct Hall {
    app: App,
    arrived: Mutex<Vec<(ReceivedEvent, Kept)>>,
    turns: Semaphore,
}

/// The events of one transaction, once it has begun.
#[derive(Default)]
struct Batch {
    events: OnceLock<Vec<ReceivedEvent>>,
    waiting: Mutex<Vec<Kept>>,
}

impl Inbox {
    /// An inbox without events.
    pub(super) fn open(app: App) -> Self {
        let turns = Semaphore::new(BATCHES_AT_ONCE);
        Self { hall: Arc::new(Hall { app, arrived: Mutex::default(), turns }) }
    }

    /// Keeps the event and queues the work on it. `Ok` once both are durable.
    pub(super) async fn keep(&self, event: ReceivedEvent) -> Result<(), StoreError> {
        let (kept, answer) = oneshot::channel();
        if self.hall.enter(event, kept) {
            // A task of its own, which goes on when this caller does not.
            tokio::spawn(keep_next(Arc::clone(&self.hall)));
        }
        answer.await.map_err(|_| StoreError::Unavailable("the inbox is closed".into()))?
    }
}

impl Hall {
    /// Whether the event is the first of a batch, which is still to be asked for.
    fn enter(&self, event: ReceivedEvent, kept: Kept) -> bool {
        let mut arrived = locked(&self.arrived);
        arrived.push((event, kept));
        arrived.len() % LARGEST_BATCH == 1
    }

    /// The next events, in an order that is the same for all: two batches at once meet the same events in it, and so
    /// never wait for each other in a circle.
    fn leave(&self, batch: &Batch) -> Vec<ReceivedEvent> {
        let mut arrived = locked(&self.arrived);
        let number = arrived.len().min(LARGEST_BATCH);
        let mut taken = arrived.drain(..number).collect::<Vec<_>>();
        drop(arrived);
        taken.sort_by(|(ReceivedEvent { row: left, .. }, _), (ReceivedEvent { row: right, .. }, _)| {
            (left.project_id, &left.stripe_event_id).cmp(&(right.project_id, &right.stripe_event_id))
        });
        let (events, waiting) = taken.into_iter().unzip();
        *locked(&batch.waiting) = waiting;
        events
    }
}

/// Keeps the next batch and answers everybody in it. Where it fails as a whole, each event is tried by itself: one that
/// the database refuses must not keep out those of other projects.
async fn keep_next(hall: Arc<Hall>) {
    // It is never closed; and if it were, more at once would do no harm.
    let _turn = hall.turns.acquire().await;
    let batch = Arc::new(Batch::default());
    let result = write(Arc::clone(&hall), Arc::clone(&batch)).await;
    // A database that cannot be reached has not begun.
    let events = batch.events.get_or_init(|| hall.leave(&batch));
    let waiting = std::mem::take(&mut *locked(&batch.waiting));
    match result {
        Ok(()) => waiting.into_iter().for_each(|kept| answer(kept, Ok(()))),
        Err(error) if waiting.len() == 1 => {
            waiting.into_iter().zip([error]).for_each(|(kept, error)| answer(kept, Err(error)));
        }
        Err(_) => {
            for (event, kept) in events.iter().cloned().zip(waiting) {
                let app = hall.app.clone();
                tokio::spawn(async move { answer(kept, write_alone(&app, event).await) });
            }
        }
    }
}

fn answer(kept: Kept, result: Result<(), StoreError>) {
    // Fails when the caller has gone. The event is kept all the same, and known when Stripe sends it again.
    let _ = kept.send(result);
}

async fn write(hall: Arc<Hall>, batch: Arc<Batch>) -> Result<(), StoreError> {
    let app = hall.app.clone();
    app.write(move |cx, tx| keep(cx, tx, batch.events.get_or_init(|| hall.leave(&batch)))).await
}

async fn write_alone(app: &App, event: ReceivedEvent) -> Result<(), StoreError> {
    app.write(move |cx, tx| keep(cx, tx, std::slice::from_ref(&event))).await
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(cx: &Cx, tx: &mut Tx<'_>, events: &[ReceivedEvent]) -> Result<(), StoreError> {
    let new = tx.insert_stripe_events(events)?;
    let tasks = new
        .into_iter()
        .filter(|row| row.state == StripeEventState::Waiting)
        .map(|row| Task::ApplyStripeEvents { project: row.project_id, subject: row.subject.clone() })
        .collect::<Vec<_>>();
    enqueue_all(cx, tx, &tasks)
}
