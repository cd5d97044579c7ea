//! The client: where the API is, who calls, and how patiently.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, InvalidHeaderValue};
use reqwest::redirect;
use url::{Host, Url};

use crate::resources::{
    Addons, Addresses, ConnectSessions, Plans, Sims, SubscriptionAddons, SubscriptionChanges, Subscriptions,
    Users,
};
use crate::retry::RetryPolicy;
use crate::secret::ApiKey;

/// A client of one project. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    /// `https://host/projects/name`, without a slash at the end.
    pub(crate) root: String,
    pub(crate) retries: RetryPolicy,
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL does not parse.
    #[error("the base URL is not a URL")]
    BaseUrl(#[from] url::ParseError),
    /// The base URL has another scheme.
    #[error("the base URL must start with https:// or http://, not {0}:")]
    Scheme(String),
    /// The project is not a slug (contract §1.4).
    #[error("a project's id has lower-case letters, digits and hyphens")]
    Project,
    /// The API key cannot be sent as a header.
    #[error("the API key has characters that no key has")]
    ApiKey(#[from] InvalidHeaderValue),
    /// The HTTP client cannot start, for instance because the system has no root certificates.
    #[error("the HTTP client cannot start")]
    Http(#[from] reqwest::Error),
}

impl Client {
    /// A client with the default timeout and retries.
    ///
    /// `base_url` is the API's origin, such as `https://api.example.com`; everything this client
    /// calls is below `/projects/{project}` there.
    pub fn new(base_url: &str, project: &str, api_key: impl Into<ApiKey>) -> Result<Self, BuildError> {
        Self::builder().build(base_url, project, api_key)
    }

    /// A client with other settings than the default ones.
    pub fn builder() -> ClientBuilder {
        ClientBuilder { timeout: Duration::from_secs(30), retries: RetryPolicy::default() }
    }

    /// What can be bought as a subscription.
    pub fn plans(&self) -> Plans<'_> {
        Plans { client: self }
    }

    /// The people who buy.
    pub fn users(&self) -> Users<'_> {
        Users { client: self }
    }

    /// The postal addresses of one user.
    pub fn addresses(&self, user: &crate::UserId) -> Addresses<'_> {
        Addresses { client: self, user: user.clone() }
    }

    /// What was bought.
    pub fn subscriptions(&self) -> Subscriptions<'_> {
        Subscriptions { client: self }
    }

    /// What can be bought on top of a subscription.
    pub fn addons(&self) -> Addons<'_> {
        Addons { client: self }
    }

    /// The add-ons that subscriptions have.
    pub fn subscription_addons(&self) -> SubscriptionAddons<'_> {
        SubscriptionAddons { client: self }
    }

    /// Changes of plan.
    pub fn subscription_changes(&self) -> SubscriptionChanges<'_> {
        SubscriptionChanges { client: self }
    }

    /// SIM cards and eSIMs.
    pub fn sims(&self) -> Sims<'_> {
        Sims { client: self }
    }

    /// Visits to the hosted pages.
    pub fn connect_sessions(&self) -> ConnectSessions<'_> {
        ConnectSessions { client: self }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("root", &self.inner.root).finish_non_exhaustive()
    }
}

/// Settings of a [`Client`] to be.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    timeout: Duration,
    retries: RetryPolicy,
}

impl ClientBuilder {
    /// How long one try may take, from connecting to the last byte. 30 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often to try, and how long to wait in between.
    pub fn retries(mut self, retries: RetryPolicy) -> Self {
        self.retries = retries;
        self
    }

    /// Makes the client. Sends nothing.
    pub fn build(
        self,
        base_url: &str,
        project: &str,
        api_key: impl Into<ApiKey>,
    ) -> Result<Client, BuildError> {
        let base_url = checked_base_url(base_url)?;
        if project.is_empty() || !project.bytes().all(is_slug_byte) {
            return Err(BuildError::Project);
        }
        let root = format!("{}/projects/{project}", base_url.as_str().trim_end_matches('/'));
        let http = http_client(&base_url, self.timeout, headers(&api_key.into())?)?;
        Ok(Client { inner: Arc::new(Inner { http, root, retries: self.retries }) })
    }
}

fn is_slug_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

fn checked_base_url(text: &str) -> Result<Url, BuildError> {
    let mut base_url = Url::parse(text)?;
    if !matches!(base_url.scheme(), "https" | "http") {
        return Err(BuildError::Scheme(base_url.scheme().to_owned()));
    }
    base_url.set_query(None);
    base_url.set_fragment(None);
    Ok(base_url)
}

fn headers(api_key: &ApiKey) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", api_key.expose()))?;
    // Keeps the key out of the HTTP library's own debug output.
    bearer.set_sensitive(true);
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, bearer),
        (ACCEPT, HeaderValue::from_static("application/json")),
    ]))
}

fn http_client(
    base_url: &Url,
    timeout: Duration,
    headers: HeaderMap,
) -> Result<reqwest::Client, reqwest::Error> {
    // The provider is the process's: where the app has chosen one already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();

    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("perennial-client/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .timeout(timeout)
        // The API never redirects, and following one would turn a POST into a GET.
        .redirect(redirect::Policy::none());
    if base_url.scheme() == "http" {
        // Without TLS, a machine without root certificates is no reason to fail.
        builder = builder.tls_certs_only([]);
    }
    if is_loopback(base_url) {
        // A proxy is another machine, and another machine's loopback is not this one's.
        builder = builder.no_proxy();
    }
    builder.build()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
