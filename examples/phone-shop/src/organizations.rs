//! A product that organizations buy, on one page: plans, purchase, status, payments, cancelling.
//!
//! Here the shop has no part in it. The page's script calls the Organizations API from the browser, in the name of the
//! member who logs in there, with the TypeScript client: `assets/organizations.js`.

use askama::Template;
use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse};
use url::Url;

use crate::Shop;
use crate::problem::Problem;

/// What the page is told, and what it may reach.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    api: String,
    stripe_script: Option<Url>,
}

#[derive(Template)]
#[template(path = "organizations.html")]
struct OrganizationsPage<'a> {
    api: &'a str,
    stripe_script: Option<&'a Url>,
}

impl Page {
    pub(crate) fn new(api: &Url, stripe_script: Option<&Url>) -> Self {
        let api = api.as_str().trim_end_matches('/').to_owned();
        Self { api, stripe_script: stripe_script.cloned() }
    }

    /// Scripts of the shop and of Stripe, calls to the API alone, and Stripe's Checkout in a frame.
    fn content_policy(&self) -> String {
        let api = &self.api;
        let stripe = self
            .stripe_script
            .as_ref()
            .map(|script| script.origin().ascii_serialization())
            .unwrap_or_default();
        format!(
            "default-src 'none'; script-src 'self' {stripe}; style-src 'self'; img-src 'self'; connect-src {api}; \
             frame-src {stripe}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }
}

pub(crate) async fn page(State(shop): State<Shop>) -> Result<impl IntoResponse, Problem> {
    let page = &shop.organizations;
    let html = OrganizationsPage { api: &page.api, stripe_script: page.stripe_script.as_ref() }.render()?;
    Ok(([(CONTENT_SECURITY_POLICY, page.content_policy())], Html(html)))
}
