//! Projects (contracts/projects-api.md §2.1): the one that the key opens.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::projects::find_project;
use perennial_domain::{CarrierName, Project};
use perennial_http::{ApiError, ListBody, NoQuery, ProjectKey, WireTime};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::Api;
use crate::scalars::all_present;

/// A merchant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Project", transform = all_present)]
pub(crate) struct ProjectBody {
    #[schemars(extend("const" = "project"))]
    object: &'static str,
    /// The name that paths carry.
    id: String,
    name: String,
    /// An absolute URL.
    image: Option<String>,
    /// Language tags, the default first.
    locales: Vec<String>,
    #[schemars(extend("enum" = ["user", "company"]))]
    subscription_owner: &'static str,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["live", "test"]))]
    kind: &'static str,
    support: Option<SupportBody>,
    created_at: WireTime,
}

/// Where users find help.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ProjectSupport", transform = all_present)]
struct SupportBody {
    email: Option<String>,
    phone_number: Option<String>,
}

impl From<Project> for ProjectBody {
    fn from(project: Project) -> Self {
        let support = project.settings.support_email;
        Self {
            object: "project",
            id: project.slug,
            name: project.name,
            image: project.settings.logo_url.map(String::from),
            locales: project.locales,
            subscription_owner: "user",
            kind: match project.carrier {
                CarrierName::Test => "test",
            },
            support: support.map(|email| SupportBody { email: Some(email), phone_number: None }),
            created_at: WireTime(project.created_at),
        }
    }
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new().route("/projects", axum::routing::get(list)).api_route(
        "/projects/{project}",
        get_with(get, |operation| operation.id("getProject").summary("Get the project").tag("projects")),
    )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
) -> Result<Json<ListBody<ProjectBody>>, ApiError> {
    Ok(Json(ListBody::whole(vec![own(&api, &caller).await?])))
}

async fn get(caller: ProjectKey, State(api): State<Api>, _: NoQuery) -> Result<Json<ProjectBody>, ApiError> {
    own(&api, &caller).await.map(Json)
}

async fn own(api: &Api, caller: &ProjectKey) -> Result<ProjectBody, ApiError> {
    let id = caller.project();
    let project = api.app.read(move |_, tx| find_project(tx, id)).await?;
    project.map(ProjectBody::from).ok_or_else(ApiError::not_found)
}
