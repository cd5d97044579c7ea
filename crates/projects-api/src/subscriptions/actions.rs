//! What ends a subscription, or takes an end back (contracts/projects-api.md §2.5).

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use perennial_core::ports::{PaymentsError, RefusalKind};
use perennial_core::subscription_facts;
use perennial_core::subscriptions::{
    CancelError, cancel_subscription, end_subscription, resume_subscription,
};
use perennial_domain::{Cancellation, CancellationCause, CommentError, SubscriptionId, UserReason};
use perennial_http::{ApiError, ErrorKind, NoQuery, OptionalBody, PathOf, ProjectKey};
use schemars::JsonSchema;
use serde::Deserialize;

use super::SubscriptionPath;
use super::body::SubscriptionBody;
use crate::api::Api;
use crate::scalars::EmptyBody;

/// Why the user goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "SubscriptionCancellation")]
struct CancelBody {
    cancellation_details: Option<CancellationDetailsBody>,
}

/// The user's own words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "CancellationReason")]
struct CancellationDetailsBody {
    #[schemars(with = "Option<String>")]
    user_reason: Option<UserReason>,
    /// Only with `other`.
    user_comment: Option<String>,
}

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/subscriptions/{subscription}/cancel",
            post_with(cancel, |operation| {
                operation.id("cancelSubscription").summary("Cancel a subscription").tag("subscriptions")
            }),
        )
        .api_route(
            "/projects/{project}/subscriptions/{subscription}/resume",
            post_with(resume, |operation| {
                operation.id("resumeSubscription").summary("Take a cancellation back").tag("subscriptions")
            }),
        )
        .api_route(
            "/projects/{project}/subscriptions/{subscription}/end",
            post_with(end, |operation| {
                operation.id("endSubscription").summary("End a subscription now").tag("subscriptions")
            }),
        )
}

async fn cancel(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionPath>,
    _: NoQuery,
    OptionalBody(body): OptionalBody<CancelBody>,
) -> Result<Json<SubscriptionBody>, ApiError> {
    let (project, id) = (caller.project(), path.subscription.0);
    let details = body.and_then(|body| body.cancellation_details);
    cancel_subscription(&api.app, project, id, read_details(details)?).await.map_err(refuse)?;
    show(&api, &caller, id).await
}

async fn resume(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionPath>,
    _: NoQuery,
    _: OptionalBody<EmptyBody>,
) -> Result<Json<SubscriptionBody>, ApiError> {
    let id = path.subscription.0;
    resume_subscription(&api.app, caller.project(), id).await.map_err(refuse)?;
    show(&api, &caller, id).await
}

async fn end(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionPath>,
    _: NoQuery,
    _: OptionalBody<EmptyBody>,
) -> Result<Json<SubscriptionBody>, ApiError> {
    end_now(&api, &caller, path.subscription.0).await
}

/// `DELETE …/{id}`, the older spelling of `end`.
pub(super) async fn delete(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionPath>,
    _: NoQuery,
) -> Result<Json<SubscriptionBody>, ApiError> {
    end_now(&api, &caller, path.subscription.0).await
}

async fn end_now(
    api: &Api,
    caller: &ProjectKey,
    id: SubscriptionId,
) -> Result<Json<SubscriptionBody>, ApiError> {
    end_subscription(&api.app, caller.project(), id).await.map_err(refuse)?;
    show(api, caller, id).await
}

/// What is true afterwards, whoever else was at it.
async fn show(
    api: &Api,
    caller: &ProjectKey,
    id: SubscriptionId,
) -> Result<Json<SubscriptionBody>, ApiError> {
    let project = caller.project();
    let found = api.app.read(move |_, tx| subscription_facts::find(tx, project, id)).await?;
    found.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}

fn read_details(details: Option<CancellationDetailsBody>) -> Result<Cancellation, ApiError> {
    let Some(CancellationDetailsBody { user_reason, user_comment }) = details else {
        return Ok(Cancellation::because(CancellationCause::CancellationRequested));
    };
    Cancellation::requested(user_reason, user_comment.as_deref()).map_err(|error| {
        let message = match error {
            CommentError::WithoutOther => "A comment is taken with the reason other alone.",
            CommentError::TooLong => "A comment has at most 500 characters.",
        };
        ApiError::invalid_property("cancellationDetails.userComment", "propertyInvalid", message)
    })
}

/// Why a subscription is not ended.
pub(crate) fn refuse(error: CancelError) -> ApiError {
    match error {
        CancelError::Unknown(_) => ApiError::not_found(),
        CancelError::Ended => ApiError::invalid("The subscription has ended."),
        CancelError::NotRecurring => {
            ApiError::invalid("The subscription does not renew, so it ends by itself.")
        }
        CancelError::Transition(error) => ApiError::invalid(error.to_string()),
        error @ CancelError::ChangeUnderWay(_) => ApiError::new(ErrorKind::Conflict, error.to_string()),
        CancelError::Withdraw(error) => ApiError::unavailable(error),
        CancelError::Account(error) => ApiError::unavailable(error),
        // Nothing was changed, and nothing that was not known here has changed at Stripe either: asked again, it says the same.
        CancelError::Payments(PaymentsError::Refused(refusal))
            if refusal.kind != RefusalKind::Credentials =>
        {
            ApiError::invalid("The payment provider refuses it.")
        }
        CancelError::Payments(error) => ApiError::unavailable(error),
        CancelError::Sync(error) => ApiError::unavailable(error),
        CancelError::Store(error) => error.into(),
    }
}
