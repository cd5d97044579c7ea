//! Where the server listens, and where it is reached from outside.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::HeaderName;
use perennial_domain::is_loopback;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::ConfigError;

/// `[http]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HttpConfig {
    /// The address and port that the server listens on.
    pub(crate) listen: SocketAddr,
    /// Where the APIs are reached from outside.
    public_url: Option<Url>,
    /// The header in which the proxy in front says whom it asks for, such as `x-forwarded-for`.
    #[serde(deserialize_with = "header_name")]
    pub(crate) client_address_header: Option<HeaderName>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            client_address_header: None,
        }
    }
}

impl HttpConfig {
    /// Where the APIs are reached from outside: where the server listens, unless something else is said.
    pub(crate) fn public_url(&self) -> Url {
        self.public_url.clone().unwrap_or_else(|| origin(self.listen))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        const KEY: &str = "http.public_url";
        match &self.public_url {
            Some(url) => check_public_url(KEY, url),
            None if self.listen.ip().is_loopback() => Ok(()),
            None => Err(ConfigError::new(KEY, "is needed when `http.listen` is not a loopback address")),
        }
    }
}

fn header_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<HeaderName>, D::Error> {
    let name = String::deserialize(deserializer)?;
    HeaderName::try_from(name).map(Some).map_err(|_| D::Error::custom("is not the name of a header"))
}

/// The address as a URL.
pub(crate) fn origin(address: SocketAddr) -> Url {
    let text = format!("http://{address}");
    Url::parse(&text).unwrap_or_else(|error| unreachable!("{text} is a URL: {error}"))
}

/// Payment pages and API keys do not travel in the clear.
pub(super) fn check_public_url(key: &str, url: &Url) -> Result<(), ConfigError> {
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let has_user = !url.username().is_empty() || url.password().is_some();
    match url.scheme() {
        "http" | "https" if !is_bare || has_user => {
            Err(ConfigError::new(key, "has a scheme, a host and a port, and nothing else"))
        }
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err(ConfigError::new(key, "plain http is only for a loopback address")),
        _ => Err(ConfigError::new(key, "must begin with https://")),
    }
}
