//! The sandbox as its owner holds it.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;

use axum::Router;
use futures::FutureExt;
use tokio::sync::Notify;

use crate::faults::{FaultPlan, Faults};
use crate::http::error::ApiError;
use crate::http::idempotency::InFlight;
use crate::http::parameters::ParameterTable;
use crate::http::versions;
use crate::options::SandboxOptions;
use crate::store::{Context, Store, Tx, Writer};
use crate::webhooks::{HttpTransport, WebhookTransport};
use crate::{billing, http, resources, webhooks};

/// How much is done between deliveries, so that a clock set far ahead does not keep webhooks waiting.
const MOST_PER_STRETCH: usize = 1_000;
/// How much shares a commit. A request waits for that, and for those who came before it.
const MOST_PER_TRANSACTION: usize = 20;

/// Does the first thing that is due, and answers whether there was one.
type RunNext = fn(&Tx<'_>, Option<&str>, i64) -> Result<bool, ApiError>;

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
            // Nobody else can have it yet.
            let writer = sandbox.inner.store.writer().now_or_never();
            let mut writer =
                writer.ok_or_else(|| OpenError::Webhook(ApiError::internal("Somebody writes.")))?;
            sandbox
                .transact(&mut writer, Caller::default(), |tx| {
                    resources::webhook_endpoints::ensure(tx, target)
                })
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
    pub async fn tick(&self) -> Result<(), ApiError> {
        while self.tick_some().await? {}
        Ok(())
    }

    /// A stretch of [`Self::tick`], and whether there may be more to do.
    pub(crate) async fn tick_some(&self) -> Result<bool, ApiError> {
        for _ in 0..MOST_PER_STRETCH / MOST_PER_TRANSACTION {
            if !self.tick_apart(self.writer().await).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One transaction of it, on a thread of its own: it takes long, and the caller's may have others to serve. It ends even
    /// if nobody waits for it any more.
    async fn tick_apart(&self, mut writer: Writer) -> Result<bool, ApiError> {
        let sandbox = self.clone();
        let ticked = tokio::task::spawn_blocking(move || {
            let mut tick = |run_next: RunNext| {
                sandbox.transact(&mut writer, Caller::default(), |tx| do_some(tx, run_next))
            };
            // Hardly anything ever fails: then all is done again, and what fails is put off.
            tick(billing::renewals::run_next_or_fail).or_else(|_| tick(billing::renewals::run_next))
        });
        match ticked.await {
            Ok(more) => more,
            Err(broken) if broken.is_panic() => resume_unwind(broken.into_panic()),
            Err(stopped) => Err(ApiError::internal(format!("The clock was stopped: {stopped}"))),
        }
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

    /// Waits for the connection that writes, behind everybody who asked before.
    pub(crate) async fn writer(&self) -> Writer {
        self.inner.store.writer().await
    }

    /// One transaction on behalf of no API request.
    pub(crate) async fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.write_for(Caller::default(), work).await
    }

    /// One transaction on behalf of an API request.
    pub(crate) async fn write_for<T>(
        &self,
        caller: Caller,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut writer = self.writer().await;
        self.transact(&mut writer, caller, work)
    }

    fn transact<T>(
        &self,
        writer: &mut Writer,
        caller: Caller,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut queued = false;
        let outcome = writer.transact(self.context_for(caller), |tx| {
            let outcome = work(tx);
            queued = tx.has_queued_deliveries();
            outcome
        });
        if queued {
            self.inner.deliveries_queued.notify_one();
        }
        outcome
    }

    /// Looks something up on behalf of no API request.
    pub(crate) async fn read<T>(&self, work: impl Fn(&Tx<'_>) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.read_for(Caller::default(), work).await
    }

    /// One transaction on behalf of an API request that only asks. A few of those make what they answer with, such as the
    /// portal's first configuration: they begin anew as one that writes, and so does what is refused.
    pub(crate) async fn read_for<T>(
        &self,
        caller: Caller,
        work: impl Fn(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        match self.inner.store.read(self.context_for(caller.clone()), &work) {
            Some(answer) => Ok(answer),
            None => self.write_for(caller, work).await,
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
fn do_some(tx: &Tx<'_>, run_next: RunNext) -> Result<bool, ApiError> {
    for _ in 0..MOST_PER_TRANSACTION {
        if !run_next(tx, None, tx.owners_now())? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, Response, StatusCode, header};
    use futures::poll;
    use serde_json::json;
    use tower::ServiceExt;

    use super::*;

    fn open() -> Sandbox {
        Sandbox::open(SandboxOptions::default()).unwrap()
    }

    async fn note(sandbox: &Sandbox, id: &str) -> Result<(), ApiError> {
        sandbox.write(|tx| tx.insert(&json!({ "id": id, "object": "note" }))).await
    }

    async fn post(sandbox: &Sandbox, key: Option<&str>) -> Response<Body> {
        let mut request = Request::post("/v1/customers").header("idempotency-key", "once");
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        sandbox.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn whoever_waits_goes_before_the_clock_goes_on() {
        let sandbox = open();
        let clock_has_it = sandbox.writer().await;
        let mut request = Box::pin(note(&sandbox, "n_1"));
        assert!(poll!(&mut request).is_pending());
        let mut clock = Box::pin(sandbox.tick());
        drop(clock_has_it);
        assert!(poll!(&mut clock).is_pending());
        // Had the clock the writer again, this would have to wait.
        assert!(poll!(&mut request).is_ready());
        clock.await.unwrap();
    }

    #[tokio::test]
    async fn whoever_gives_up_holds_nobody_up() {
        let sandbox = open();
        let held = sandbox.writer().await;
        let mut given_up = Box::pin(note(&sandbox, "n_1"));
        let mut next = Box::pin(note(&sandbox, "n_2"));
        assert!(poll!(&mut given_up).is_pending());
        assert!(poll!(&mut next).is_pending());
        drop(held);
        // It was theirs already.
        drop(given_up);
        next.await.unwrap();
        assert!(sandbox.read(|tx| tx.find("n_1")).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_is_refused_waits_for_nobody() {
        let sandbox = open();
        let _held = sandbox.writer().await;
        assert_eq!(post(&sandbox, None).await.status(), StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn a_key_is_in_use_while_its_first_request_waits() {
        let sandbox = open();
        let held = sandbox.writer().await;
        let mut first = Box::pin(post(&sandbox, Some("sk_test_123")));
        assert!(poll!(&mut first).is_pending());
        assert_eq!(post(&sandbox, Some("sk_test_123")).await.status(), StatusCode::CONFLICT);
        drop(held);
        assert_eq!(first.await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn nothing_is_done_any_more_once_it_was_told_to_stop() {
        let sandbox = open();
        let held = sandbox.writer().await;
        let mut running = Box::pin(sandbox.run_deliveries(std::future::ready(())));
        assert!(poll!(&mut running).is_pending(), "somebody still writes");
        drop(held);
        running.await;
    }
}
