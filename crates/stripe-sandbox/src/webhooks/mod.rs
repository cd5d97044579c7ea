//! Delivers events to webhook endpoints, signed, and again when an endpoint does not acknowledge them.

mod recent;
mod signature;
mod transport;

use std::time::Duration;

use rusqlite::params;
use serde_json::Value;

use crate::faults::WebhookFault;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::sandbox::Sandbox;
use crate::store::Tx;

pub(crate) use recent::{RecentDelivery, recent};
pub use signature::signature_header;
pub(crate) use transport::client;
pub use transport::{
    DeliveryFuture, HttpTransport, RouterTransport, TransportError, WebhookDelivery, WebhookTransport,
};

/// Seconds until the next attempt, by the attempts made so far; after the last one a delivery has failed. Stripe's own
/// sandboxes retry three times over some hours; these begin sooner, because a developer is waiting.
const RETRY_AFTER_SECONDS: [i64; 5] = [5, 60, 600, 3_600, 10_800];
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
    let due = sandbox.write(|tx| {
        tx.forget_old_events()?;
        find_due(tx)?
            .into_iter()
            .map(|due| Ok((prepare(tx, &due)?, due)))
            .collect::<Result<Vec<_>, ApiError>>()
    })?;
    let deliveries = due.len();
    let mut held = Vec::new();
    for (prepared, delivery) in due {
        let Some(prepared) = prepared else { continue };
        match sandbox.faults().next_for_event(&prepared.event_type) {
            None => attempt(sandbox, &delivery, prepared).await?,
            Some(WebhookFault::Drop) => sandbox.write(|tx| finish(tx, &delivery, "failed"))?,
            Some(WebhookFault::Repeat) => {
                // The first answer counts for nothing, like one that was lost on its way.
                let _ = sandbox.transport().deliver(prepared.clone()).await;
                attempt(sandbox, &delivery, prepared).await?;
            }
            Some(WebhookFault::Reorder) => held.push((delivery, prepared)),
        }
    }
    for (delivery, prepared) in held.into_iter().rev() {
        attempt(sandbox, &delivery, prepared).await?;
    }
    Ok(deliveries)
}

async fn attempt(sandbox: &Sandbox, due: &Due, prepared: WebhookDelivery) -> Result<(), ApiError> {
    let answer = sandbox.transport().deliver(prepared).await;
    if let Err(error) = &answer {
        let error: &dyn std::error::Error = error;
        tracing::warn!(error, event = due.event, "the webhook {} did not arrive", due.event);
    }
    sandbox.write(|tx| record(tx, due, answer.ok()))
}

/// Delivers and does what is due by the clock, until `shutdown` completes. A delivery under way is then dropped, and
/// repeated when the sandbox runs again.
pub(crate) async fn run(sandbox: &Sandbox, shutdown: impl Future<Output = ()> + Send) {
    let work = async {
        loop {
            let ticked = sandbox.tick_some();
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

/// The signed request, or nothing when the endpoint or the event is gone; then the delivery is given up.
fn prepare(tx: &Tx<'_>, due: &Due) -> Result<Option<WebhookDelivery>, ApiError> {
    let endpoint = tx.find_kind("webhook_endpoint", &due.endpoint)?;
    let (Some(endpoint), Some(event)) = (endpoint, tx.find_event(&due.event)?) else {
        finish(tx, due, "failed")?;
        return Ok(None);
    };
    let event_type = event.owned("type").unwrap_or_default();
    let body = in_version_of(tx, event, &endpoint)?.to_string();
    Ok(Some(WebhookDelivery {
        url: endpoint.owned("url").unwrap_or_default(),
        signature: signature_header(endpoint.text("_secret").unwrap_or_default(), tx.now(), &body),
        event_id: due.event.clone(),
        event_type,
        body,
    }))
}

/// The event in the shape that the endpoint asked for when it was made.
fn in_version_of(tx: &Tx<'_>, mut event: Value, endpoint: &Value) -> Result<Value, ApiError> {
    event.put("pending_webhooks", tx.pending_deliveries(event.id())?);
    if let Some(version) = endpoint.text("api_version") {
        versions::adapt(tx, &mut event["data"]["object"], version)?;
        event.put("api_version", version);
    }
    Ok(event)
}

fn record(tx: &Tx<'_>, due: &Due, status: Option<u16>) -> Result<(), ApiError> {
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

/// Ends a delivery.
fn finish(tx: &Tx<'_>, due: &Due, state: &str) -> Result<(), ApiError> {
    let sql = "UPDATE deliveries SET state = ?2 WHERE sequence = ?1";
    tx.connection.prepare_cached(sql)?.execute(params![due.sequence, state])?;
    Ok(())
}
