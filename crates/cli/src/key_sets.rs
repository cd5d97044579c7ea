//! Fetches the public keys of operators' own identity providers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use perennial_organizations_api::{FetchKeysError, KeySource, OrganizationsOptions};
use perennial_stripe::{HttpTransport, Transport};
use url::Url;

use crate::failure::{Explain, Failure};

/// Over the network, with the same client that talks to Stripe: it trusts the machine's certificates, follows no
/// redirects, and waits for no answer for ever.
struct OverHttp(HttpTransport);

impl KeySource for OverHttp {
    fn fetch<'a>(
        &'a self,
        url: &'a Url,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes, FetchKeysError>> + Send + 'a>> {
        Box::pin(async move {
            let request = Request::get(url.as_str()).body(Bytes::new());
            let request = request.map_err(|error| FetchKeysError::Fetch(error.into()))?;
            let response = self.0.send(request).await.map_err(|error| FetchKeysError::Fetch(error.into()))?;
            if response.status().is_success() {
                Ok(response.into_body())
            } else {
                Err(FetchKeysError::Fetch(format!("the answer is {}", response.status()).into()))
            }
        })
    }
}

/// How organizations are served; `project` at the root.
pub(crate) fn organizations(project: Option<String>) -> Result<OrganizationsOptions, Failure> {
    let transport = HttpTransport::new().or_fail("the client for identity providers cannot be made")?;
    Ok(OrganizationsOptions::new(project, Arc::new(OverHttp(transport))))
}
