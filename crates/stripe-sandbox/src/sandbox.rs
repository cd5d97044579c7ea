//! The sandbox as its owner holds it.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use tokio::sync::Notify;

use crate::faults::{FaultPlan, Faults};
use crate::http::error::ApiError;
use crate::http::idempotency::InFlight;
use crate::http::parameters::ParameterTable;
use crate::http::versions;
use crate::options::SandboxOptions;
use crate::store::{Context, Store, Turn, Tx};
use crate::webhooks::{HttpTransport, WebhookTransport};
use crate::{billing, http, resources, webhooks};

/// How much is done between deliveries, so that a clock set far ahead does not keep webhooks waiting.
const MOST_PER_STRETCH: usize = 1_000;
/// How much shares a commit. Requests wait for so many at the most.
const MOST_PER_TRANSACTION: usize = 20;

/// Why a sandbox could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not a database, is locked, or cannot be written.
    #[error("the sandbox's database could not be opened")]
    Database(#[from] rusqlite::Error),
    /// The database's log cannot be followed to the disk.
    #[error("the log of the sandbox's database could not be opened")]
    Log(#[from] std::io::Error),
    /// The table of parameters built into this crate is not what it should be.
    #[error("the table of Stripe's parameters could not be read")]
    Parameters(#[from] serde_json::Error),
    /// The client for webhook deliveries could not be set up.
    #[error("the HTTP client for webhooks could not be set up")]
    Transport(#[from] reqwest::Error),
    /// The webhook endpoint given in the options could not be stored.
    #[error("the webhook endpoint could not be set up")]
    Webhook(#[source] ApiError),
}

/// A stateful stand-in for Stripe. Clones share one state.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    options: SandboxOptions,
    parameters: ParameterTable,
    in_flight: InFlight,
    faults: Faults,
    transport: Arc<dyn WebhookTransport>,
    deliveries_queued: Notify,
    delivering: tokio::sync::Mutex<()>,
}

/// On whose behalf a transaction runs; by default the sandbox's own.
#[derive(Clone, Default)]
pub(crate) struct Caller {
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) version: Option<String>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Opens the sandbox, with the objects it had when it was closed.
    pub fn open(options: SandboxOptions) -> Result<Self, OpenError> {
        let transport = match &options.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(HttpTransport::new()?),
        };
        let inner = Inner {
            store: Store::open(&options.storage)?,
            parameters: ParameterTable::load()?,
            in_flight: InFlight::default(),
            faults: Faults::default(),
            transport,
            deliveries_queued: Notify::new(),
            delivering: tokio::sync::Mutex::new(()),
            options,
        };
        let sandbox = Self { inner: Arc::new(inner) };
        if let Some(target) = &sandbox.inner.options.webhook {
            sandbox
                .write(|tx| resources::webhook_endpoints::ensure(tx, target))
                .map_err(OpenError::Webhook)?;
        }
        Ok(sandbox)
    }

    /// The API and the hosted pages, as a tower service.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Does what is due by the clock, in order and each as of the time it was due: renews subscriptions, tries failed
    /// invoices again, expires Checkout Sessions. A subscription that slept for several periods is renewed once for each of
    /// them, so a long jump ends like many small steps.
    pub fn tick(&self) -> Result<(), ApiError> {
        while self.tick_some()? {}
        Ok(())
    }

    /// A stretch of [`Self::tick`], and whether there may be more to do.
    pub(crate) fn tick_some(&self) -> Result<bool, ApiError> {
        for _ in 0..MOST_PER_STRETCH / MOST_PER_TRANSACTION {
            // Hardly anything ever fails: then all is done again, and what fails is put off.
            let done = self.write(|tx| do_some(tx, billing::renewals::run_next_or_fail));
            let more = done.or_else(|_| self.write(|tx| do_some(tx, billing::renewals::run_next)))?;
            if !more {
                return Ok(false);
            }
            self.inner.store.give_way();
        }
        Ok(true)
    }

    /// [`Self::tick`] on a thread of its own: it takes long, and gives way to those whom the caller's thread may have to serve.
    pub async fn tick_apart(&self) -> Result<(), ApiError> {
        while self.tick_some_apart().await? {}
        Ok(())
    }

    /// A stretch of [`Self::tick_apart`], and whether there may be more to do.
    pub(crate) async fn tick_some_apart(&self) -> Result<bool, ApiError> {
        let sandbox = self.clone();
        let ticked = tokio::task::spawn_blocking(move || sandbox.tick_some()).await;
        ticked.unwrap_or_else(|broken| Err(ApiError::internal(format!("The clock stopped: {broken}"))))
    }

    /// Delivers every webhook that is due, each once, and answers how many were tried.
    pub async fn deliver_due(&self) -> Result<usize, ApiError> {
        webhooks::deliver_due(self).await
    }

    /// Delivers webhooks and does what is due by the clock, until `shutdown` completes.
    pub async fn run_deliveries(&self, shutdown: impl Future<Output = ()> + Send) {
        webhooks::run(self, shutdown).await;
    }

    /// Lets things go wrong from now on, in place of what went wrong before. [`FaultPlan::default`] ends it.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.inner.faults.set(plan);
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Seconds since the epoch, by the sandbox's clock.
    pub fn now(&self) -> i64 {
        (self.inner.options.clock)()
    }

    /// What the owner decided.
    pub(crate) fn options(&self) -> &SandboxOptions {
        &self.inner.options
    }

    pub(crate) fn parameters(&self) -> &ParameterTable {
        &self.inner.parameters
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.inner.in_flight
    }

    pub(crate) fn transport(&self) -> &dyn WebhookTransport {
        self.inner.transport.as_ref()
    }

    /// Held while webhooks travel, so that none travels twice at once.
    pub(crate) fn delivering(&self) -> &tokio::sync::Mutex<()> {
        &self.inner.delivering
    }

    pub(crate) fn deliveries_queued(&self) -> &Notify {
        &self.inner.deliveries_queued
    }

    /// One transaction on behalf of no API request.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.write_for(Caller::default(), work)
    }

    /// The same, without holding up a thread while somebody else writes.
    pub(crate) async fn write_in_turn<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let _turn = self.turn().await;
        self.write(work)
    }

    /// Waits until nobody writes. Whoever writes next is to hold the answer meanwhile.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        self.inner.store.turn().await
    }

    /// One transaction on behalf of an API request.
    pub(crate) fn write_for<T>(
        &self,
        caller: Caller,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let context = self.context_for(caller);
        let mut queued = false;
        let outcome = self.inner.store.write(context, |tx| {
            let outcome = work(tx);
            queued = tx.has_queued_deliveries();
            outcome
        });
        if queued {
            self.inner.deliveries_queued.notify_one();
        }
        outcome
    }

    /// One transaction on behalf of an API request that only asks. A few of those make what they answer with, such as the
    /// portal's first configuration: they begin anew as one that writes, and so does what is refused.
    pub(crate) fn read_for<T>(
        &self,
        caller: Caller,
        work: impl Fn(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        match self.inner.store.read(self.context_for(caller.clone()), &work) {
            Some(answer) => Ok(answer),
            None => self.write_for(caller, work),
        }
    }

    /// Waits until all that was done so far is on the disk, where there is one.
    pub(crate) async fn reach_disk(&self) -> Result<(), ApiError> {
        let Some(log) = self.inner.store.log() else { return Ok(()) };
        log.reach_disk().await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "the sandbox's disk failed");
            ApiError::internal("The sandbox's disk failed; its log says why.")
        })
    }

    fn context_for(&self, caller: Caller) -> Context {
        let options = &self.inner.options;
        Context {
            now: self.now(),
            base_url: options.base_url.clone(),
            merchant_name: options.merchant_name.clone(),
            dunning: options.dunning.clone(),
            renewal_draft_seconds: options.renewal_draft_seconds,
            keep_unheard_events: options.keep_unheard_events,
            request_id: caller.request_id,
            idempotency_key: caller.idempotency_key,
            version: caller.version.unwrap_or_else(|| versions::DEFAULT.to_owned()),
        }
    }
}

/// Does what is due by the clock, one thing after the other, and answers whether there may be more.
fn do_some(
    tx: &Tx<'_>,
    run_next: fn(&Tx<'_>, Option<&str>, i64) -> Result<bool, ApiError>,
) -> Result<bool, ApiError> {
    for _ in 0..MOST_PER_TRANSACTION {
        if !run_next(tx, None, tx.owners_now())? {
            return Ok(false);
        }
    }
    Ok(true)
}
