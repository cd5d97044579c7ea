//! What is answered when it was done: JSON that says in which letters it is written (contract §1).

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as ResponseDoc};
use axum::Json;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use perennial_http::answered_with;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// A body with the status 200.
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self.0)
    }
}

impl<T: JsonSchema> OperationOutput for Answer<T> {
    type Inner = T;

    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<ResponseDoc> {
        Json::<T>::operation_response(context, operation)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, ResponseDoc)> {
        answered_with::<Self>(Some(200), context, operation)
    }
}

/// A body that was written before.
pub(crate) fn written(body: Bytes) -> Response {
    (StatusCode::OK, [(CONTENT_TYPE, JSON)], body).into_response()
}

/// A body with a status.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(CONTENT_TYPE, JSON)], body).into_response(),
        // Maps with keys that are no texts: none of our shapes has any.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A payload under `data`, as half of the operations answer it (contract §5).
#[derive(Serialize, JsonSchema)]
pub(crate) struct Data<T> {
    #[schemars(extend("const" = true))]
    pub(crate) success: bool,
    pub(crate) data: T,
}

impl<T> Data<T> {
    pub(crate) fn of(data: T) -> Answer<Self> {
        Answer(Self { success: true, data })
    }
}
