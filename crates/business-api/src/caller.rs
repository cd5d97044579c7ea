//! Who calls. The door's guard has put it there.

use std::sync::Arc;

use aide::OperationInput;
use axum::extract::FromRequestParts;
use http::request::Parts;
use perennial_core::business::Caller;

use crate::refusal::Refusal;

/// Somebody with a token that works.
#[derive(Clone)]
pub(crate) struct Known(pub(crate) Arc<Caller>);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Refusal::no_token)
    }
}

/// The token is documented as the scheme of the whole document.
impl OperationInput for Known {}
