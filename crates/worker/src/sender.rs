//! Sends webhooks to others. Any number of nodes share the receivers: one at a time sends to each.
//!
//! Every receiver that has something to hear gets a task of its own, so that one that hangs delays no other; and the window
//! of what is sent at once begins small and grows while it answers.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use perennial_core::context::App;
use perennial_core::report::chain;
use perennial_core::store::StoreError;
use perennial_core::store::tables::EndpointClaim;
use perennial_core::webhooks_out::{Round, claim_endpoints, release_endpoint, send_round};
use tokio::task::JoinSet;

/// How often it is looked for what has become due, or was written by another node.
const POLL: Duration = Duration::from_millis(500);
/// How soon it is looked for what this node has written: what is written at once is then found together.
const PROMPTLY: Duration = Duration::from_millis(10);
/// So many receivers are sent to at once by one node.
const RECEIVERS_AT_ONCE: usize = 1000;
/// Lanes in the first round with a receiver.
const FIRST_WINDOW: u32 = 8;
/// Lanes in a round with one that answers well.
const WIDEST_WINDOW: u32 = 256;

/// Sends until it is told to stop.
#[derive(Clone)]
pub struct Sender {
    app: App,
    stopping: Arc<AtomicBool>,
}

impl Sender {
    /// A sender for this application.
    pub fn new(app: App) -> Self {
        Self { app, stopping: Arc::default() }
    }

    /// Sends until `shutdown` is done, then waits for the answers to what was sent.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut running = JoinSet::new();
        let mut looking = tokio::time::interval(POLL);
        looking.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut shutdown = std::pin::pin!(shutdown);
        let mut is_called = false;
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                () = self.app.news_for_receivers(), if !is_called => {
                    is_called = true;
                    looking.reset_after(PROMPTLY);
                }
                _ = looking.tick() => {
                    is_called = false;
                    let free = RECEIVERS_AT_ONCE.saturating_sub(running.len());
                    for claim in self.claim(free).await {
                        let sender = self.clone();
                        running.spawn(async move { sender.serve(claim).await });
                    }
                }
                Some(_) = running.join_next() => {}
            }
        }
        self.stopping.store(true, Ordering::Relaxed);
        while running.join_next().await.is_some() {}
    }

    /// Sends everything that is due now until nothing is left: for tests and for simulated time. Answers how many receivers
    /// were served.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut served = 0;
        loop {
            let claims =
                claim_endpoints(&self.app, u32::try_from(RECEIVERS_AT_ONCE).unwrap_or(u32::MAX)).await?;
            if claims.is_empty() {
                return Ok(served);
            }
            served += claims.len();
            join_all(claims.into_iter().map(|claim| self.serve(claim))).await;
        }
    }

    async fn claim(&self, limit: usize) -> Vec<EndpointClaim> {
        if limit == 0 {
            return Vec::new();
        }
        claim_endpoints(&self.app, u32::try_from(limit).unwrap_or(u32::MAX)).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no webhooks could be claimed");
            Vec::new()
        })
    }

    async fn serve(&self, claim: EndpointClaim) {
        let mut window = FIRST_WINDOW;
        loop {
            match send_round(&self.app, claim, window).await {
                Ok(Round::Continued) if self.stopping.load(Ordering::Relaxed) => break,
                Ok(Round::Continued) => window = (window * 2).min(WIDEST_WINDOW),
                Ok(Round::Ended) => return,
                Err(error) => {
                    let id = claim.endpoint_id;
                    tracing::warn!(webhook.id = %id, error = %chain(&error), "nothing can be sent to the webhook {id}");
                    return;
                }
            }
        }
        if let Err(error) = release_endpoint(&self.app, claim).await {
            tracing::warn!(%error, "a webhook could not be given back, its claim will end");
        }
    }
}
