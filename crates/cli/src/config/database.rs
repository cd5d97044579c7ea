//! Where the data is.

use std::path::PathBuf;
use std::str::FromStr;

use perennial_store::DatabaseUrl;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::ConfigError;
use super::secrets::{optional_secret, read_secret_file};

const DEFAULT_URL: &str = "sqlite:perennial.db";

/// `[database]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DatabaseConfig {
    /// `sqlite:FILE` or `postgres://…`, which may hold a password.
    #[serde(deserialize_with = "optional_secret")]
    url: Option<SecretString>,
    /// A file that holds the URL.
    url_file: Option<PathBuf>,
}

impl DatabaseConfig {
    /// The database, a SQLite file in the working directory unless something else is said.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, ConfigError> {
        let url = match (&self.url, &self.url_file) {
            (Some(_), Some(_)) => {
                return Err(ConfigError::new("database.url_file", "`database.url` is given as well"));
            }
            (Some(url), None) => url.clone(),
            (None, Some(file)) => read_secret_file("database.url_file", file)?,
            (None, None) => SecretString::from(DEFAULT_URL),
        };
        DatabaseUrl::from_str(url.expose_secret())
            .map_err(|error| ConfigError::new("database.url", error.to_string()))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.url().map(drop)
    }
}
