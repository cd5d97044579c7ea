//! `POST /stripe/webhook` and `/webhooks/stripe` (contract §11): the same inbox as `/webhooks/stripe/{project}`, at the
//! addresses that installations of this contract have given to Stripe.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use http::StatusCode;
use perennial_core::webhooks::ReceiveError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::door::Door;
use crate::refusal::Refusal;
use crate::site::OnSite;

const SIGNATURE: &str = "stripe-signature";
/// No event of Stripe's is as long.
const MAX_EVENT_BYTES: usize = 1 << 20;

#[derive(Serialize, JsonSchema)]
pub(crate) struct ReceivedBody {
    received: bool,
}

pub(crate) async fn receive(
    OnSite(site): OnSite,
    State(door): State<Door>,
    request: Request,
) -> Result<Answer<ReceivedBody>, Refusal> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_EVENT_BYTES).await;
    let body = body.map_err(|_| Refusal::bad_request("INVALID_REQUEST", "The body is too long."))?;
    let signature = parts.headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    door.intake.receive(&site.slug, signature, &body).await.map_err(refuse)?;
    Ok(Answer(ReceivedBody { received: true }))
}

/// Stripe tries again after every other status than a good one; after a forgery nobody should.
fn refuse(error: ReceiveError) -> Refusal {
    match error {
        ReceiveError::UnknownProject => Refusal::unknown_path(),
        ReceiveError::Rejected(reason) => {
            tracing::warn!(%reason, "refused a Stripe webhook");
            Refusal::new(StatusCode::BAD_REQUEST, "INVALID_SIGNATURE", "The event's signature is not good.")
        }
        error @ (ReceiveError::Vault(_) | ReceiveError::Store(_)) => Refusal::internal(&error),
    }
}
