//! How a webhook travels: over HTTP, or straight into a router in the same process.

use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use tower::ServiceExt;

/// Stripe waits some seconds for an answer; so does the sandbox.
const TIMEOUT: Duration = Duration::from_secs(10);
const SIGNATURE: &str = "stripe-signature";

/// One signed event on its way to one endpoint.
#[derive(Clone, Debug)]
pub struct WebhookDelivery {
    /// The endpoint's address.
    pub url: String,
    /// The value of the `Stripe-Signature` header.
    pub signature: String,
    /// The event, `evt_…`.
    pub event_id: String,
    /// Such as `invoice.paid`.
    pub event_type: String,
    /// The event as JSON, byte for byte as it was signed.
    pub body: String,
}

/// Why a delivery got no answer.
#[derive(Debug, thiserror::Error)]
#[error("the endpoint did not answer")]
pub struct TransportError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl TransportError {
    /// From whatever went wrong.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// The endpoint's HTTP status, once it has answered.
pub type DeliveryFuture<'t> = Pin<Box<dyn Future<Output = Result<u16, TransportError>> + Send + 't>>;

/// Carries deliveries to endpoints.
pub trait WebhookTransport: Send + Sync {
    /// Posts one delivery and answers with the endpoint's status.
    fn deliver(&self, delivery: WebhookDelivery) -> DeliveryFuture<'_>;
}

/// Posts over HTTP. Redirects are not followed and proxies not used, so a delivery goes where its endpoint says.
#[derive(Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// Sets up the client.
    pub fn new() -> Result<Self, reqwest::Error> {
        Ok(Self { client: client()? })
    }
}

/// An HTTP client that asks no proxy and follows no redirect.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    // Only the first call in a process installs the provider; that another one came before is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder =
        || reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).no_proxy();
    // A machine without certificates, such as a bare container, can still speak plain HTTP.
    builder().build().or_else(|_| builder().tls_certs_only([]).build())
}

impl WebhookTransport for HttpTransport {
    fn deliver(&self, delivery: WebhookDelivery) -> DeliveryFuture<'_> {
        Box::pin(async move {
            let request = self
                .client
                .post(&delivery.url)
                .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
                .header(header::USER_AGENT, "Stripe/1.0 (sandbox)")
                .header(SIGNATURE, delivery.signature)
                .body(delivery.body);
            let response = request.send().await.map_err(TransportError::new)?;
            Ok(response.status().as_u16())
        })
    }
}

/// Hands deliveries to a router in the same process, so that tests need no sockets. Only the path of the endpoint's
/// address counts.
#[derive(Clone, Debug)]
pub struct RouterTransport {
    router: Router,
}

impl RouterTransport {
    /// Delivers into this router.
    pub fn new(router: Router) -> Self {
        Self { router }
    }
}

impl WebhookTransport for RouterTransport {
    fn deliver(&self, delivery: WebhookDelivery) -> DeliveryFuture<'_> {
        let router = self.router.clone();
        Box::pin(async move {
            let request = Request::post(delivery.url)
                .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
                .header(SIGNATURE, delivery.signature)
                .body(Body::from(delivery.body))
                .map_err(TransportError::new)?;
            let Ok(response) = router.oneshot(request).await;
            Ok(response.status().as_u16())
        })
    }
}
