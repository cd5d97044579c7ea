//! Paths that the contract names and we do not offer (contracts/projects-api.md §2.16): 501, so that a developer sees
//! at once that the path is right and the answer is no.

use aide::axum::ApiRouter;
use axum::routing::any;
use perennial_http::{ApiError, ErrorKind};

use crate::api::Api;

const PATHS: [&str; 6] = [
    "/projects/{project}/networkAvailabilities/lookup",
    "/projects/{project}/subscriptionGroups",
    "/projects/{project}/subscriptionGroups/{subscriptionGroup}",
    "/projects/{project}/subscriptionGroups/{subscriptionGroup}/{*rest}",
    "/projects/{project}/virtualNumbers",
    "/projects/{project}/virtualNumbers/{virtualNumber}",
];

pub(crate) fn routes() -> ApiRouter<Api> {
    PATHS.into_iter().fold(ApiRouter::new(), |routes, path| routes.route(path, any(refuse)))
}

async fn refuse() -> ApiError {
    ApiError::new(ErrorKind::NotImplemented, "This server does not offer that.")
}
