//! The way in and out: from a request's bytes to a resource's function, and from its object to an answer.

mod auth;
pub(crate) mod error;
mod expand;
mod faults;
mod form;
pub(crate) mod idempotency;
pub(crate) mod parameters;
pub(crate) mod routes;
mod unserved;
pub(crate) mod versions;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawPathParams, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use serde_json::{Value, json};

use crate::billing::clocks;
use crate::fields::Fields;
use crate::sandbox::{Caller, Sandbox};
use crate::store::Tx;
use crate::{ids, pages, present, resources};
use error::ApiError;
use form::Node;
use idempotency::KeptAnswer;
use routes::{Handler, Request};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const ORIGINAL_REQUEST: HeaderName = HeaderName::from_static("original-request");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// The API and the pages.
pub(crate) fn router(sandbox: Sandbox) -> Router {
    let mut router = Router::new();
    for (path, calls) in resources::routes().into_paths() {
        let methods = calls.into_iter().fold(MethodRouter::new(), |methods, (method, handler)| {
            methods.merge(method_router(Call { method, path, handler }))
        });
        router = router.route(path, methods.fallback(unknown_path));
    }
    router
        .fallback(unknown_path)
        .with_state(sandbox.clone())
        .merge(faults::router(sandbox.clone()))
        .merge(pages::router(sandbox.clone()))
        .layer(middleware::from_fn_with_state(sandbox, answer_for))
}

/// Answers for what was done once it is on the disk. What was only asked is answered at once.
async fn answer_for(
    State(sandbox): State<Sandbox>,
    request: HttpRequest,
    next: Next,
) -> Result<Response, ApiError> {
    let only_asks = request.method() == Method::GET;
    let response = next.run(request).await;
    if !only_asks {
        sandbox.reach_disk().await?;
    }
    Ok(response)
}

/// One entry of the table of calls.
#[derive(Clone)]
struct Call {
    method: Method,
    path: &'static str,
    handler: Handler,
}

impl Call {
    /// As the table of parameters names it: `METHOD path`.
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn method_router(call: Call) -> MethodRouter<Sandbox> {
    let filter = match call.method {
        Method::POST => MethodFilter::POST,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    let call = Arc::new(call);
    on(
        filter,
        move |State(sandbox): State<Sandbox>,
              ids: RawPathParams,
              uri: Uri,
              headers: HeaderMap,
              body: Result<Bytes, BytesRejection>| {
            let ids = ids.iter().map(|(_, id)| id.to_owned()).collect();
            let incoming = Incoming { ids, uri, headers, body, request_id: ids::new_id("req") };
            let call = Arc::clone(&call);
            async move { faults::suffer(&sandbox, &call.name(), answer(&sandbox, &call, incoming)).await }
        },
    )
}

async fn unknown_path(method: Method, uri: Uri) -> ApiError {
    ApiError::unknown_path(method.as_str(), uri.path())
}

/// A request before anything in it is believed.
struct Incoming {
    ids: Vec<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
    request_id: String,
}

impl Incoming {
    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
    }

    /// The form in the query and the body together; SDKs use either for GET and DELETE.
    fn form(&self) -> Result<Node, ApiError> {
        let mut form = Node::empty();
        form.add_encoded(self.uri.query().unwrap_or_default().as_bytes())?;
        let body = self.body.as_ref().map_err(|_| ApiError::request("The body is too long or broke off."))?;
        let content_type = self.header(&header::CONTENT_TYPE).unwrap_or_default();
        if content_type.starts_with("application/json") && !body.is_empty() {
            return Err(ApiError::request("The API takes form-encoded bodies, not JSON."));
        }
        form.add_encoded(body)?;
        Ok(form)
    }
}

async fn answer(sandbox: &Sandbox, call: &Call, incoming: Incoming) -> Response {
    let request_id = incoming.request_id.clone();
    let version = incoming.header(&STRIPE_VERSION).unwrap_or(versions::DEFAULT).to_owned();
    let key = incoming.header(&IDEMPOTENCY_KEY).map(str::to_owned);
    let kept = respond(sandbox, call, incoming, version.clone())
        .await
        .unwrap_or_else(|error| refusal(&error, &request_id));
    let replayed = kept.request_id != request_id;
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], kept.body).into_response();
    let headers = response.headers_mut();
    put(headers, REQUEST_ID, &request_id);
    put(headers, STRIPE_VERSION, &version);
    if let Some(key) = key {
        put(headers, IDEMPOTENCY_KEY, &key);
        put(headers, ORIGINAL_REQUEST, &kept.request_id);
    }
    if replayed {
        put(headers, IDEMPOTENT_REPLAYED, "true");
    }
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Checks the request, then answers it in one transaction: from memory when its key was seen before, else anew.
async fn respond(
    sandbox: &Sandbox,
    call: &Call,
    incoming: Incoming,
    version: String,
) -> Result<KeptAnswer, ApiError> {
    auth::check(&incoming.headers, sandbox.options().secret_key.as_deref())?;
    let method = call.method.as_str();
    let read = sandbox.parameters().read(method, call.path, &incoming.form()?);
    let parameters = read.ok_or_else(|| ApiError::unknown_path(method, incoming.uri.path()))??;
    unserved::refuse(method, call.path, &parameters)?;
    let key = incoming.header(&IDEMPOTENCY_KEY).filter(|_| call.method == Method::POST).map(str::to_owned);
    let _claim = key.as_deref().map(|key| sandbox.in_flight().claim(key)).transpose()?;
    let path = incoming.uri.path().to_owned();
    let keyed = key.as_deref().map(|key| (key, idempotency::fingerprint(method, &path, &parameters)));
    let request = Request { ids: incoming.ids, parameters, path };
    let request_id = incoming.request_id;
    let caller =
        Caller { request_id: Some(request_id.clone()), idempotency_key: key.clone(), version: Some(version) };
    if call.method == Method::GET {
        return sandbox.read_for(caller, |tx| run(tx, call, &request, &request_id)).await;
    }
    let answered = sandbox.write_for(caller, |tx| {
        let Some((key, fingerprint)) = &keyed else { return run(tx, call, &request, &request_id) };
        if let Some(kept) = idempotency::recall(tx, key, fingerprint)? {
            return Ok(kept);
        }
        let kept = run(tx, call, &request, &request_id)?;
        idempotency::keep(tx, key, fingerprint, &kept)?;
        Ok(kept)
    });
    answered.await
}

