//! A fake API that answers from a script and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use perennial_client::{Client, RetryPolicy};
use serde_json::{Value, json};

/// What the fake does with one request.
pub(crate) enum Reply {
    Json(StatusCode, Value),
    /// With a `Retry-After` of this many seconds.
    TryLater(StatusCode, u32),
    Text(StatusCode, &'static str),
    /// Never answers.
    Silence,
    /// Closes the connection without an answer.
    HangUp,
}

/// What one request was.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

#[derive(Clone, Default)]
struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub(crate) struct FakeApi {
    pub(crate) base_url: String,
    script: Script,
}

impl FakeApi {
    /// Starts a fake that gives these answers in this order. It stops with the test's runtime.
    pub(crate) async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let script =
            Script { replies: Arc::new(Mutex::new(replies.into_iter().collect())), ..Script::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base_url, script }
    }

    /// A client that tries three times without pausing.
    pub(crate) fn client(&self) -> Client {
        let at_once =
            RetryPolicy { tries: 3, first_pause: Duration::ZERO, longest_pause: Duration::from_secs(1) };
        Client::builder().retries(at_once).build(&self.base_url, "demo", "key_for_tests").unwrap()
    }

    /// Everything that was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    /// The only thing that was asked.
    pub(crate) fn asked_once(&self) -> Asked {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    script.asked.lock().unwrap().push(Asked { method, target: uri.to_string(), headers, body });
    let reply = script.replies.lock().unwrap().pop_front();
    match reply.expect("the script has no reply left") {
        Reply::Json(status, body) => (status, axum::Json(body)).into_response(),
        Reply::TryLater(status, seconds) => {
            let wait = [("retry-after", seconds.to_string())];
            (status, wait, axum::Json(refusal("tooManyRequests", "Too many requests."))).into_response()
        }
        Reply::Text(status, text) => (status, text).into_response(),
        Reply::Silence => std::future::pending().await,
        // The server drops the connection of a handler that panicked.
        Reply::HangUp => panic!("the script says to hang up"),
    }
}

pub(crate) fn ok(body: Value) -> Reply {
    Reply::Json(StatusCode::OK, body)
}

pub(crate) fn refusal(kind: &str, message: &str) -> Value {
    json!({ "object": "error", "type": kind, "message": message })
}
