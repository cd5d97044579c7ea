//! Door 2: the Organizations API, `/subscriptions…` (contracts/organizations-api.md).
//!
//! One file per operation, with its wire shapes, its route and its handler. A handler reads what was asked, calls one use
//! case of the core, and shapes the answer; the words of the contract are known here and nowhere else.
//!
//! The contract's paths hang off the root and name no project. So each project with settings for organizations is served
//! below `/organizations/{project}`, and one of them, which the operator names, at the root as well.

mod answer;
mod body;
mod buy;
mod caller;
mod cancel;
mod checkout_session;
mod client_address;
mod door;
mod my;
mod payments;
mod pending_payment;
mod plans;
mod portal;
mod refusal;
mod site;
mod tokens;
mod user;
mod webhook;
mod wire;

use aide::axum::ApiRouter;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use http::header::CONTENT_TYPE;
use perennial_core::context::App;
use perennial_http::{ApiTitle, catch_panics, documented};
use serde_json::Value;

use crate::door::Door;
use crate::refusal::Refusal;

pub use crate::door::OrganizationsOptions;
pub use crate::tokens::{FetchKeysError, KeySource};

const TITLE: ApiTitle = ApiTitle {
    title: "Perennial Organizations API",
    description: "Plans, purchases, the billing portal and payments of an organization. \
                  All but the list of plans and the log-in carry an access token of a member; every answer is JSON. \
                  Each path below `/subscriptions` is served below `/subscription` as well.",
    scheme: "accessToken",
    credential: "An access token: a JWT that names a member of the organization.",
};

/// The document that `tests/it/openapi.rs` keeps equal to the routes.
const DOCUMENT: &str = include_str!("../openapi/organizations.json");

/// Where a project's own door is, when it is not at the root.
const OF_A_PROJECT: &str = "/organizations/{project}";

/// Whatever begins so and is not a route of ours is answered in our envelope.
const UNKNOWN: [&str; 4] =
    ["/subscriptions/{*rest}", "/subscription/{*rest}", "/user/{*rest}", "/stripe/{*rest}"];

/// The routes of this door, which work on the runtime of this thread. `perennial_http::server` goes around all doors.
pub fn router(app: App, options: OrganizationsOptions) -> Router {
    let has_root = options.project.is_some();
    let door = Door::new(app, options);
    let (routes, _) = documented(routes(), &TITLE);
    let routes = UNKNOWN
        .into_iter()
        .fold(routes.merge(spellings()), |routes, path| routes.route(path, any(unknown_path)));
    let site = |routes: Router<Door>| {
        routes
            .method_not_allowed_fallback(wrong_method)
            // Inside of what lets pages of other origins read the answer.
            .layer(catch_panics(|panic| Refusal::internal(&panic)))
            .layer(from_fn_with_state(door.clone(), site::admit))
            .with_state(door.clone())
    };
    let mut door_router = Router::new()
        .nest(OF_A_PROJECT, site(routes.clone().route("/{*rest}", any(unknown_path))))
        .route("/openapi/organizations.json", get(document));
    if has_root {
        door_router = door_router.merge(site(routes));
    }
    door_router
}

/// The OpenAPI document of these routes.
pub fn openapi() -> Value {
    documented(routes(), &TITLE).1
}

fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .merge(plans::routes())
        .merge(my::routes())
        .merge(buy::routes())
        .merge(checkout_session::routes())
        .merge(portal::routes())
        .merge(payments::routes())
        .merge(pending_payment::routes())
        .merge(cancel::routes())
        .merge(user::routes())
}

/// The other spelling of each path (contract §4), and Stripe's webhooks: served, and in no document.
fn spellings() -> Router<Door> {
    Router::new()
        .route("/subscription", get(plans::list))
        .route("/subscription/my", get(my::get))
        .route("/subscription/buy", axum::routing::post(buy::buy))
        .route("/subscription/checkout-session/{id}", get(checkout_session::get))
        .route("/subscription/portal", axum::routing::post(portal::open))
        .route("/subscription/payments", get(payments::list))
        .route("/subscription/pending-payment", get(pending_payment::get).delete(pending_payment::delete))
        .route("/subscription/cancel", axum::routing::post(cancel::cancel))
        .route("/stripe/webhook", axum::routing::post(webhook::receive))
        .route("/webhooks/stripe", axum::routing::post(webhook::receive))
}

async fn unknown_path() -> Refusal {
    Refusal::unknown_path()
}

async fn wrong_method() -> Refusal {
    Refusal::wrong_method()
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, answer::JSON)], DOCUMENT)
}
