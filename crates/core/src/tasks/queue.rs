//! Putting tasks into the queue, within the transaction that makes them necessary.

use jiff::Timestamp;
use perennial_store::{NewJob, StoreError, Tx};

use super::Task;
use crate::context::Cx;

/// How often a task is tried before a person has to look: with the queue's backoff, most of a day. Tries of an account
/// that could not be reached do not count.
const MAX_ATTEMPTS: u32 = 25;

/// Queues a task for now.
pub fn enqueue(cx: &Cx, tx: &mut Tx<'_>, task: &Task) -> Result<(), StoreError> {
    enqueue_at(cx, tx, task, cx.now())
}

/// Queues a task for now, unless it waits or runs already: then not even a pause after a failure is cut short.
pub fn enqueue_unless_queued(cx: &Cx, tx: &mut Tx<'_>, task: &Task) -> Result<(), StoreError> {
    if tx.jobs().is_alive(&task.dedupe_key())? { Ok(()) } else { enqueue(cx, tx, task) }
}

/// Queues a task for later.
pub fn enqueue_at(cx: &Cx, tx: &mut Tx<'_>, task: &Task, run_at: Timestamp) -> Result<(), StoreError> {
    tx.jobs().enqueue(&job(task, run_at)?, cx.now())?;
    Ok(())
}

/// Queues tasks for now, with one statement; those with the same key are one.
pub fn enqueue_all(cx: &Cx, tx: &mut Tx<'_>, tasks: &[Task]) -> Result<(), StoreError> {
    let jobs = tasks.iter().map(|task| job(task, cx.now())).collect::<Result<Vec<_>, _>>()?;
    tx.jobs().enqueue_all(jobs, cx.now())
}

fn job(task: &Task, run_at: Timestamp) -> Result<NewJob<'static>, StoreError> {
    Ok(NewJob {
        kind: task.kind(),
        payload: serde_json::to_value(task).map_err(|error| StoreError::Other(error.into()))?,
        run_at,
        dedupe_key: Some(task.dedupe_key()),
        max_attempts: MAX_ATTEMPTS,
    })
}
