//! Two questions of whoever runs the server: is the process alive, and can it serve.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use perennial_core::context::App;
use perennial_core::store::SchemaState;
use serde::Serialize;

use crate::ApiError;

#[derive(Serialize)]
struct HealthBody {
    status: &'static str,
}

/// `GET /healthz` and `GET /readyz`. Neither needs a key, and neither tells anything worth one.
pub fn health(app: App) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(app)
}

async fn alive() -> Json<HealthBody> {
    Json(HealthBody { status: "ok" })
}

/// Ready is who can read the database, and finds it in the shape that this program knows.
async fn ready(State(app): State<App>) -> Result<Json<HealthBody>, ApiError> {
    match app.store().check_schema().await {
        Ok(SchemaState::Current) => Ok(Json(HealthBody { status: "ok" })),
        Ok(SchemaState::Behind(_)) => {
            Err(ApiError::unavailable("the database is behind: migrations are due"))
        }
        Ok(SchemaState::Newer) => Err(ApiError::unavailable("the database belongs to a newer program")),
        Err(error) => Err(ApiError::unavailable(error)),
    }
}
