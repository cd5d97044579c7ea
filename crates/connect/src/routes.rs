//! The pages' addresses: each loads a visit, calls one use case, and answers a page or a redirect.
//!
//! | address | does |
//! |---|---|
//! | `GET /{area}/entry?session=…&token=…` | uses the link up, gives the browser its cookie, takes the token out of the address |
//! | `GET /checkout/{session}` | leads to the first open question |
//! | `GET`, `POST /checkout/{session}/{step}` | asks a question; keeps the answer |
//! | `GET /checkout/{session}/return` | where Stripe sends who paid: settles |
//! | `GET /checkout/{session}/confirming` | waits for the bank, with growing pauses |
//! | `GET /checkout/{session}/done` | what was bought, and **Continue** |
//! | `POST /{area}/{session}/leave` | the way out that is no success |
//! | `GET /portal/{session}` and below | looks after what was bought, see `portal` |
//!
//! A good POST is followed by a redirect, so that a refresh repeats nothing.

mod cookie;
mod entry;
mod error;
mod frame;
mod leave;
mod links;
mod offer;
mod outcome;
mod portal;
mod response;
mod steps;
mod visitor;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use perennial_core::context::App;

use crate::assets;

/// The door of the hosted pages.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/checkout/entry", get(entry::enter_checkout))
        .route("/portal/entry", get(entry::enter_portal))
        .route("/checkout/{session}", get(steps::resume))
        .route("/checkout/{session}/return", get(outcome::returned))
        .route("/checkout/{session}/confirming", get(outcome::confirming))
        .route("/checkout/{session}/done", get(outcome::done))
        .route("/checkout/{session}/leave", post(leave::leave))
        .route("/checkout/{session}/{step}", get(steps::show).post(steps::answer))
        .route("/portal/{session}/leave", post(leave::leave))
        .route("/connect/assets/{name}", get(asset))
        .merge(portal::routes())
        .with_state(app)
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some(asset) => {
            let headers = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, assets::CACHE_CONTROL)];
            (headers, asset.body.into_owned()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
