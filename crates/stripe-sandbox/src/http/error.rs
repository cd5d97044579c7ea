//! Stripe's error envelope: <https://docs.stripe.com/api/errors>.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal as the API words it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct ApiError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    kind: &'static str,
    code: Option<String>,
    param: Option<String>,
    decline_code: Option<String>,
    message: String,
    /// Further members of the `error` object, such as the payment intent whose card was declined.
    attached: Vec<(&'static str, Value)>,
    keeps_changes: bool,
}

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Refusal {
            status,
            kind,
            code: None,
            param: None,
            decline_code: None,
            message: message.into(),
            attached: Vec::new(),
            keeps_changes: false,
        }))
    }

    /// A request that cannot be done as asked, without blame on one parameter.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// A parameter whose value is wrong.
    pub(crate) fn invalid(param: &str, message: impl Into<String>) -> Self {
        let mut error = Self::request(message);
        error.0.param = Some(param.to_owned());
        error
    }

    /// A parameter that was needed and not given.
    pub(crate) fn missing(param: &str) -> Self {
        Self::invalid(param, format!("Missing required param: {param}.")).with_code("parameter_missing")
    }

    /// An id that names nothing. In the path it is a 404, among the parameters a 400, as with Stripe.
    pub(crate) fn no_such(kind: &str, id: &str, param: &str) -> Self {
        let kind = kind.rsplit('.').next().unwrap_or(kind).replace('_', " ");
        let mut error = Self::invalid(param, format!("No such {kind}: '{id}'")).with_code("resource_missing");
        if param == "id" {
            error.0.status = StatusCode::NOT_FOUND;
        }
        error
    }

    /// A key that is missing, malformed or not ours.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    /// A path that is no part of the API served here.
    pub(crate) fn unknown_path(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}). The sandbox does not serve it.");
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    /// An idempotency key used again for something else.
    pub(crate) fn key_reused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    /// An idempotency key whose first request has not been answered yet.
    pub(crate) fn key_in_use() -> Self {
        let message = "Another request with this idempotency key is still being answered.";
        Self::new(StatusCode::CONFLICT, "idempotency_error", message).with_code("idempotency_key_in_use")
    }

    /// A card that was refused. What the attempt left behind is kept.
    pub(crate) fn card(code: &str, decline_code: Option<&str>, message: &str) -> Self {
        let mut error = Self::new(StatusCode::PAYMENT_REQUIRED, "card_error", message).with_code(code);
        error.0.decline_code = decline_code.map(str::to_owned);
        error.0.keeps_changes = true;
        error
    }

    /// More requests than are answered in a second.
    pub(crate) fn too_many_requests() -> Self {
        let message = "Too many requests. The sandbox was asked to refuse this one.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "invalid_request_error", message).with_code("rate_limit")
    }

    /// A fault of the sandbox itself.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "api_error", message)
    }

    /// With Stripe's short code for it.
    pub(crate) fn with_code(mut self, code: &str) -> Self {
        self.0.code = Some(code.to_owned());
        self
    }

    /// With a further member in the `error` object.
    pub(crate) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.attached.push((name, value));
        self
    }

    /// With the parameter that it is about.
    pub(crate) fn with_param(mut self, param: &str) -> Self {
        self.0.param = Some(param.to_owned());
        self
    }

    /// Refused, and nothing of the attempt is kept.
    pub(crate) fn rolled_back(mut self) -> Self {
        self.0.keeps_changes = false;
        self
    }

    /// Whether the changes made before the refusal stand, as a declined payment does.
    pub(crate) fn keeps_changes(&self) -> bool {
        self.0.keeps_changes
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Stripe's short code, such as `card_declined`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The parameter it is about.
    pub fn param(&self) -> Option<&str> {
        self.0.param.as_deref()
    }

    /// The issuer's reason for a declined card.
    pub fn decline_code(&self) -> Option<&str> {
        self.0.decline_code.as_deref()
    }

    /// The `error` object.
    pub(crate) fn body(&self) -> Value {
        let mut error = json!({ "type": self.0.kind, "message": self.0.message });
        if let Some(code) = &self.0.code {
            error["code"] = json!(code);
            error["doc_url"] =
                json!(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")));
        }
        if let Some(param) = &self.0.param {
            error["param"] = json!(param);
        }
        if let Some(decline_code) = &self.0.decline_code {
            error["decline_code"] = json!(decline_code);
        }
        for (name, value) in &self.0.attached {
            error[*name] = value.clone();
        }
        error
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0.status, Json(json!({ "error": self.body() }))).into_response()
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the sandbox's database failed");
        Self::internal("The sandbox's database failed; its log says why.")
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a stored object is not JSON");
        Self::internal("The sandbox's database holds something that is not an object.")
    }
}
