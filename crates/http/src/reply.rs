//! Good answers that are more than 200 with a fresh body.

use std::marker::PhantomData;

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as ResponseDoc};
use axum::Json;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{ApiError, ListBody};

/// For [`OperationOutput::inferred_responses`]: `O` is the answer with this status, or without one the default answer.
pub fn answered_with<O: OperationOutput>(
    status: Option<u16>,
    context: &mut GenContext,
    operation: &mut Operation,
) -> Vec<(Option<u16>, ResponseDoc)> {
    O::operation_response(context, operation).map(|response| (status, response)).into_iter().collect()
}

/// Documents a no: its envelope is what every operation answers by default.
#[macro_export]
macro_rules! default_answer {
    ($refusal:ty, $envelope:ty, $description:literal) => {
        impl ::aide::OperationOutput for $refusal {
            type Inner = Self;

            fn operation_response(
                context: &mut ::aide::generate::GenContext,
                operation: &mut ::aide::openapi::Operation,
            ) -> Option<::aide::openapi::Response> {
                type Shown = ::axum::Json<$envelope>;
                let envelope = <Shown as ::aide::OperationOutput>::operation_response(context, operation);
                envelope.map(|response| ::aide::openapi::Response {
                    description: $description.to_owned(),
                    ..response
                })
            }

            fn inferred_responses(
                context: &mut ::aide::generate::GenContext,
                operation: &mut ::aide::openapi::Operation,
            ) -> Vec<(Option<u16>, ::aide::openapi::Response)> {
                $crate::answered_with::<Self>(None, context, operation)
            }
        }
    };
}

/// 201 with what was made.
#[derive(Clone, Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: JsonSchema> OperationOutput for Created<T> {
    type Inner = T;

    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<ResponseDoc> {
        Json::<T>::operation_response(context, operation)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, ResponseDoc)> {
        answered_with::<Self>(Some(201), context, operation)
    }
}

/// 200 with a `T` that was written while it was borrowed: for answers made of shared snapshots.
#[derive(Clone, Debug)]
pub struct Written<T> {
    json: Bytes,
    shape: PhantomData<fn() -> T>,
}

impl<T: Serialize> Written<T> {
    /// Writes a value.
    pub fn one(value: &T) -> Result<Self, ApiError> {
        write(value)
    }
}

impl<T: Serialize> Written<ListBody<T>> {
    /// Writes a list of borrowed values.
    pub fn list(list: &ListBody<&T>) -> Result<Self, ApiError> {
        write(list)
    }
}

fn write<T>(value: &impl Serialize) -> Result<Written<T>, ApiError> {
    let json = serde_json::to_vec(value).map_err(ApiError::internal)?;
    Ok(Written { json: json.into(), shape: PhantomData })
}

impl<T> IntoResponse for Written<T> {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], self.json).into_response()
    }
}

impl<T: JsonSchema> OperationOutput for Written<T> {
    type Inner = T;

    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<ResponseDoc> {
        Json::<T>::operation_response(context, operation)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<u16>, ResponseDoc)> {
        Json::<T>::inferred_responses(context, operation)
    }
}
