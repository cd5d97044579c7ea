//! Where verified events wait for a moment, so that those that come together share one durable commit.
//!
//! A commit costs the same for one event as for twenty. While one is under way the next events gather, so batches grow
//! with the load and a lone event waits for nobody.

use std::sync::Arc;

use perennial_store::tables::{StripeEventRow, StripeEventState};
use perennial_store::{StoreError, Tx};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::context::{App, Cx};
use crate::tasks::{Task, enqueue_all};

/// Events in one transaction at the most. Each number of events is a statement of its own, which connections keep.
const LARGEST_BATCH: usize = 32;

/// Some reach the disk while others are gathered and sent: on a slow disk an event should not wait for two commits.
const BATCHES_AT_ONCE: usize = 4;

/// An event, and who waits to hear that it is kept.
struct Delivery {
    row: StripeEventRow,
    kept: oneshot::Sender<Result<(), StoreError>>,
}

/// The way in. What works behind it ends when this is dropped and all that was taken is answered.
pub(super) struct Inbox {
    deliveries: mpsc::Sender<Delivery>,
}

impl Inbox {
    /// Begins to take events, on the runtime of this thread.
    pub(super) fn open(app: App) -> Self {
        let (deliveries, arriving) = mpsc::channel(LARGEST_BATCH);
        tokio::spawn(keep_what_arrives(app, arriving));
        Self { deliveries }
    }

    /// Keeps the event and queues the work on it. `Ok` once both are durable.
    pub(super) async fn keep(&self, row: StripeEventRow) -> Result<(), StoreError> {
        let closed = || StoreError::Unavailable("the inbox is closed".into());
        let (kept, answer) = oneshot::channel();
        self.deliveries.send(Delivery { row, kept }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

async fn keep_what_arrives(app: App, mut arriving: mpsc::Receiver<Delivery>) {
    let turns = Arc::new(Semaphore::new(BATCHES_AT_ONCE));
    // The turn comes first: what arrives while we wait for it is in the same batch.
    while let Ok(turn) = Arc::clone(&turns).acquire_owned().await {
        let mut batch = Vec::new();
        if arriving.recv_many(&mut batch, LARGEST_BATCH).await == 0 {
            return;
        }
        let app = app.clone();
        tokio::spawn(async move {
            keep_batch(&app, batch).await;
            drop(turn);
        });
    }
}

/// Answers everybody in the batch. Where it fails as a whole, each event is tried by itself: one that the database
/// refuses must not keep out those of other projects.
async fn keep_batch(app: &App, batch: Vec<Delivery>) {
    let (rows, waiting): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|delivery| (delivery.row, delivery.kept)).unzip();
    match write(app, rows.clone()).await {
        Ok(()) => waiting.into_iter().for_each(|kept| answer(kept, Ok(()))),
        Err(error) if waiting.len() == 1 => {
            if let Some(kept) = waiting.into_iter().next() {
                answer(kept, Err(error));
            }
        }
        Err(_) => {
            for (row, kept) in rows.into_iter().zip(waiting) {
                let app = app.clone();
                tokio::spawn(async move { answer(kept, write(&app, vec![row]).await) });
            }
        }
    }
}

fn answer(kept: oneshot::Sender<Result<(), StoreError>>, result: Result<(), StoreError>) {
    // Fails when the caller has gone. The event is kept all the same, and known when Stripe sends it again.
    let _ = kept.send(result);
}

async fn write(app: &App, mut rows: Vec<StripeEventRow>) -> Result<(), StoreError> {
    // Two batches at once meet the same events in the same order, and so never wait for each other in a circle.
    rows.sort_by(|left, right| {
        (left.project_id, &left.stripe_event_id).cmp(&(right.project_id, &right.stripe_event_id))
    });
    app.write(move |cx, tx| keep(cx, tx, &rows)).await
}

fn keep(cx: &Cx, tx: &mut Tx<'_>, rows: &[StripeEventRow]) -> Result<(), StoreError> {
    let fresh = tx.insert_stripe_events(rows)?;
    let is_fresh = |row: &&StripeEventRow| {
        fresh.iter().any(|(project, id)| *project == row.project_id && *id == row.stripe_event_id)
    };
    let waiting = rows.iter().filter(|row| row.state == StripeEventState::Waiting).filter(is_fresh);
    let tasks = waiting
        .map(|row| Task::ApplyStripeEvents { project: row.project_id, subject: row.subject.clone() })
        .collect::<Vec<_>>();
    enqueue_all(cx, tx, &tasks)
}
