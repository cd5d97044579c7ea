//! Paths that the contract names and we do not offer (contracts/projects-api.md §2.15 and §2.16): 501, so that a developer sees
//! at once that the path is right and the answer is no.

use aide::axum::ApiRouter;
use axum::routing::any;
use perennial_http::{ApiError, ErrorKind};

use crate::api::Api;

const PATHS: [&str; 14] = [
    "/projects/{project}/creditNotes",
    "/projects/{project}/creditNotes/{*rest}",
    "/projects/{project}/invoices",
    "/projects/{project}/invoices/{*rest}",
    "/projects/{project}/networkAvailabilities/lookup",
    "/projects/{project}/quotes",
    "/projects/{project}/quotes/{*rest}",
    "/projects/{project}/subscriptionGroups",
    "/projects/{project}/subscriptionGroups/{subscriptionGroup}",
    "/projects/{project}/subscriptionGroups/{subscriptionGroup}/{*rest}",
    "/projects/{project}/virtualNumbers",
    "/projects/{project}/virtualNumbers/{virtualNumber}",
    "/projects/{project}/vouchers",
    "/projects/{project}/vouchers/{*rest}",
];

pub(crate) fn routes() -> ApiRouter<Api> {
    PATHS.into_iter().fold(ApiRouter::new(), |routes, path| routes.route(path, any(refuse)))
}

async fn refuse() -> ApiError {
    ApiError::new(ErrorKind::NotImplemented, "This server does not offer that.")
}
