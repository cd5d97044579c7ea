//! Delivers events to webhook endpoints, signed, and again when an endpoint does not acknowledge them.

mod outcomes;
mod prepare;
mod recent;
mod signature;
mod transport;

use std::time::Duration;

use rusqlite::params;

use crate::faults::WebhookFault;
use crate::http::error::ApiError;
use crate::sandbox::Sandbox;
use crate::store::Tx;
use outcomes::{Outcome, Outcomes};

pub(crate) use recent::{RecentDelivery, recent};
pub use signature::signature_header;
pub(crate) use transport::client;
pub use transport::{
    DeliveryFuture, HttpTransport, RouterTransport, TransportError, WebhookDelivery, WebhookTransport,
};

/// The most deliveries between two looks at the clock.
const BATCH: usize = 100;
const TICK: Duration = Duration::from_secs(1);

/// A delivery that is due.
struct Due {
    sequence: i64,
    attempts: u32,
    event: String,
    endpoint: String,
}

/// Tries every delivery that is due, in order, once each, and answers how many there were.
pub(crate) async fn deliver_due(sandbox: &Sandbox) -> Result<usize, ApiError> {
    let _alone = sandbox.delivering().lock().await;
    // Beside whoever writes: what is told need not wait for a long stretch of the clock.
    let looked = sandbox.read(|tx| {
        let due = find_due(tx)?.into_iter();
        let due =
            due.map(|due| Ok((prepare::prepare(tx, &due)?, due))).collect::<Result<Vec<_>, ApiError>>()?;
        Ok((due, tx.has_old_events()?))
    });
    let (due, has_old_events) = looked.await?;
    if has_old_events {
        sandbox.write(forget_old_events).await?;
    }
    // Nobody is told what might still be lost.
    sandbox.reach_disk().await?;
    let deliveries = due.len();
    let mut outcomes = Outcomes::of(sandbox);
    let mut held = Vec::new();
    for (prepared, due) in due {
        let Some(prepared) = prepared else {
            outcomes.note(due, Outcome::GivenUp).await?;
            continue;
        };
        match sandbox.faults().next_for_event(&prepared.event_type) {
            None => outcomes.note(due, attempt(sandbox, prepared).await).await?,
            Some(WebhookFault::Drop) => outcomes.note(due, Outcome::GivenUp).await?,
            Some(WebhookFault::Repeat) => {
                // The first answer counts for nothing, like one that was lost on its way.
                let _ = sandbox.transport().deliver(prepared.clone()).await;
                outcomes.note(due, attempt(sandbox, prepared).await).await?;
            }
            Some(WebhookFault::Reorder) => held.push((due, prepared)),
        }
    }
    for (due, prepared) in held.into_iter().rev() {
        outcomes.note(due, attempt(sandbox, prepared).await).await?;
    }
    outcomes.write_down().await?;
    Ok(deliveries)
}

fn forget_old_events(tx: &Tx<'_>) -> Result<(), ApiError> {
    tx.forget_old_events()
}

async fn attempt(sandbox: &Sandbox, prepared: WebhookDelivery) -> Outcome {
    let event_id = prepared.event_id.clone();
    let answer = sandbox.transport().deliver(prepared).await;
    if let Err(error) = &answer {
        let error: &dyn std::error::Error = error;
        tracing::warn!(error, event = event_id, "the webhook {event_id} did not arrive");
    }
    Outcome::Tried(answer.ok())
}

/// Delivers and does what is due by the clock, until `shutdown` completes. A delivery under way is then dropped, and
/// repeated when the sandbox runs again.
pub(crate) async fn run(sandbox: &Sandbox, shutdown: impl Future<Output = ()> + Send) {
    let work = async {
        loop {
            let ticked = sandbox.tick_some().await;
            let delivered = deliver_due(sandbox).await;
            let more = matches!(ticked, Ok(true)) || matches!(delivered, Ok(BATCH));
            for error in [ticked.err(), delivered.err()].into_iter().flatten() {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the sandbox's background work failed");
            }
            if !more {
                let _ = tokio::time::timeout(TICK, sandbox.deliveries_queued().notified()).await;
            }
        }
    };
    tokio::select! {
        () = shutdown => {}
        () = work => {}
    }
    // What the clock has begun ends by itself; nothing is done any more once this is over.
    drop(sandbox.writer().await);
}

fn find_due(tx: &Tx<'_>) -> Result<Vec<Due>, ApiError> {
    let mut statement = tx.connection.prepare_cached(
        "SELECT sequence, attempts, event, endpoint FROM deliveries
         WHERE state = 'pending' AND due_at <= ?1 ORDER BY sequence LIMIT ?2",
    )?;
    let rows = statement.query_map(params![tx.now(), i64::try_from(BATCH).unwrap_or(i64::MAX)], |row| {
        Ok(Due { sequence: row.get(0)?, attempts: row.get(1)?, event: row.get(2)?, endpoint: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
