//! The other envelope, of `/platform/v1/…` (contract §6).

use std::borrow::Cow;
use std::error::Error;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use perennial_core::store::StoreError;
use perennial_http::default_answer;
use schemars::JsonSchema;
use serde::Serialize;

use crate::refusal::Refusal;

/// A yes: `{"data": …, "status": "OK"}`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Platform<T> {
    pub(crate) data: T,
    #[schemars(extend("const" = "OK"))]
    status: &'static str,
}

impl<T> Platform<T> {
    pub(crate) fn of(data: T) -> Json<Self> {
        Json(Self { data, status: "OK" })
    }
}

/// A no.
#[derive(Debug)]
pub(crate) struct PlatformRefusal {
    status: StatusCode,
    body: NoBody,
}

/// The shapes of a no.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum NoBody {
    Usual(PlatformError),
    /// What subscribing answers to a fault of the server (contract §10.1).
    NotSubscribed {
        response: &'static str,
    },
}

/// What everybody sees of it: some places say `message`, others `error`.
#[derive(Debug, Serialize, JsonSchema)]
struct PlatformError {
    #[schemars(extend("const" = "Error"))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'static, str>>,
}

impl PlatformRefusal {
    /// With a `message`.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        let message = Some(message.into());
        Self { status, body: NoBody::Usual(PlatformError { status: "Error", message, error: None }) }
    }

    /// With an `error`.
    pub(crate) fn with_error(status: StatusCode, error: &'static str) -> Self {
        let error = Some(error.into());
        Self { status, body: NoBody::Usual(PlatformError { status: "Error", message: None, error }) }
    }

    /// A webhook could not be subscribed for a reason of ours, which is logged.
    pub(crate) fn not_subscribed(cause: &(dyn Error + 'static)) -> Self {
        let status = Refusal::unexpected(cause).status;
        Self { status, body: NoBody::NotSubscribed { response: "Not Subscribed" } }
    }
}

/// Where this envelope is spoken.
const PLATFORM: &str = "/platform/";

/// A no in the envelope of the path (contract §6).
pub(crate) fn answer_at(uri: &Uri, refusal: Refusal) -> Response {
    if uri.path().starts_with(PLATFORM) {
        PlatformRefusal::from(refusal).into_response()
    } else {
        refusal.into_response()
    }
}

impl From<Refusal> for PlatformRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status, refusal.message())
    }
}

impl From<StoreError> for PlatformRefusal {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

impl IntoResponse for PlatformRefusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

default_answer!(PlatformRefusal, PlatformError, "It was not done.");
