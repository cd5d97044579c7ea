//! What is done about a receiver: a new secret, a try, and sending once more; and what was sent to it.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use perennial_core::webhooks_out::{self, Replay, RotateError, TestError, replay, rotate_secret, send_test};
use perennial_domain::{DeliveryState, EventId, WebhookDeliveryId};
use perennial_http::{
    ApiError, JsonBody, ListBody, ListQuery, NoQuery, OptionalBody, PathOf, ProjectKey, WireId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::EndpointPath;
use super::body::{DeliveryBody, ReplayedBody, TestBody, WithSecretBody};
use crate::api::Api;
use crate::scalars::EmptyBody;

/// For so long the old secret signs beside the new one, unless something else is said.
const DEFAULT_OVERLAP_S: u32 = 24 * 3600;
/// And for no longer: a secret that was replaced is one that somebody may know.
const LONGEST_OVERLAP_S: u32 = 30 * 24 * 3600;

/// How a secret is replaced.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "WebhookSecretRotate")]
struct RotateBody {
    /// For so long the old secret signs beside the new one, in seconds; a day unless given. With 0 it ends at once.
    #[schemars(range(min = 0, max = 2_592_000))]
    overlap_seconds: Option<u32>,
}

/// What to send once more, delivered or not; one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhookReplayCreate")]
struct ReplayBody {
    /// One event.
    event: Option<WireId<EventId>>,
    /// All that happened since then: `2031-03-04T05:06:07Z`.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    since: Option<Timestamp>,
    /// All that was given up.
    #[serde(default)]
    failed: bool,
}

/// Which deliveries are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeliveryParameters {
    #[schemars(with = "Option<String>", extend("enum" = DeliveryState::ALL))]
    state: Option<DeliveryState>,
}

pub(super) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/webhookEndpoints/{webhookEndpoint}/deliveries",
            get_with(deliveries, |operation| {
                let operation = operation.id("listWebhookDeliveries").summary("List what was sent");
                operation.description("An extension. Known for thirty days.").tag("webhookEndpoints")
            }),
        )
        .api_route(
            "/projects/{project}/webhookEndpoints/{webhookEndpoint}/rotateSecret",
            post_with(rotate, |operation| {
                let operation = operation.id("rotateWebhookSecret").summary("Replace the secret");
                operation.description("An extension.").tag("webhookEndpoints")
            }),
        )
        .api_route(
            "/projects/{project}/webhookEndpoints/{webhookEndpoint}/replay",
            post_with(send_again, |operation| {
                let operation = operation.id("replayWebhooks").summary("Send once more");
                operation.description("An extension.").tag("webhookEndpoints")
            }),
        )
        .api_route(
            "/projects/{project}/webhookEndpoints/{webhookEndpoint}/test",
            post_with(test, |operation| {
                let operation = operation.id("testWebhookEndpoint").summary("Try the receiver");
                let about =
                    "An extension. Sends `com.gigs.webhook.test`, once, whether it is enabled or not.";
                operation.description(about).tag("webhookEndpoints")
            }),
        )
}

async fn deliveries(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    query: ListQuery<DeliveryParameters, WebhookDeliveryId>,
) -> Result<Json<ListBody<DeliveryBody>>, ApiError> {
    let (project, id) = (caller.project(), path.webhook_endpoint.0);
    let (state, page) = (query.filter.state, query.page);
    let found =
        api.app.read(move |_, tx| webhooks_out::page_of_deliveries(tx, project, id, state, page)).await?;
    let slice = found.ok_or_else(ApiError::not_found)?;
    Ok(Json(ListBody::of(slice, |delivery| delivery.id.to_string(), DeliveryBody::from)))
}

async fn rotate(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    _: NoQuery,
    OptionalBody(body): OptionalBody<RotateBody>,
) -> Result<Json<WithSecretBody>, ApiError> {
    let (project, id) = (caller.project(), path.webhook_endpoint.0);
    let overlap = body.unwrap_or_default().overlap_seconds.unwrap_or(DEFAULT_OVERLAP_S);
    if overlap > LONGEST_OVERLAP_S {
        let message =
            format!("A secret signs beside its successor for {LONGEST_OVERLAP_S} seconds at the most.");
        return Err(ApiError::invalid_property("overlapSeconds", "propertyInvalid", message));
    }
    let rotated = rotate_secret(&api.app, project, id, SignedDuration::from_secs(overlap.into())).await;
    let secret = rotated.map_err(|error| match error {
        RotateError::Unknown(_) => ApiError::not_found(),
        RotateError::Vault(error) => ApiError::internal(error),
        RotateError::Store(error) => error.into(),
    })?;
    let found = api.app.read(move |_, tx| webhooks_out::find(tx, project, id)).await?;
    let endpoint = found.ok_or_else(ApiError::not_found)?;
    Ok(Json(WithSecretBody::of(endpoint, &secret)))
}

async fn send_again(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<ReplayBody>,
) -> Result<Json<ReplayedBody>, ApiError> {
    let (project, id) = (caller.project(), path.webhook_endpoint.0);
    let what = match (body.event, body.since, body.failed) {
        (Some(WireId(event)), None, false) => Replay::Event(event),
        (None, Some(since), false) => Replay::Since(since),
        (None, None, true) => Replay::Failed,
        _ => return Err(ApiError::invalid("Exactly one of event, since and failed is to be given.")),
    };
    let count = api.app.write(move |cx, tx| {
        let found = webhooks_out::find(tx, project, id)?.ok_or_else(ApiError::not_found)?;
        replay(cx, tx, project, found.id, what).map_err(ApiError::from)
    });
    Ok(Json(ReplayedBody::of(count.await?)))
}

async fn test(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    _: NoQuery,
    _: OptionalBody<EmptyBody>,
) -> Result<Json<TestBody>, ApiError> {
    let reply = match send_test(&api.app, caller.project(), path.webhook_endpoint.0).await {
        Ok(reply) => Ok(reply),
        Err(TestError::NoReply(error)) => Err(error),
        Err(TestError::Unknown(_)) => return Err(ApiError::not_found()),
        Err(TestError::Vault(error)) => return Err(ApiError::internal(error)),
        Err(TestError::Store(error)) => return Err(error.into()),
    };
    Ok(Json(TestBody::of(reply)))
}
