//! What is answered when it was not done: one envelope with an entry for each mistake (contract §6).

use std::borrow::Cow;
use std::error::Error;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use perennial_core::report::{chain, reference};
use perennial_core::store::StoreError;
use perennial_http::{ApiError, ErrorKind, default_answer};
use schemars::JsonSchema;
use serde::Serialize;

/// A no.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    errors: Vec<ErrorBody>,
}

/// One reason.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
struct ErrorBody {
    /// For machines.
    code: &'static str,
    /// For people.
    message: Cow<'static, str>,
    /// What is wrong, where it is one field.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Cow<'static, str>>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, errors: vec![ErrorBody { code, message: message.into(), field: None }] }
    }

    /// No token, or none that works.
    pub(crate) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "401 Unauthorized")
    }

    /// The token works, and is not one for this.
    pub(crate) fn not_yours() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized")
    }

    /// 400 without a field.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// 400 because of one field.
    pub(crate) fn bad_field(
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let field = Some(field.into());
        Self {
            status: StatusCode::BAD_REQUEST,
            errors: vec![ErrorBody { code: "bad_request", message: message.into(), field }],
        }
    }

    /// Nothing of the kind, or nothing that the token sees.
    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// There is one already.
    pub(crate) fn already_exists(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, "already_exists", message)
    }

    /// Something else has to come to its end first.
    pub(crate) fn under_way(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// The path has no such method.
    pub(crate) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "bad_request", "The path does not have this method.")
    }

    /// Something broke that the caller cannot mend. The cause is logged, under a reference that leads to it.
    pub(crate) fn unexpected(cause: &(dyn Error + 'static)) -> Self {
        let reference = reference();
        tracing::error!(%reference, error = chain(cause), "a request failed");
        let message = format!("Something went wrong on our side; try again. (reference {reference})");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected", message)
    }

    /// The reasons of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.errors.extend(other.errors);
        self
    }

    /// The first reason, in words.
    pub(crate) fn message(&self) -> Cow<'static, str> {
        self.errors.first().map_or(Cow::Borrowed(""), |error| error.message.clone())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::unexpected(&error)
    }
}

/// What the parts that all doors share refuse.
impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        match error.kind() {
            ErrorKind::Conflict => Self::under_way(error.to_string()),
            ErrorKind::Internal | ErrorKind::ServiceUnavailable => Self::unexpected(&error),
            _ => Self::bad_request(error.to_string()),
        }
    }
}

/// What everybody sees of a no.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Errors")]
struct RefusalBody<'a> {
    #[schemars(extend("const" = false))]
    success: bool,
    errors: &'a [ErrorBody],
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(RefusalBody { success: false, errors: &self.errors })).into_response()
    }
}

default_answer!(Refusal, RefusalBody<'static>, "It was not done.");
