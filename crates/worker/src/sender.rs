//! Sends webhooks to others. Any number of nodes share the receivers: one at a time sends to each.
//!
//! Every receiver that has something to hear gets a task of its own, so that one that hangs delays no other (`slots.rs` says
//! how many there may be); and the window of what is sent at once begins small and grows while it answers.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use perennial_core::context::App;
use perennial_core::report::chain;
use perennial_core::store::StoreError;
use perennial_core::webhooks_out::{
    EndpointClaim, Round, Window, claim_endpoints, claim_endpoints_of, release_endpoint, rest_endpoint,
    send_round,
};

use crate::slots::Slots;

/// How often it is looked for what has become due, or was written by another node.
const POLL: Duration = Duration::from_millis(500);
/// How soon it is looked for what this node has written: what is written at once is then found together.
const PROMPTLY: Duration = Duration::from_millis(10);
/// So many receivers are sent to at once by one node, of those that have not failed last.
const SLOTS: usize = 750;
/// So many of those that have.
const SLOTS_OF_FAILING: usize = 250;
/// How long a receiver is left alone to whom nothing could be sent for a reason of ours.
const REST_AFTER_FAULT: SignedDuration = SignedDuration::from_secs(5);
/// So many receivers are drained at once.
const DRAINED_AT_ONCE: u32 = 1000;
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
        let (mut well, mut failing) = (Slots::new(false, SLOTS), Slots::new(true, SLOTS_OF_FAILING));
        // Those that fail rest for a second at least: they are not looked for whenever something is written.
        let [mut looking, mut looking_back] = [POLL; 2].map(tokio::time::interval);
        for interval in [&mut looking, &mut looking_back] {
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        }
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
                    self.fill(&mut well).await;
                }
                _ = looking_back.tick() => self.fill(&mut failing).await,
                Some(()) = well.freed() => {}
                Some(()) = failing.freed() => {}
            }
        }
        self.stopping.store(true, Ordering::Relaxed);
        while well.freed().await.is_some() {}
        while failing.freed().await.is_some() {}
    }

    /// Sends everything that is due now until nothing is left: for tests and for simulated time. Answers how many receivers
    /// were served.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut served = 0;
        loop {
            let claims = claim_endpoints(&self.app, DRAINED_AT_ONCE).await?;
            if claims.is_empty() {
                return Ok(served);
            }
            served += claims.len();
            join_all(claims.into_iter().map(|claim| self.serve(claim))).await;
        }
    }

    /// Begins to send to receivers for which something is due, as long as there are such and slots are free.
    async fn fill(&self, slots: &mut Slots) {
        while let Some(wanted) = slots.wanted() {
            let limit = wanted.limit as usize;
            let claims = claim_endpoints_of(&self.app, wanted).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "no webhooks could be claimed");
                Vec::new()
            });
            let are_all = claims.len() < limit;
            for claim in claims {
                let sender = self.clone();
                slots.take(claim, async move { sender.serve(claim).await });
            }
            if are_all {
                return;
            }
        }
    }

    async fn serve(&self, claim: EndpointClaim) {
        let mut window = Window::of(FIRST_WINDOW);
        loop {
            match send_round(&self.app, claim, &mut window).await {
                Ok(Round::Continued) if self.stopping.load(Ordering::Relaxed) => break,
                Ok(Round::Continued) => window.lanes = (window.lanes * 2).min(WIDEST_WINDOW),
                Ok(Round::Ended) => return,
                Err(error) => {
                    let id = claim.endpoint_id;
                    tracing::warn!(webhook.id = %id, error = %chain(&error), "nothing can be sent to the webhook {id}");
                    given_back(rest_endpoint(&self.app, claim, REST_AFTER_FAULT).await);
                    return;
                }
            }
        }
        given_back(release_endpoint(&self.app, claim).await);
    }
}

fn given_back(done: Result<(), StoreError>) {
    if let Err(error) = done {
        tracing::warn!(%error, "a webhook could not be given back, its claim will end");
    }
}
