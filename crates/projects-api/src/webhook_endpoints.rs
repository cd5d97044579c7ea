//! Receivers of webhooks: an extension, as the contract leaves them to a dashboard (contracts/projects-api.md §2.17).

mod actions;
mod body;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::change::Change;
use perennial_core::webhooks_out::{
    self, EndpointPatch, NewEndpoint, NewEndpointError, UpdateEndpointError, add_endpoint, update_endpoint,
};
use perennial_domain::{WebhookAudience, WebhookEndpointId, WebhookFlavour};
use perennial_http::{
    ApiError, Created, JsonBody, ListBody, ListQuery, NoParameters, NoQuery, PathOf, ProjectKey, WireId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use self::body::{EndpointBody, WithSecretBody};
use crate::api::Api;
use crate::scalars::{change, given};

/// A receiver to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhookEndpointCreate")]
struct CreateBody {
    /// Where it listens: http or https, at a public address.
    url: String,
    /// Types, families such as `subscription.*`, or `*`, which is meant unless given. With or without `com.gigs.`.
    #[serde(default = "everything")]
    events: Vec<String>,
    /// In whose words it is told; `projects` unless given.
    #[serde(default = "ours")]
    #[schemars(with = "String", extend("enum" = WebhookFlavour::ALL))]
    flavour: WebhookFlavour,
    description: Option<String>,
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

const fn ours() -> WebhookFlavour {
    WebhookFlavour::Projects
}

/// A change to a receiver. What is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhookEndpointUpdate")]
struct UpdateBody {
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String")]
    url: Option<String>,
    /// All that it wants to hear from now on.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Vec<String>")]
    events: Option<Vec<String>>,
    #[serde(default, deserialize_with = "change")]
    #[schemars(with = "Option<String>")]
    description: Change<Option<String>>,
    /// Once it is true again, all is sent that has waited, and all that was given up since it began to fail.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    enabled: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EndpointPath {
    webhook_endpoint: WireId<WebhookEndpointId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/webhookEndpoints",
            get_with(list, |operation| {
                let operation = operation.id("listWebhookEndpoints").summary("List receivers of webhooks");
                operation.description("An extension.").tag("webhookEndpoints")
            })
            .post_with(create, |operation| {
                let operation = operation.id("createWebhookEndpoint").summary("Add a receiver of webhooks");
                operation.description("An extension.").tag("webhookEndpoints")
            }),
        )
        .api_route(
            "/projects/{project}/webhookEndpoints/{webhookEndpoint}",
            get_with(get, |operation| {
                let operation = operation.id("getWebhookEndpoint").summary("Get a receiver of webhooks");
                operation.description("An extension.").tag("webhookEndpoints")
            })
            .patch_with(update, |operation| {
                let operation =
                    operation.id("updateWebhookEndpoint").summary("Change a receiver of webhooks");
                operation.description("An extension.").tag("webhookEndpoints")
            })
            .delete_with(delete, |operation| {
                let operation =
                    operation.id("deleteWebhookEndpoint").summary("Take a receiver of webhooks away");
                operation.description("An extension. What waits for it is not sent.").tag("webhookEndpoints")
            }),
        )
        .merge(actions::routes())
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<NoParameters, WebhookEndpointId>,
) -> Result<Json<ListBody<EndpointBody>>, ApiError> {
    let (project, page) = (caller.project(), query.page);
    let slice = api.app.read(move |_, tx| webhooks_out::page(tx, project, page)).await?;
    Ok(Json(ListBody::of(slice, |endpoint| endpoint.id.to_string(), EndpointBody::from)))
}

async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Created<WithSecretBody>, ApiError> {
    let wanted = NewEndpoint {
        project: caller.project(),
        url: body.url,
        flavour: body.flavour,
        events: body.events,
        audience: WebhookAudience::default(),
        description: body.description,
    };
    let (endpoint, secret) = add_endpoint(&api.app, wanted).await.map_err(refuse)?;
    Ok(Created(WithSecretBody::of(endpoint, &secret)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    _: NoQuery,
) -> Result<Json<EndpointBody>, ApiError> {
    let (project, id) = (caller.project(), path.webhook_endpoint.0);
    let found = api.app.read(move |_, tx| webhooks_out::find(tx, project, id)).await?;
    found.map(|endpoint| Json(endpoint.into())).ok_or_else(ApiError::not_found)
}

async fn update(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<UpdateBody>,
) -> Result<Json<EndpointBody>, ApiError> {
    let changes = EndpointPatch {
        url: body.url,
        events: body.events,
        description: body.description,
        enabled: body.enabled,
    };
    let updated = update_endpoint(&api.app, caller.project(), path.webhook_endpoint.0, changes).await;
    updated.map(|endpoint| Json(endpoint.into())).map_err(|error| match error {
        UpdateEndpointError::Unknown(_) => ApiError::not_found(),
        UpdateEndpointError::Refused(error) => refuse(error),
    })
}

/// Answers the receiver as it was.
async fn delete(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EndpointPath>,
    _: NoQuery,
) -> Result<Json<EndpointBody>, ApiError> {
    let (project, id) = (caller.project(), path.webhook_endpoint.0);
    let removed = api.app.write(move |cx, tx| {
        let endpoint = webhooks_out::find(tx, project, id)?;
        let is_removed = webhooks_out::remove_endpoint(cx, tx, project, id)?;
        Ok::<_, ApiError>(endpoint.filter(|_| is_removed))
    });
    removed.await?.map(|endpoint| Json(endpoint.into())).ok_or_else(ApiError::not_found)
}

fn refuse(error: NewEndpointError) -> ApiError {
    use NewEndpointError as E;
    let wrong =
        |property, error: E| ApiError::invalid_property(property, "propertyInvalid", error.to_string());
    match error {
        E::Target(_) => wrong("url", error),
        E::Exists => wrong("url", error).code("webhookEndpointAlreadyExists"),
        E::TooMany => wrong("url", error).code("tooManyWebhookEndpoints"),
        E::Filter(_) | E::TooManyFilters | E::NothingToHear => wrong("events", error),
        E::Description => wrong("description", error),
        E::Vault(error) => ApiError::internal(error),
        E::Store(error) => error.into(),
    }
}
