//! Where Stripe tells what happened: `POST /webhooks/stripe/{project}`.
//!
//! The answer comes as soon as the event is stored. Stripe's Checkout waits for it before it sends the customer back.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::routing::post;
use axum::{Json, Router};
use perennial_core::context::App;
use perennial_core::ports::RejectedEvent;
use perennial_core::webhooks::{Intake, ReceiveError};
use serde::Serialize;

use crate::body::read_body;
use crate::{ApiError, ErrorKind};

const SIGNATURE: &str = "stripe-signature";

#[derive(Serialize)]
struct ReceivedBody {
    received: bool,
}

/// The route. The signature is the only key: it is checked on the raw bytes.
/// A webhook secret that was retired may work on for as long as `max_age`.
pub fn stripe_webhooks(app: App, max_age: Duration) -> Router {
    let intake = Arc::new(Intake::open(app, max_age));
    Router::new().route("/webhooks/stripe/{project}", post(receive)).with_state(intake)
}

async fn receive(
    State(intake): State<Arc<Intake>>,
    Path(project): Path<String>,
    request: Request,
) -> Result<Json<ReceivedBody>, ApiError> {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await?;
    let signature = parts.headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    intake.receive(&project, signature, &body).await.map_err(refuse)?;
    Ok(Json(ReceivedBody { received: true }))
}

fn refuse(error: ReceiveError) -> ApiError {
    match error {
        ReceiveError::UnknownProject => ApiError::not_found(),
        ReceiveError::Rejected(rejected) => {
            tracing::warn!(reason = %rejected, "refused a Stripe webhook");
            reject(rejected)
        }
        ReceiveError::Vault(error) => ApiError::internal(error),
        ReceiveError::Store(error) => error.into(),
    }
}

fn reject(rejected: RejectedEvent) -> ApiError {
    let message = match rejected {
        RejectedEvent::Unreadable => "The Stripe-Signature header is missing or cannot be read.",
        RejectedEvent::Forged => "No signature fits any active secret.",
        RejectedEvent::Stale => "The signature is out of date.",
        RejectedEvent::NotAnEvent => "The body is not an event.",
    };
    ApiError::new(ErrorKind::Malformed, message)
}
