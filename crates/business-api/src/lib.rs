//! Door 3: the Business API (contracts/business-api.md): the subscriptions manager of a platform whose businesses buy
//! packages, apps and add-ons.
//!
//! One file per operation. A handler reads what was asked, calls one use case of the core, and shapes the answer; the words
//! of the contract are known here and nowhere else. Its paths hang off the root: the token says which project is meant.

mod body;
mod caller;
mod complete;
mod create;
mod dates;
mod door;
mod guard;
mod list;
mod offerings;
mod operation;
mod paging;
mod platform;
mod purchasables;
mod query;
mod refusal;
mod shelf;
mod subscriptions;
mod teller;
mod times;
mod tokens;
mod trail;
mod v3;
mod v3_create;
mod walk;
mod webhooks;
mod wire;
mod wire_v3;

use aide::axum::ApiRouter;
use axum::Router;
use axum::extract::OriginalUri;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::header::CONTENT_TYPE;
use perennial_core::context::App;
use perennial_http::{ApiTitle, documented};
use serde_json::Value;

use crate::door::Door;
use crate::platform::answer_at;
use crate::refusal::Refusal;

pub use crate::door::BusinessOptions;
pub use crate::teller::BusinessTeller;

const TITLE: ApiTitle = ApiTitle {
    title: "Perennial Business API",
    description: "Subscriptions of businesses: what they hold, what they can buy, and the tokens and webhooks of those who \
                  work for them. Money is in major units. PATCH is served wherever PUT is.",
    scheme: "businessToken",
    credential: "An opaque token of 64 hexadecimal digits, made by the operator or by `/platform/v1/tokens`.",
};

/// The document that `tests/it/openapi.rs` keeps equal to the routes.
const DOCUMENT: &str = include_str!("../openapi/business.json");

/// Whatever begins so and is not a route of ours is answered in our envelope.
const UNKNOWN: [&str; 3] = ["/business/{*rest}", "/v3/{*rest}", "/platform/{*rest}"];

/// The routes of this door. `perennial_http::server` goes around all doors.
pub fn router(app: App, options: BusinessOptions) -> Router {
    let door = Door::new(app, options);
    let (routes, _) = documented(routes(), &TITLE);
    let guarded = UNKNOWN
        .into_iter()
        .fold(routes.merge(spellings()), |routes, path| routes.route(path, any(unknown_path)))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(door.clone(), guard::stand));
    // Its caller has a secret and no token yet.
    let open = Router::new().route("/oauth/service/token", post(tokens::service_token));
    guarded.merge(open).route("/openapi/business.json", get(document)).with_state(door)
}

/// The OpenAPI document of these routes.
pub fn openapi() -> Value {
    documented(routes(), &TITLE).1
}

fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .merge(list::routes())
        .merge(create::routes())
        .merge(subscriptions::routes())
        .merge(purchasables::routes())
        .merge(v3::routes())
        .merge(offerings::routes())
        .merge(tokens::routes())
        .merge(webhooks::routes())
}

/// Other names of the same places (contract §7): served, and in no document.
fn spellings() -> Router<Door> {
    let one = get(v3::find).put(v3::update).patch(v3::update);
    Router::new()
        .route("/v3/subscriptions", get(v3::list).post(v3_create::create))
        .route("/v3/subscriptions/{uid}", one)
        .route("/v3/license/subscriptions/bulk", any(unknown_path))
        .route("/v3/subscriptions/bulk", any(unknown_path))
}

async fn unknown_path(OriginalUri(uri): OriginalUri) -> Response {
    answer_at(&uri, Refusal::not_found("There is no such path."))
}

async fn wrong_method(OriginalUri(uri): OriginalUri) -> Response {
    answer_at(&uri, Refusal::wrong_method())
}

async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
