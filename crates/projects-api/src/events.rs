//! Events (contracts/projects-api.md §2.17): what webhooks tell, to be read back. An extension of the contract, so that an app
//! can catch up without webhooks, or after it has missed some.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::events::{self, TYPE_PREFIX};
use perennial_core::ports::Message;
use perennial_core::projects::find_project;
use perennial_core::store::tables::EventRow;
use perennial_domain::{EventId, Project};
use perennial_http::{ApiError, Csv, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::Api;

/// The version of the shapes that events carry (contract §1.11).
const VERSION: &str = "2026-01-29";

/// Something that happened, in the shape of `CloudEvents` 1.0.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Event")]
pub(crate) struct EventBody {
    #[schemars(extend("const" = "event"))]
    object: &'static str,
    id: WireId<EventId>,
    /// `com.gigs.`, the kind of resource, and what happened to it.
    #[serde(rename = "type")]
    event_type: String,
    project: String,
    /// Where this API is reached.
    source: String,
    #[schemars(extend("const" = "1.0"))]
    specversion: &'static str,
    version: &'static str,
    time: WireTime,
    #[schemars(extend("const" = "application/json"))]
    datacontenttype: &'static str,
    /// Who did it: a `type`, and the id of the user, the member or the API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Value>,
    /// The resource after it.
    data: Value,
    /// Of an update: what was told before of that which changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_data: Option<Value>,
}

impl EventBody {
    /// Shapes an event as it is sent, and as it is read back.
    pub(crate) fn of(message: Message<'_>) -> Self {
        let Message { project, source, event, message_type, data } = message;
        Self {
            object: "event",
            id: WireId(event.id),
            event_type: format!("{TYPE_PREFIX}{message_type}"),
            project: project.slug.clone(),
            source: source.as_str().trim_end_matches('/').to_owned(),
            specversion: "1.0",
            version: VERSION,
            time: WireTime(event.created_at),
            datacontenttype: "application/json",
            actor: event.actor.clone(),
            data: data.clone(),
            previous_data: event.previous_data.clone(),
        }
    }
}

/// Which events are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Of one of these types, with or without `com.gigs.`.
    #[serde(rename = "type")]
    event_type: Option<Csv<String>>,
}

impl Parameters {
    /// The types as they are kept.
    fn types(self) -> Vec<String> {
        let bare = |name: String| name.strip_prefix(TYPE_PREFIX).map(str::to_owned).unwrap_or(name);
        self.event_type.map(|Csv(types)| types.into_iter().map(bare).collect()).unwrap_or_default()
    }
}

#[derive(Deserialize, JsonSchema)]
struct EventPath {
    event: WireId<EventId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/events",
            get_with(list, |operation| {
                let operation = operation.id("listEvents").summary("List events").tag("events");
                operation.description(
                    "An extension. The newest come first; pass the newest event you know as `before` to catch up.",
                )
            }),
        )
        .api_route(
            "/projects/{project}/events/{event}",
            get_with(get, |operation| {
                operation.id("getEvent").summary("Get an event").description("An extension.").tag("events")
            }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<Parameters, EventId>,
) -> Result<Json<ListBody<EventBody>>, ApiError> {
    let (id, types, page) = (caller.project(), query.filter.types(), query.page);
    let slice = events::page(&api.app, id, types, page).await?;
    let project = api.app.read(move |_, tx| find_project(tx, id)).await?;
    let project = project.ok_or_else(ApiError::not_found)?;
    let shape = |event: EventRow| shape(&api, &project, &event);
    Ok(Json(ListBody::of(slice, |event| event.id.to_string(), shape)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<EventPath>,
    _: NoQuery,
) -> Result<Json<EventBody>, ApiError> {
    let (project_id, id) = (caller.project(), path.event.0);
    let (project, event) = api
        .app
        .read(move |_, tx| {
            Ok::<_, ApiError>((find_project(tx, project_id)?, events::find(tx, project_id, id)?))
        })
        .await?;
    let (project, event) = project.zip(event).ok_or_else(ApiError::not_found)?;
    Ok(Json(shape(&api, &project, &event)))
}

fn shape(api: &Api, project: &Project, event: &EventRow) -> EventBody {
    let (source, message_type) = (&api.app.settings().api_url, &event.event_type);
    EventBody::of(Message { project, source, event, message_type, data: &event.data })
}
