//! The `Idempotency-Key` header (contracts/projects-api.md §1.7): on POST and DELETE, asked twice is done once.

use std::convert::Infallible;

use aide::OperationInput;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use perennial_core::actor::still_acting;
use perennial_core::context::App;
use perennial_core::idempotency::{
    self, IdempotencyError, IdempotentRequest, KeptAnswer, RequestKey, Taken, Turn,
};
use perennial_domain::ProjectId;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::body::read_body;
use crate::{ApiError, ErrorKind};

const HEADER: &str = "idempotency-key";
/// Tells a client that the answer is that of an earlier request.
const REPLAYED_HEADER: &str = "idempotent-replayed";
const MAX_KEY_CHARACTERS: usize = 255;

/// What tells a request with an `Idempotency-Key` from all others, so that a use case can find what an earlier one with
/// that key has done, though its answer was lost.
#[derive(Clone, Copy, Debug)]
pub struct SameRequest(pub Option<RequestKey>);

impl<S: Sync> FromRequestParts<S> for SameRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().copied()))
    }
}

/// The header belongs to every POST, and is documented with all of them.
impl OperationInput for SameRequest {}

/// The key of a request that heeds one; [`run_once`] does what it asks for.
pub fn key_of(request: &Request) -> Result<Option<String>, ApiError> {
    if !matches!(*request.method(), Method::POST | Method::DELETE) {
        return Ok(None);
    }
    let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=MAX_KEY_CHARACTERS).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(ApiError::invalid("The header Idempotency-Key has 1 to 255 plain characters.")),
    }
}

/// Does the request unless it was done before; then answers what was answered.
///
/// The key is one of the project's. A door whose callers may do and see different things puts the caller into it.
///
/// The work goes on when the client hangs up: it will ask again with its key, and wants to find an answer.
pub async fn run_once(
    app: &App,
    project: ProjectId,
    key: String,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let body = read_body(body).await?;
    let request = IdempotentRequest { project, key, fingerprint: fingerprint(&parts, &body) };
    parts.extensions.insert(request.identity());
    let taken = match idempotency::reserve(app, &request).await? {
        Turn::First(taken) => taken,
        Turn::Done(answer) => return Ok(replay(&answer)),
        Turn::Running => {
            return Err(conflict("The first request with this Idempotency-Key is still running."));
        }
        Turn::OtherRequest => return Err(conflict("This Idempotency-Key was used for another request.")),
    };
    let (app, span) = (app.clone(), tracing::Span::current());
    let work = async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        remember(&app, &request, taken, response).await
    };
    match tokio::spawn(still_acting(work.instrument(span))).await {
        Ok(response) => Ok(response),
        // The key frees itself after a while; the panic is answered where all panics are.
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(ApiError::internal(error)),
    }
}

/// Method, path, query and body: what makes two requests the same. Lengths keep the parts apart.
fn fingerprint(parts: &Parts, body: &Bytes) -> [u8; 32] {
    let head = format!("{} {} {} ", parts.method, parts.uri, body.len());
    Sha256::new().chain_update(head).chain_update(body).finalize().into()
}

/// Keeps a good answer; gives the key of a bad one back.
///
/// The answer stands either way: should its keeping fail, the key frees itself after a while, and to call the
/// request failed would be wrong.
async fn remember(app: &App, request: &IdempotentRequest, taken: Taken, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return ApiError::internal("an answer broke off before it could be kept").into_response();
    };
    let status = parts.status.as_u16();
    let kept = match std::str::from_utf8(&body) {
        Ok(text) if status < 400 => {
            let answer = KeptAnswer { status, body: SecretString::from(text) };
            idempotency::keep(app, request, taken, &answer).await
        }
        _ => idempotency::forget(app, request, taken).await.map_err(IdempotencyError::Store),
    };
    if let Err(error) = kept {
        tracing::error!(%error, "the answer to an idempotency key could not be kept");
    }
    Response::from_parts(parts, Body::from(body))
}

fn replay(answer: &KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body.expose_secret().to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    response
}

fn conflict(message: &'static str) -> ApiError {
    ApiError::new(ErrorKind::Conflict, message)
}

impl From<IdempotencyError> for ApiError {
    fn from(error: IdempotencyError) -> Self {
        match error {
            IdempotencyError::Store(error) => error.into(),
            IdempotencyError::Vault(error) => Self::internal(error),
        }
    }
}
