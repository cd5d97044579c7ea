//! Finding events that wait while nobody works on them: their task was given up in a long outage.

use jiff::SignedDuration;
use perennial_store::StoreError;

use crate::context::App;
use crate::tasks::{Task, enqueue_unless_queued};

/// Younger events have a task of their own.
const YOUNG: SignedDuration = SignedDuration::from_mins(5);
/// At the most so many subjects in one sweep; the next one takes the rest.
const BATCH: u32 = 500;

/// Queues every subject again whose events wait without a live task; answers how many have waited for long.
pub async fn sweep_stripe_events(app: &App) -> Result<usize, StoreError> {
    app.write(|cx, tx| {
        let subjects = tx.waiting_stripe_subjects(cx.now() - YOUNG, BATCH)?;
        for (project, subject) in &subjects {
            let task = Task::ApplyStripeEvents { project: *project, subject: subject.clone() };
            enqueue_unless_queued(cx, tx, &task)?;
        }
        Ok(subjects.len())
    })
    .await
}
