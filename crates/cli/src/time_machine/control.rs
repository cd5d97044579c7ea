//! `/_sandbox/clock`: where the time machine is asked and steered. It stands beside the sandbox, on loopback alone.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use perennial_core::report::chain;
use serde::{Deserialize, Serialize};

use super::{TimeMachine, TravelError};

/// Where it is.
pub(crate) const PATH: &str = "/_sandbox/clock";

/// What the clock shows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ClockBody {
    /// The time now.
    pub(crate) now: Timestamp,
}

/// Where to go.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JourneyBody {
    /// Not before now.
    pub(crate) to: Timestamp,
}

/// Why not.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefusalBody {
    /// In words.
    pub(crate) error: String,
}

/// `GET` shows the time, `POST` moves it.
impl TimeMachine {
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new().route(PATH, get(show).post(travel)).with_state(Arc::clone(self))
    }
}

async fn show(State(machine): State<Arc<TimeMachine>>) -> Json<ClockBody> {
    Json(ClockBody { now: machine.now() })
}

/// Only JSON is taken, which no form on a foreign page can send. Whoever asks may go away: the journey goes on.
async fn travel(State(machine): State<Arc<TimeMachine>>, Json(journey): Json<JourneyBody>) -> Response {
    let travelled = tokio::spawn(async move { machine.travel_to(journey.to).await }).await;
    match travelled {
        Ok(Ok(now)) => Json(ClockBody { now }).into_response(),
        Ok(Err(error)) => {
            let status = match error {
                TravelError::Backwards { .. } => StatusCode::CONFLICT,
                TravelError::Sandbox(_) | TravelError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            refuse(status, chain(&error))
        }
        Err(broken) => refuse(StatusCode::INTERNAL_SERVER_ERROR, broken.to_string()),
    }
}

fn refuse(status: StatusCode, error: String) -> Response {
    (status, Json(RefusalBody { error })).into_response()
}
