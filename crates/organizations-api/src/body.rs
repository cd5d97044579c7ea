//! Bodies, read leniently: no `Content-Type` is asked for, and nothing, `{}` and `null` are the same where a body may be
//! left out (contract §1).

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ReferenceOr};
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusal::Refusal;

/// Nothing that is sent here is nearly as long.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// A JSON object. Fields that nobody knows are passed over, because clients of other versions send them.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let bytes = to_bytes(request.into_body(), MAX_BODY_BYTES).await;
        let bytes = bytes.map_err(|_| invalid("The body is too long, or ended too early."))?;
        let value = if bytes.iter().all(u8::is_ascii_whitespace) {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|_| invalid("The body is not JSON."))?
        };
        let object = if value.is_null() { Value::Object(serde_json::Map::new()) } else { value };
        if !object.is_object() {
            return Err(invalid("The body is not a JSON object."));
        }
        serde_json::from_value(object)
            .map(Self)
            .map_err(|error| invalid(format!("The body does not fit: {error}.")))
    }
}

/// What somebody sent cannot be read, or does not fit (contract §12).
pub(crate) fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::bad_request("INVALID_REQUEST", message)
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(context, operation);
        let schema = T::json_schema(&mut schemars::SchemaGenerator::default());
        let asks_for_something = schema.get("required").is_some();
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            body.required = asks_for_something;
        }
    }
}
