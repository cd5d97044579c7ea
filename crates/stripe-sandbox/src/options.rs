//! What the owner of a sandbox decides when opening it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::webhooks::WebhookTransport;

/// Where seconds since the Unix epoch come from. Nothing in the sandbox asks any other clock.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Where the sandbox keeps its objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// Gone when the last [`crate::Sandbox`] is dropped.
    #[default]
    Memory,
    /// One `SQLite` file, created when missing.
    File(PathBuf),
}

/// A webhook endpoint that exists from the start, with a secret chosen by the owner.
#[derive(Clone)]
pub struct WebhookTarget {
    /// The address that events are posted to.
    pub url: String,
    /// The signing secret, `whsec_…`.
    pub secret: String,
    /// Event types to deliver; `*` stands for all.
    pub enabled_events: Vec<String>,
}

impl fmt::Debug for WebhookTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebhookTarget").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What follows a renewal that was not paid; at Stripe, an account's revenue recovery settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dunning {
    /// The days after the first try on which the invoice is tried again, in rising order.
    pub retry_days: Vec<i64>,
    /// What becomes of the subscription when the last retry has failed.
    pub last_resort: LastResort,
}

impl Default for Dunning {
    fn default() -> Self {
        Self { retry_days: vec![1, 3, 5, 7], last_resort: LastResort::default() }
    }
}

/// What becomes of a subscription that nobody pays for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastResort {
    /// It ends.
    #[default]
    Cancel,
    /// It goes on as `unpaid`: further invoices stay drafts.
    MarkUnpaid,
    /// It stays `past_due`, and further invoices are made and tried.
    LeavePastDue,
}

/// How to open a sandbox. Start from [`SandboxOptions::default`] and change what matters.
#[derive(Clone)]
pub struct SandboxOptions {
    /// Where objects are kept.
    pub storage: Storage,
    /// Where the sandbox's own pages are reached, without a trailing slash.
    pub base_url: String,
    /// The only key accepted; without one, any `sk_test_…` key is.
    pub secret_key: Option<String>,
    /// The time.
    pub clock: Clock,
    /// The seller's name on the pages.
    pub merchant_name: String,
    /// An endpoint to deliver to from the start.
    pub webhook: Option<WebhookTarget>,
    /// How deliveries travel; without one, over HTTP.
    pub transport: Option<Arc<dyn WebhookTransport>>,
    /// Whether a paid Checkout page waits for `checkout.session.completed` to be acknowledged, as Stripe's does, before it
    /// redirects. Tests that decide the order of events themselves turn it off.
    pub deliver_before_redirect: bool,
    /// What follows a renewal that was not paid.
    pub dunning: Dunning,
    /// How many seconds a renewal's invoice stays a draft before it is finalized and charged; at Stripe it is about an hour
    /// (<https://docs.stripe.com/billing/invoices/subscription#subscription-lifecycle>). With zero both happen at once.
    pub renewal_draft_seconds: i64,
    /// Whether events that no endpoint asked for are kept and listed, as Stripe does. Of ten that a renewal makes a
    /// merchant asks for two or three, so a simulation of many years does without the others.
    pub keep_unheard_events: bool,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            storage: Storage::Memory,
            base_url: "http://127.0.0.1:12111".to_owned(),
            secret_key: None,
            clock: Arc::new(system_seconds),
            merchant_name: "Sandbox".to_owned(),
            webhook: None,
            transport: None,
            deliver_before_redirect: true,
            dunning: Dunning::default(),
            renewal_draft_seconds: 0,
            keep_unheard_events: true,
        }
    }
}

impl fmt::Debug for SandboxOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SandboxOptions")
            .field("storage", &self.storage)
            .field("base_url", &self.base_url)
            .field("merchant_name", &self.merchant_name)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the sandbox meets the system's clock")]
fn system_seconds() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |elapsed| i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}
