//! `POST /subscriptions/portal` (contract §8.5).

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use perennial_core::organizations::{PortalError, open_portal};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::Answer;
use crate::caller::{BillingCaller, Caller};
use crate::door::Door;
use crate::refusal::Refusal;

/// The way to the portal.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CreateBillingPortalResponse")]
pub(crate) struct PortalBody {
    #[schemars(extend("const" = true))]
    success: bool,
    /// Opened in a new tab; it leads back to the operator's application.
    url: String,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/subscriptions/portal",
        post_with(open, |operation| {
            operation.id("createBillingPortal").summary("Open Stripe's billing portal").tag("subscriptions")
        }),
    )
}

pub(crate) async fn open(
    BillingCaller(caller): BillingCaller,
    State(door): State<Door>,
) -> Result<Answer<PortalBody>, Refusal> {
    let Caller { site, member, organization } = caller;
    let opened = open_portal(&door.app, site.project, &organization, &member, &site.settings).await;
    let url = opened.map_err(|error| match error {
        PortalError::OrganizationGone => {
            Refusal::not_found("ORG_NOT_FOUND", "There is no such organization any more.")
        }
        error @ (PortalError::Account(_) | PortalError::Customer(_) | PortalError::Payments(_)) => {
            Refusal::internal(&error)
        }
    })?;
    Ok(Answer(PortalBody { success: true, url }))
}
