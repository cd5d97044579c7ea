//! What a browser sends, read so that even what cannot be read is answered by a page.
//!
//! They stand in for axum's extractors of the same names, whose refusals are a line of bare text.

use axum::extract::{self, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use perennial_core::context::App;
use serde::de::DeserializeOwned;

use super::error::stranger;
use crate::pages::Notice;

/// The variable parts of an address. One that cannot be read leads nowhere.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let read = extract::Path::from_request_parts(parts, app).await;
        read.map(|extract::Path(value)| Self(value)).map_err(|_| stranger(app, Notice::NotFound))
    }
}

/// What stands behind the `?` of an address. One that cannot be read leads nowhere.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let read = extract::Query::try_from_uri(&parts.uri);
        read.map(|extract::Query(value)| Self(value)).map_err(|_| stranger(app, Notice::NotFound))
    }
}

/// A form that was sent. One that cannot be read did not come from a page of ours, and changes nothing.
pub(super) struct Form<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let read = axum::Form::from_request(request, app).await;
        read.map(|axum::Form(value)| Self(value)).map_err(|_| stranger(app, Notice::StaleForm))
    }
}
