//! Where the hosted pages are reached.

use serde::Deserialize;
use url::Url;

use super::ConfigError;
use super::http::check_public_url;

/// `[connect]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConnectConfig {
    /// Where the hosted pages are reached from outside, if not at the API's address.
    pub(super) public_url: Option<Url>,
}

impl ConnectConfig {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.public_url.as_ref().map_or(Ok(()), |url| check_public_url("connect.public_url", url))
    }
}