/// Runs the resource's function. A refusal that leaves something behind is an answer like any other.
fn run(tx: &Tx<'_>, call: &Call, request: &Request, request_id: &str) -> Result<KeptAnswer, ApiError> {
    let answer = match time_of(tx, call, request)? {
        Some(time) => tx.at(time, || (call.handler)(tx, request)),
        None => (call.handler)(tx, request),
    };
    match answer.and_then(|object| show(tx, object, request)) {
        Ok(object) => Ok(KeptAnswer {
            request_id: request_id.to_owned(),
            status: 200,
            body: serde_json::to_string(&object)?,
        }),
        Err(error) if error.keeps_changes() => Ok(refusal(&error, request_id)),
        Err(error) => Err(error),
    }
}

/// The time in which a change happens, when it is that of a test clock: of what the path names, or else of what the
/// parameters do.
fn time_of(tx: &Tx<'_>, call: &Call, request: &Request) -> Result<Option<i64>, ApiError> {
    if call.method == Method::GET {
        return Ok(None);
    }
    let parameters = ["customer", "subscription", "invoice", "test_clock", "from_subscription"];
    let named = parameters.iter().find_map(|name| request.parameters.text(name));
    let Some(id) = request.ids.first().map(String::as_str).or(named) else { return Ok(None) };
    match tx.find(id)? {
        Some(object) => clocks::time_of(tx, &object),
        None => Ok(None),
    }
}

/// The object as this caller asked to see it: complete, expanded, in the shape of its API version.
fn show(tx: &Tx<'_>, object: Value, request: &Request) -> Result<Value, ApiError> {
    let mut shown = present::shown(tx, object)?;
    expand::expand(tx, &mut shown, &request.parameters)?;
    Ok(shown)
}

fn refusal(error: &ApiError, request_id: &str) -> KeptAnswer {
    let body = json!({ "error": error.body() }).to_string();
    KeptAnswer { request_id: request_id.to_owned(), status: error.status().as_u16(), body }
}
