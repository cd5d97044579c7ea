//! The stylesheets, the scripts, the mark, and the headers that every answer has.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

/// Only this shop's own stylesheet and mark; no script, no frame around it. A page that needs more says so itself.
///
/// There is no `form-action`: a form here ends, through a redirect, on the hosted pages, and browsers
/// check that directive along redirects. Where those pages are is the API's to say, each time anew.
const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) async fn stylesheet() -> impl IntoResponse {
    asset("text/css; charset=utf-8", include_str!("../assets/shop.css"))
}

pub(crate) async fn organizations_stylesheet() -> impl IntoResponse {
    asset("text/css; charset=utf-8", include_str!("../assets/organizations.css"))
}

pub(crate) async fn organizations_script() -> impl IntoResponse {
    asset(SCRIPT, include_str!("../assets/organizations.js"))
}

pub(crate) async fn organizations_view() -> impl IntoResponse {
    asset(SCRIPT, include_str!("../assets/organizations-view.js"))
}

/// The TypeScript client, as `sdk/typescript/scripts/generate.mjs` leaves it here.
pub(crate) async fn sdk() -> impl IntoResponse {
    asset(SCRIPT, include_str!("../assets/perennial-sdk.js"))
}

pub(crate) async fn mark() -> impl IntoResponse {
    asset("image/svg+xml", include_str!("../assets/kestrel.svg"))
}

fn asset(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=300")], content)
}

pub(crate) async fn with_safe_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // Pages show who is logged in and what they have, and a redirect may hold a session's secret URL.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
