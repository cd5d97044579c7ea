//! How much the APIs let one key do.

use std::num::NonZeroU32;

use perennial_http::ApiOptions;
use serde::Deserialize;

/// `[api]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ApiConfig {
    /// How many requests a second one key may send to this node; as many as it can when it is left out.
    requests_per_second: Option<NonZeroU32>,
}

impl ApiConfig {
    pub(crate) fn options(&self) -> ApiOptions {
        ApiOptions { requests_per_second: self.requests_per_second, ..ApiOptions::default() }
    }
}
