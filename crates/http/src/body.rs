//! JSON bodies, read strictly: unparsable is 400, what does not fit is 422 and names its property, too large is 413.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ReferenceOr};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::strict::invalid_value;
use crate::{ApiError, ErrorKind};

/// The largest body that is read (contracts/projects-api.md §5, row 21).
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// The body of a request. `T` denies unknown fields.
///
/// The `Content-Type` is not looked at: there is nothing but JSON here, and clients exist that forget to say so.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read_body(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

/// A body that may be left out.
#[derive(Clone, Copy, Debug)]
pub struct OptionalBody<T>(pub Option<T>);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read_body(request.into_body()).await?;
        if bytes.is_empty() { Ok(Self(None)) } else { parse(&bytes).map(|body| Self(Some(body))) }
    }
}

/// Reads a whole body, unless it is too large.
pub(crate) async fn read_body(body: Body) -> Result<Bytes, ApiError> {
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(ApiError::new(ErrorKind::TooLarge, "The body is larger than 1 MiB."))
        }
        Err(_) => Err(ApiError::new(ErrorKind::Malformed, "The body ended before it was complete.")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer);
    match value {
        Ok(value) => deserializer.end().map(|()| value).map_err(|error| unparsable(&error)),
        Err(error) if error.inner().is_data() => match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => Err(invalid_value(error.path(), error.inner())),
            // A wrong value was met before the place where the text stops being JSON.
            Err(error) => Err(unparsable(&error)),
        },
        Err(error) => Err(unparsable(error.inner())),
    }
}

fn unparsable(error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorKind::Malformed, format!("The body is not valid JSON: {error}."))
}

impl<T: JsonSchema> OperationInput for JsonBody<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(context, operation);
    }
}

impl<T: JsonSchema> OperationInput for OptionalBody<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(context, operation);
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            body.required = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use http::StatusCode;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Order {
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        line: Line,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Line {
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        unit_price: u32,
    }

    async fn refused(text: &str) -> (StatusCode, String) {
        let response = parse::<Order>(text.as_bytes()).unwrap_err().into_response();
        let status = response.status();
        let body = read_body(response.into_body()).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        (status, body["details"][0]["property"].as_str().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn what_is_not_json_is_malformed() {
        for text in
            ["", "{", "{\"line\":{\"unitPrice\":1}} x", "{\"line\":7, broken", "\u{feff}{}", "{'a':1}"]
        {
            assert_eq!(refused(text).await, (StatusCode::BAD_REQUEST, String::new()), "{text:?}");
        }
    }

    #[tokio::test]
    async fn what_does_not_fit_names_its_property() {
        for (text, property) in [
            (r"{}", "line"),
            (r#"{"line":{}}"#, "line.unitPrice"),
            (r#"{"line":{"unitPrice":"1"}}"#, "line.unitPrice"),
            (r#"{"line":{"unitPrice":1,"x":2}}"#, "line.x"),
            (r#"{"line":{"unitPrice":1},"y":2}"#, "y"),
            (r#"{"line":{"unitPrice":1},"line":{"unitPrice":1}}"#, "line"),
        ] {
            assert_eq!(
                refused(text).await,
                (StatusCode::UNPROCESSABLE_ENTITY, property.to_owned()),
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn a_body_one_byte_too_large_is_not_read() {
        let error = read_body(Body::from(vec![b' '; MAX_BODY_BYTES + 1])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(read_body(Body::from(vec![b' '; MAX_BODY_BYTES])).await.is_ok());
    }
}
