//! From a page to an answer: rendering, and the headers that every page carries.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use url::Url;

use crate::ApiError;

/// Answers a page. A form on it leads to the page itself, or with `leads_to` on to the seller, who may send the customer
/// wherever they like: browsers hold a form's redirects to the same policy as its action, so there is none then.
pub(super) fn page(status: StatusCode, page: &impl Template, leads_to: Option<&str>) -> Response {
    let form_action = if leads_to.is_some() { "" } else { FORMS_STAY_HERE };
    answer(status, page, &policy(form_action, "'none'"))
}

/// Answers a page that may be framed: by pages of the origin of `seller`, or by any without one.
pub(super) fn framed(status: StatusCode, page: &impl Template, seller: Option<&str>) -> Response {
    let ancestors = seller.and_then(source).unwrap_or_else(|| "http: https:".to_owned());
    answer(status, page, &policy(FORMS_STAY_HERE, &ancestors))
}

fn answer(status: StatusCode, page: &impl Template, policy: &str) -> Response {
    match page.render() {
        Ok(html) => {
            let mut response = (status, Html(html)).into_response();
            let headers = response.headers_mut();
            let policy = HeaderValue::from_str(policy);
            headers.insert(
                header::CONTENT_SECURITY_POLICY,
                policy.unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'")),
            );
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            response
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Goes on to `address` with a GET.
pub(super) fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

const FORMS_STAY_HERE: &str = "; form-action 'self'";

fn policy(form_action: &str, ancestors: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; \
         frame-ancestors {ancestors}{form_action}"
    )
}

/// The part of an address that a policy can name: its origin, or its scheme when an app opens it.
fn source(address: &str) -> Option<String> {
    let address = Url::parse(address).ok()?;
    let origin = address.origin();
    let target =
        if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", address.scheme()) };
    Some(target)
}

/// A page with a heading and a sentence, for everything without a page of its own.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    heading: &'static str,
    explanation: &'static str,
}

/// The page for an address that names nothing here.
pub(super) fn not_found(explanation: &'static str) -> Response {
    page(StatusCode::NOT_FOUND, &MessagePage { heading: "There is nothing here", explanation }, None)
}

/// The page for a form that was not filled in on one of these pages.
pub(super) fn bad_form() -> Response {
    let explanation = "What was sent is not what this page asks for. Nothing was charged.";
    page(StatusCode::BAD_REQUEST, &MessagePage { heading: "That did not work", explanation }, None)
}

/// The page for a fault of the sandbox, whose cause is in its log.
pub(super) fn failed(error: &ApiError) -> Response {
    tracing::error!(%error, "a page could not be shown");
    let explanation = "The sandbox failed; its log says why. Nothing was charged.";
    let message = MessagePage { heading: "That did not work", explanation };
    page(StatusCode::INTERNAL_SERVER_ERROR, &message, None)
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn a_frame_may_be_an_origins_or_an_apps() {
        assert_eq!(source("https://shop.example:8443/a?b").as_deref(), Some("https://shop.example:8443"));
        assert_eq!(source("phoneshop://thanks/1").as_deref(), Some("phoneshop:"));
        assert_eq!(source("no address"), None);
    }
}
