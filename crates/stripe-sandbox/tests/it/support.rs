//! A sandbox under a fixed clock, and a caller that speaks to it like an SDK.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use stripe_sandbox::{Sandbox, SandboxOptions};
use tower::ServiceExt;

/// 1 March 2026, noon, UTC.
pub(crate) const NOON: i64 = 1_772_366_400;
pub(crate) const DAY: i64 = 86_400;

/// A sandbox with a clock of its own.
pub(crate) struct Stripe {
    pub(crate) sandbox: Sandbox,
    router: Router,
    clock: Arc<AtomicI64>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The JSON; what is none, such as a page, as a text.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The page, for what is one.
    pub(crate) fn html(&self) -> &str {
        self.body.as_str().unwrap_or_else(|| panic!("no page but {:#}", self.body))
    }

    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {pointer} in {:#}", self.body))
    }

    pub(crate) fn id(&self) -> String {
        self.text("/id").to_owned()
    }
}

impl Stripe {
    pub(crate) fn new() -> Self {
        Self::with(SandboxOptions::default())
    }

    pub(crate) fn with(options: SandboxOptions) -> Self {
        Self::at(NOON, options)
    }

    /// A sandbox whose clock begins at `start`, in seconds since the epoch.
    pub(crate) fn at(start: i64, options: SandboxOptions) -> Self {
        let clock = Arc::new(AtomicI64::new(start));
        let hand = Arc::clone(&clock);
        let options = SandboxOptions {
            clock: Arc::new(move || hand.load(Ordering::SeqCst)),
            base_url: "http://sandbox.test".to_owned(),
            ..options
        };
        let sandbox = Sandbox::open(options).unwrap();
        Self { router: sandbox.router(), sandbox, clock }
    }

    /// Moves the clock and lets happen what is due by then.
    pub(crate) async fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
        self.sandbox.tick().await.unwrap();
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body =
            serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes)));
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A call with headers besides the key.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, "Bearer sk_test_123")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "", &[]).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.call("POST", path, form, &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, "", &[]).await
    }

    /// A POST that must be answered with 200.
    pub(crate) async fn make(&self, path: &str, form: &str) -> Answer {
        let answer = self.post(path, form).await;
        assert_eq!(answer.status, StatusCode::OK, "POST {path} {form}: {:#}", answer.body);
        answer
    }

    /// A monthly price of 14.50 euros for a new product; its id.
    pub(crate) async fn monthly_price(&self) -> String {
        let product = self.make("/v1/products", "name=Phone+plan").await.id();
        let form = format!("product={product}&currency=eur&unit_amount=1450&recurring[interval]=month");
        self.make("/v1/prices", &form).await.id()
    }

    /// A customer whose default card is the given test card; the customer's id.
    pub(crate) async fn customer_with(&self, card: &str) -> String {
        let form = format!(
            "email=ada@example.test&payment_method={card}&invoice_settings[default_payment_method]={card}"
        );
        self.make("/v1/customers", &form).await.id()
    }

    /// The types of the events so far, oldest first.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        let mut events = self.get("/v1/events?limit=100").await;
        let events = events.body["data"].as_array_mut().unwrap();
        events.reverse();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}
