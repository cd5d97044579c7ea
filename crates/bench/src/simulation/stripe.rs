//! The sandbox as anyone with a key asks it, to do what customers do at Stripe and to compare its books with ours.

use bytes::Bytes;
use http::{Method, Request, header};
use perennial_stripe::{ServiceTransport, Transport};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stripe_sandbox::Sandbox;

use crate::failure::{Failure, failure};

/// Stripe's longest page.
const PAGE_LENGTH: usize = 100;

/// A page of a list.
#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    has_more: bool,
}

pub(super) struct Stripe {
    transport: ServiceTransport<axum::Router>,
}

impl Stripe {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        Self { transport: ServiceTransport::new(sandbox.router()) }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, path, String::new()).await
    }

    pub(super) async fn post(&self, path: &str, form: String) -> Result<Value, Failure> {
        self.ask(Method::POST, path, form).await
    }

    /// The next page of a list: its objects, and whether there are more after the last of them.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        list: &str,
        after: Option<&str>,
    ) -> Result<(Vec<T>, bool), Failure> {
        let cursor = after.map(|id| format!("&starting_after={id}")).unwrap_or_default();
        let page: Page<T> =
            self.ask(Method::GET, &format!("{list}limit={PAGE_LENGTH}{cursor}"), String::new()).await?;
        Ok((page.data, page.has_more))
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, form: String) -> Result<T, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://stripe.test{path}"))
            .header(header::AUTHORIZATION, "Bearer sk_test_merchant")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form))?;
        let response = self.transport.send(request).await?;
        if !response.status().is_success() {
            return Err(failure(format!("{path}: {}", String::from_utf8_lossy(response.body()))));
        }
        Ok(serde_json::from_slice(response.body())?)
    }
}
