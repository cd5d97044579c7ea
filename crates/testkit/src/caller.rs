//! Somebody who calls an API: requests in, answers out, all in this process.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// A caller with a key, or without one.
#[derive(Clone)]
pub struct Caller {
    routes: Router,
    headers: HeaderMap,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, which is always JSON; null when there is none.
    pub body: Value,
}

impl Caller {
    /// A caller with this key.
    pub fn new(routes: Router, key: &str) -> Self {
        Self { routes, headers: HeaderMap::new() }.with("authorization", &format!("Bearer {key}"))
    }

    /// The same caller, sending a header besides.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut caller = self.clone();
        let name = HeaderName::try_from(name).expect("a header's name");
        caller.headers.insert(name, HeaderValue::try_from(value).expect("a header's value"));
        caller
    }

    /// The same caller without a header.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.remove(name);
        caller
    }

    /// Gets.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Body::from(body.to_string())).await
    }

    /// Posts a form.
    pub async fn post_form(&self, path: &str, form: &str) -> Answer {
        let caller = self.with("content-type", "application/x-www-form-urlencoded");
        caller.send(Method::POST, path, form.to_owned()).await
    }

    /// Patches with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Body::from(body.to_string())).await
    }

    /// Deletes.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    /// Sends anything.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(body.into()).expect("a request");
        request.headers_mut().extend(self.headers.clone());
        let response = self.routes.clone().oneshot(request).await.expect("routes always answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body arrives").to_bytes();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).expect("every body is JSON")
        };
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The class of the error and its code, if the status is this one.
    #[track_caller]
    pub fn expect_error(self, status: u16) -> (String, String) {
        let body = self.expect(status);
        assert_eq!(body["object"], "error");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()));
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (text("type"), text("code"))
    }
}
