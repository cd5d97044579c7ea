//! `POST /subscriptions/cancel` (contract §8.9).

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use perennial_core::organizations::{self, CancelOrganizationError};
use perennial_domain::CancelMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::body::Body;
use crate::caller::{BillingCaller, Caller};
use crate::door::Door;
use crate::refusal::Refusal;

/// When it ends. The body may be left out.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CancelSubscriptionRequest")]
pub(crate) struct CancelBody {
    /// As the operator usually has it, unless given.
    mode: Option<Mode>,
}

/// With the period that is paid, or now.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    PeriodEnd,
    Immediate,
}

/// It is cancelled.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CancelSubscriptionResponse")]
pub(crate) struct CancelledBody {
    #[schemars(extend("const" = true))]
    success: bool,
    message: &'static str,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/cancel",
        post_with(cancel, |operation| {
            operation.id("cancelSubscription").summary("Cancel the subscription").tag("subscriptions")
        }),
    )
}

pub(crate) async fn cancel(
    BillingCaller(caller): BillingCaller,
    State(door): State<Door>,
    Body(body): Body<CancelBody>,
) -> Result<Answer<CancelledBody>, Refusal> {
    let Caller { site, organization, .. } = caller;
    let mode = body.mode.map(|mode| match mode {
        Mode::PeriodEnd => CancelMode::PeriodEnd,
        Mode::Immediate => CancelMode::Immediate,
    });
    let cancelled = organizations::cancel(&door.app, site.project, &organization, &site.settings, mode).await;
    let message = match cancelled.map_err(refuse)? {
        CancelMode::PeriodEnd => "The subscription ends with the period that is paid.",
        CancelMode::Immediate => "The subscription has ended.",
    };
    Ok(Answer(CancelledBody { success: true, message }))
}

fn refuse(error: CancelOrganizationError) -> Refusal {
    match error {
        CancelOrganizationError::Nothing => {
            Refusal::not_found("NO_ACTIVE_SUBSCRIPTION", "The organization has no subscription.")
        }
        CancelOrganizationError::Already => {
            Refusal::bad_request("SUBSCRIPTION_ALREADY_CANCELLED", "The subscription is cancelled already.")
        }
        CancelOrganizationError::NotCancellable => {
            let message = "The subscription was paid once, for good, and cannot be cancelled.";
            Refusal::bad_request("SUBSCRIPTION_NOT_CANCELLABLE", message)
        }
        CancelOrganizationError::Cancel(error) => {
            Refusal::failed("STRIPE_CANCELLATION_FAILED", "The subscription could not be cancelled.", &error)
        }
        CancelOrganizationError::Store(error) => error.into(),
    }
}
