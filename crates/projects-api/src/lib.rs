//! Door 1: the Projects API, `/projects/{project}/…` (contracts/projects-api.md).
//!
//! One file per resource, with its wire shapes, its routes and its handlers. A handler reads what was asked, calls
//! one use case of the core, and shapes the answer; the words of the contract are known here and nowhere else.

mod addons;
mod addresses;
mod api;
mod charges;
mod connect_sessions;
mod device_models;
mod devices;
mod events;
mod not_offered;
mod orders;
mod payment_methods;
mod payments;
mod plans;
mod portings;
mod projects;
mod scalars;
mod shelf;
mod sims;
mod subscription_addons;
mod subscription_changes;
mod subscriptions;
mod telecom;
mod teller;
mod users;
mod webhook_endpoints;

use aide::axum::ApiRouter;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use http::header::CONTENT_TYPE;
use perennial_core::context::App;
use perennial_http::{ApiOptions, ApiTitle, Guard, cors, documented, unknown_path};

use serde_json::Value;

use crate::api::Api;

pub use crate::teller::ProjectsTeller;

const TITLE: ApiTitle = ApiTitle {
    title: "Perennial Projects API",
    description: "Plans, users, subscriptions and connect sessions of a project. \
                  Every request carries an API key of the project; every answer is JSON. \
                  POST and DELETE heed the header Idempotency-Key.",
    scheme: "apiKey",
    credential: "An API key of the project.",
};

/// The document that `tests/it/openapi.rs` keeps equal to the routes.
const DOCUMENT: &str = include_str!("../openapi/projects.json");

/// The routes of this door, behind their guard. `perennial_http::server` goes around all doors.
pub fn router(app: App, options: &ApiOptions) -> Router {
    let guard = Guard::new(app.clone(), options);
    let (routes, _) = documented(routes(), &TITLE);
    let guarded = routes
        // Behind the guard, so that who has no key learns nothing of what exists.
        .route("/projects/{project}/{*rest}", any(unknown_path))
        .method_not_allowed_fallback(unknown_path)
        .layer(from_fn_with_state(guard, Guard::stand))
        .with_state(Api::new(app, options));
    guarded.route("/openapi/projects.json", get(document)).layer(cors())
}

/// The OpenAPI document of these routes.
pub fn openapi() -> Value {
    documented(routes(), &TITLE).1
}

fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .merge(projects::routes())
        .merge(plans::routes())
        .merge(addons::routes())
        .merge(users::routes())
        .merge(addresses::routes())
        .merge(subscriptions::routes())
        .merge(subscription_addons::routes())
        .merge(subscription_changes::routes())
        .merge(sims::routes())
        .merge(device_models::routes())
        .merge(devices::routes())
        .merge(orders::routes())
        .merge(payments::routes())
        .merge(payment_methods::routes())
        .merge(connect_sessions::routes())
        .merge(events::routes())
        .merge(webhook_endpoints::routes())
        .merge(not_offered::routes())
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
