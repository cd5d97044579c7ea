//! What is answered when it was not done: one envelope, with a real status and a code (contract §5, §12).

use std::borrow::Cow;
use std::error::Error;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use jiff::SignedDuration;
use perennial_core::report::{chain, reference};
use perennial_core::store::StoreError;
use perennial_http::default_answer;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::json;

/// A no.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    /// In how many seconds asking again makes sense.
    retry_after: Option<i64>,
    debug: Option<DebugBody>,
}

impl Refusal {
    /// A no with this status, code and sentence for people.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), retry_after: None, debug: None }
    }

    /// 400.
    pub(crate) fn bad_request(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 404.
    pub(crate) fn not_found(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// 409.
    pub(crate) fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// No access token, or none that we take.
    pub(crate) fn no_auth_user() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "NO_AUTH_USER", "A valid access token is needed.")
    }

    /// No such path.
    pub(crate) fn unknown_path() -> Self {
        Self::not_found("NOT_FOUND", "There is no such path.")
    }

    /// The path has no such method.
    pub(crate) fn wrong_method() -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, "METHOD_NOT_ALLOWED", "The path does not have this method.")
    }

    /// Too many tries; asking again makes sense after the wait (contract §14.14).
    pub(crate) fn rate_limited(wait: SignedDuration) -> Self {
        let message = "Logging in was tried too often. Try again later.";
        // The header has no fractions; asking a little late is better than in vain.
        let retry_after = Some(wait.as_secs() + 1);
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message) }
    }

    /// Something broke that the caller cannot mend.
    pub(crate) fn internal(cause: &(dyn Error + 'static)) -> Self {
        Self::failed("INTERNAL_ERROR", "Something went wrong on our side.", cause)
    }

    /// 500 under another code. The cause is logged, under a reference that leads to it.
    ///
    /// Nothing is said of what was charged: who asks may have paid a moment ago, and what broke may be what would know.
    pub(crate) fn failed(code: &'static str, message: &str, cause: &(dyn Error + 'static)) -> Self {
        let reference = reference();
        let error = chain(cause);
        tracing::error!(%reference, error, code, "a request failed");
        let message = format!("{message} Try again in a moment (reference {reference}).");
        let debug = DebugBody { error_message: error, error_type: code };
        Self { debug: Some(debug), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, message) }
    }

    /// The same, telling its cause to the caller only if that is wanted.
    pub(crate) fn debugging(mut self, is_wanted: bool) -> Self {
        if is_wanted {
            let fallback = DebugBody { error_message: self.message.to_string(), error_type: self.code };
            self.debug.get_or_insert(fallback);
        } else {
            self.debug = None;
        }
        self
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

/// What everybody sees of a no.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
struct RefusalBody<'a> {
    #[schemars(extend("const" = false))]
    success: bool,
    /// For machines.
    error_code: &'static str,
    /// For people.
    message: &'a str,
    /// The cause, where the operator lets it be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    debug_info: Option<&'a DebugBody>,
}

/// Why, for developers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DebugInfo")]
struct DebugBody {
    error_message: String,
    error_type: &'static str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = RefusalBody {
            success: false,
            error_code: self.code,
            message: &self.message,
            debug_info: self.debug.as_ref(),
        };
        let mut response = json(self.status, &body);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

default_answer!(Refusal, RefusalBody<'static>, "It was not done.");
