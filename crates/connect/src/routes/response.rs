//! How a page leaves the house: never cached, never framed, never telling others where the customer was.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use perennial_core::context::App;
use perennial_domain::Callback;

/// A page with its headers. `callbacks` are where its forms may lead in the end.
pub(super) fn page<'c>(
    app: &App,
    status: StatusCode,
    html: String,
    callbacks: impl IntoIterator<Item = &'c Callback>,
) -> Response {
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    protect(headers);
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(app, callbacks)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A good answer without a page.
pub(super) fn nothing() -> Response {
    let mut response = StatusCode::OK.into_response();
    protect(response.headers_mut());
    response
}

/// On to another address, by GET.
pub(super) fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    protect(response.headers_mut());
    match HeaderValue::from_str(location) {
        Ok(location) => {
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn protect(headers: &mut http::HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
}

/// Nothing from elsewhere but a logo, and forms that lead here, to Stripe's page or back to the app: browsers check
/// `form-action` along every redirect.
fn content_security_policy<'c>(app: &App, callbacks: impl IntoIterator<Item = &'c Callback>) -> String {
    let callbacks = callbacks.into_iter().map(Callback::source).collect::<Vec<_>>().join(" ");
    // A plain-http server is a loopback one, and then so is its Stripe sandbox.
    let is_loopback = app.settings().connect_url.scheme() == "http";
    let sandbox = if is_loopback { "http://127.0.0.1:* http://localhost:*" } else { "" };
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' https: {sandbox} {callbacks}"
    )
}
