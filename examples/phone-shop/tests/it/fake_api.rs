//! A fake API: fixed answers by path, and a memory of what was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// One request: method with path and query below the project, and the body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) what: String,
    pub(crate) body: Value,
}

#[derive(Clone, Default)]
struct Memory {
    answers: Arc<Mutex<HashMap<String, (StatusCode, Value)>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

pub(crate) struct FakeApi {
    pub(crate) base_url: String,
    memory: Memory,
}

impl FakeApi {
    /// Starts a fake without answers. It stops with the test's runtime.
    pub(crate) async fn start() -> Self {
        let memory = Memory::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(memory.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base_url, memory }
    }

    /// Answers `what`, such as `GET /plans` or `GET /plans?limit=2`, with `body`.
    pub(crate) fn on(self, what: &str, body: Value) -> Self {
        self.on_status(what, StatusCode::OK, body)
    }

    /// Refuses `what`, as something that the caller got wrong.
    pub(crate) fn refusing(self, what: &str, message: &str) -> Self {
        let refusal = json!({ "object": "error", "type": "invalid", "message": message });
        self.on_status(what, StatusCode::UNPROCESSABLE_ENTITY, refusal)
    }

    fn on_status(self, what: &str, status: StatusCode, body: Value) -> Self {
        self.memory.answers.lock().unwrap().insert(what.to_owned(), (status, body));
        self
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.memory.asked.lock().unwrap().clone()
    }

    /// The body of the only request for `what`.
    pub(crate) fn body_of(&self, what: &str) -> Value {
        let asked: Vec<Asked> = self.asked().into_iter().filter(|asked| asked.what == what).collect();
        assert_eq!(asked.len(), 1, "{what} in {:?}", self.asked());
        asked[0].body.clone()
    }
}

async fn answer(State(memory): State<Memory>, method: Method, uri: Uri, body: Bytes) -> Response {
    let target = uri.to_string().replacen("/projects/demo", "", 1);
    let with_query = format!("{method} {target}");
    let without_query = with_query.split('?').next().unwrap_or_default().to_owned();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    memory.asked.lock().unwrap().push(Asked { what: with_query.clone(), body });

    let answers = memory.answers.lock().unwrap();
    if let Some((status, body)) = answers.get(&with_query).or_else(|| answers.get(&without_query)) {
        return (*status, axum::Json(body.clone())).into_response();
    }
    let message = format!("no answer to {with_query}");
    let refusal = json!({ "object": "error", "type": "notFound", "message": message });
    (StatusCode::NOT_FOUND, axum::Json(refusal)).into_response()
}
