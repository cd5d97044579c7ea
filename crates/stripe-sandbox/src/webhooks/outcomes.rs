//! What became of deliveries, written down for several of them at once.

use std::time::{Duration, Instant};

use rusqlite::params;

use super::Due;
use crate::http::error::ApiError;
use crate::sandbox::Sandbox;
use crate::store::Tx;

/// Seconds until the next attempt, by the attempts made so far; after the last one a delivery has failed. Stripe's own
/// sandboxes retry three times over some hours; these begin sooner, because a developer is waiting.
const RETRY_AFTER_SECONDS: [i64; 5] = [5, 60, 600, 3_600, 10_800];

/// How long an outcome waits for others to share its commit. What is not written down when the sandbox stops is
/// delivered again.
const LONGEST_WAIT: Duration = Duration::from_millis(10);

/// What became of a delivery.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    /// The endpoint answered with this status, or not at all.
    Tried(Option<u16>),
    /// It is not tried any more: endpoint or event are gone, or it was to be lost.
    GivenUp,
}

/// Outcomes on their way into the database.
pub(super) struct Outcomes<'s> {
    sandbox: &'s Sandbox,
    waiting: Vec<(Due, Outcome)>,
    written_at: Instant,
}

impl<'s> Outcomes<'s> {
    pub(super) fn of(sandbox: &'s Sandbox) -> Self {
        Self { sandbox, waiting: Vec::new(), written_at: Instant::now() }
    }

    /// Notes an outcome. It is in the database soon, or after [`Self::write_down`].
    pub(super) async fn note(&mut self, due: Due, outcome: Outcome) -> Result<(), ApiError> {
        self.waiting.push((due, outcome));
        if self.written_at.elapsed() < LONGEST_WAIT { Ok(()) } else { self.write_down().await }
    }

    /// Puts what waits into the database.
    pub(super) async fn write_down(&mut self) -> Result<(), ApiError> {
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            let write =
                move |tx: &Tx<'_>| waiting.iter().try_for_each(|(due, outcome)| record(tx, due, *outcome));
            self.sandbox.write(write).await?;
        }
        self.written_at = Instant::now();
        Ok(())
    }
}

fn record(tx: &Tx<'_>, due: &Due, outcome: Outcome) -> Result<(), ApiError> {
    let Outcome::Tried(status) = outcome else {
        let sql = "UPDATE deliveries SET state = 'failed' WHERE sequence = ?1";
        tx.connection.prepare_cached(sql)?.execute([due.sequence])?;
        return Ok(());
    };
    let (state, wait) = match RETRY_AFTER_SECONDS.get(due.attempts as usize) {
        _ if status.is_some_and(|status| (200..300).contains(&status)) => ("delivered", &0),
        Some(seconds) => ("pending", seconds),
        None => ("failed", &0),
    };
    let sql = "UPDATE deliveries SET attempts = attempts + 1, last_status = ?2, state = ?3, due_at = ?4
        WHERE sequence = ?1";
    tx.connection.prepare_cached(sql)?.execute(params![due.sequence, status, state, tx.now() + wait])?;
    Ok(())
}
