//! Faults as callers meet them, and `/_sandbox/faults`, where they are asked for.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::stream;

use super::error::ApiError;
use crate::faults::{FaultPlan, RequestFault};
use crate::sandbox::Sandbox;

/// `GET` shows the plan, `POST` replaces it, `DELETE` ends it.
pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new().route("/_sandbox/faults", get(show).post(set).delete(clear)).with_state(sandbox)
}

async fn show(State(sandbox): State<Sandbox>) -> Json<FaultPlan> {
    Json(sandbox.faults().plan())
}

/// Only JSON is taken, which no form on a foreign page can send.
async fn set(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<FaultPlan>, ApiError> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/json") {
        return Err(ApiError::request("Faults are asked for in JSON."));
    }
    let plan = serde_json::from_slice(&body)
        .map_err(|error| ApiError::request(format!("This is no plan of faults: {error}")))?;
    sandbox.set_faults(plan);
    Ok(Json(sandbox.faults().plan()))
}

async fn clear(State(sandbox): State<Sandbox>) -> Json<FaultPlan> {
    sandbox.set_faults(FaultPlan::default());
    Json(FaultPlan::default())
}

/// Answers a call as the plan has it: `answer` is what does the work.
pub(super) async fn suffer(
    sandbox: &Sandbox,
    call: &str,
    answer: impl Future<Output = Response>,
) -> Response {
    let Some((fault, delay)) = sandbox.faults().next_for_call(call) else { return answer.await };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match fault {
        RequestFault::Delay => answer.await,
        RequestFault::TooManyRequests => ApiError::too_many_requests().into_response(),
        RequestFault::ServerError => ApiError::internal("The sandbox was asked to fail.").into_response(),
        RequestFault::LoseAnswer => {
            drop(answer.await);
            broken()
        }
    }
}

/// A response whose body breaks off, which closes the connection.
fn broken() -> Response {
    let pieces =
        [Ok(Bytes::from_static(b"{")), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::OK, headers, Body::from_stream(stream::iter(pieces))).into_response()
}
