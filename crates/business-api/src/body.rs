//! Bodies, read leniently: clients of several versions send fields that nobody knows, and no `Content-Type` is asked for.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// Nothing that is sent here is nearly as long.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// A JSON object.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let bytes = to_bytes(request.into_body(), MAX_BODY_BYTES).await;
        let bytes = bytes.map_err(|_| Refusal::bad_request("The body is too long, or ended too early."))?;
        let object: Map<String, Value> = serde_json::from_slice(&bytes)
            .map_err(|_| Refusal::bad_request("The body is not a JSON object."))?;
        serde_json::from_value(Value::Object(object))
            .map(Self)
            .map_err(|error| Refusal::bad_request(format!("The body does not fit: {error}.")))
    }
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(context, operation);
    }
}
