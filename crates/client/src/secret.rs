//! Values that let their holder act for somebody else, and so must not be printed.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

/// A project's API key. It opens the whole project; `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self(key.into())
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        Self(key.into())
    }
}

/// Where to send the browser to enter a connect session.
///
/// The address carries a token that logs its first visitor in: hand it to that one browser, and
/// neither store nor log it (contract §2.13.1). `Debug` shows the host and nothing after it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct EntryUrl(Url);

impl EntryUrl {
    /// The whole address, token included.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for EntryUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EntryUrl({}/…)", self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_secret() {
        let entry: EntryUrl =
            serde_json::from_str(r#""https://pay.example/checkout/entry?session=csn_1&token=hush""#).unwrap();

        assert_eq!(format!("{entry:?}"), "EntryUrl(https://pay.example/…)");
        assert!(!format!("{:?}", ApiKey::from("hush")).contains("hush"));
    }
}
