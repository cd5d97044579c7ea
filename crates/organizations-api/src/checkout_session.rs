//! `GET /subscriptions/checkout-session/{id}` (contract §8.4).

use aide::OperationInput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequestParts, Path, RawPathParams, State};
use http::request::Parts;
use perennial_core::organizations::{AttemptStatus, PaidStatus, SessionStatusError, session_status};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::door::Door;
use crate::refusal::Refusal;
use crate::wire::SentAsNull;

/// How a session stands.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "GetCheckoutSessionStatusResponse")]
pub(crate) struct StatusBody {
    #[schemars(extend("const" = true))]
    success: bool,
    id: String,
    #[schemars(extend("enum" = ["open", "complete", "expired"]))]
    status: &'static str,
    #[schemars(extend("enum" = ["unpaid", "paid", "no_payment_required"]))]
    payment_status: &'static str,
    /// Stripe's subscription, once there is one.
    #[serde(rename = "subscriptionId")]
    #[schemars(with = "SentAsNull<String>")]
    subscription_id: Option<String>,
}

/// The session in the path. The path of a project's own door holds the project as well.
pub(crate) struct SessionId(String);

impl<S: Send + Sync> FromRequestParts<S> for SessionId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unknown_session())?;
        let id = path.iter().find(|(name, _)| *name == "id").map(|(_, id)| Self(id.to_owned()));
        id.ok_or_else(unknown_session)
    }
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct SessionPath {
    /// What buying answered as `sessionId`.
    id: String,
}

impl OperationInput for SessionId {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Path::<SessionPath>::operation_input(context, operation);
    }
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/checkout-session/{id}",
        get_with(get, |operation| {
            operation
                .id("getCheckoutSessionStatus")
                .summary("See what has become of a checkout")
                .tag("subscriptions")
        }),
    )
}

pub(crate) async fn get(
    caller: Caller,
    SessionId(id): SessionId,
    State(door): State<Door>,
) -> Result<Answer<StatusBody>, Refusal> {
    let found = session_status(&door.app, caller.site.project, &caller.organization, &id).await;
    let stands = found.map_err(|error| match error {
        SessionStatusError::Unknown => unknown_session(),
        SessionStatusError::Store(error) => error.into(),
    })?;
    Ok(Answer(StatusBody {
        success: true,
        id,
        status: attempt_status(stands.status),
        payment_status: match stands.paid {
            PaidStatus::Unpaid => "unpaid",
            PaidStatus::Paid => "paid",
            PaidStatus::NotNeeded => "no_payment_required",
        },
        subscription_id: stands.stripe_subscription_id,
    }))
}

/// In Stripe's words.
pub(crate) const fn attempt_status(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::Open => "open",
        AttemptStatus::Complete => "complete",
        AttemptStatus::Expired => "expired",
    }
}

fn unknown_session() -> Refusal {
    Refusal::bad_request("INVALID_SESSION", "There is no such checkout session.")
}
