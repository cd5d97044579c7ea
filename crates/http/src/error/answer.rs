//! How an error is answered and documented, and what of it is logged.

use std::borrow::Cow;
use std::error::Error;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use perennial_core::report::{chain, reference};
use schemars::JsonSchema;
use serde::Serialize;

use super::{ApiError, ErrorKind, Problem};

/// What everybody sees of an error.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Error")]
struct ErrorBody<'a> {
    #[schemars(extend("const" = "error"))]
    object: &'static str,
    /// The class of the error.
    #[serde(rename = "type")]
    kind: &'static str,
    /// For people.
    message: &'a str,
    /// For machines. More may be added; tolerate those you do not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    /// The properties that are wrong.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [PropertyErrorBody],
}

/// One property that is wrong.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PropertyErrorDetail")]
pub(super) struct PropertyErrorBody {
    #[schemars(extend("const" = "propertyErrorDetail"))]
    pub(super) object: &'static str,
    /// What is wrong with it.
    pub(super) code: &'static str,
    /// For people.
    pub(super) message: Cow<'static, str>,
    /// Its path in the body, or its name in the query.
    pub(super) property: String,
    /// What it could be instead.
    pub(super) suggestion: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Problem { kind, code, message, hint, details, retry_after_s, source } = *self.0;
        let message = match source {
            Some(source) => report(kind, &message, source.as_ref()).into(),
            None => message,
        };
        let body = ErrorBody {
            object: "error",
            kind: kind.name(),
            message: &message,
            code,
            hint,
            details: &details,
        };
        let mut response = (kind.status(), Json(body)).into_response();
        if let Some(seconds) = retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if kind == ErrorKind::Unauthenticated {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Logs the whole chain once, and answers a message that leads an operator to that line of the log.
fn report(kind: ErrorKind, message: &str, source: &(dyn Error + 'static)) -> String {
    let (reference, error) = (reference(), chain(source));
    if kind == ErrorKind::Internal {
        tracing::error!(%reference, error, "a request failed");
    } else {
        tracing::warn!(%reference, error, "a request had to be put off");
    }
    format!("{message} (reference {reference})")
}

crate::default_answer!(ApiError, ErrorBody<'static>, "The request was not done.");

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    async fn body_of(error: ApiError) -> (StatusCode, String) {
        let response = error.into_response();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_failure_of_ours_tells_nothing_of_its_cause() {
        let (status, body) =
            body_of(ApiError::internal("password authentication failed for user \"ada\"")).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("reference") && !body.contains("ada"), "{body}");
    }

    #[tokio::test]
    async fn empty_parts_are_left_out() {
        let (status, body) = body_of(ApiError::not_found()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(body, r#"{"object":"error","type":"notFound","message":"There is no such resource."}"#);
    }
}
