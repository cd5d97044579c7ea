//! What the operator decides: one TOML file, and `PERENNIAL_…` variables over it.
//!
//! Each concern is a struct of its own that checks itself. Unknown keys are refused, in the file and among the
//! variables, because a setting that is misspelt must not be silently ignored.

mod api;
mod connect;
mod database;
mod error;
mod http;
mod log;
mod mail;
mod organizations;
mod secrets;
mod variables;
mod webhooks;
mod worker;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use api::ApiConfig;
use connect::ConnectConfig;
use database::DatabaseConfig;
pub(crate) use error::ConfigError;
use http::HttpConfig;
pub(crate) use http::origin;
pub(crate) use log::{LogConfig, LogFormat};
use mail::MailConfig;
pub(crate) use mail::MailServer;
use organizations::OrganizationsConfig;
use secrets::SecretsConfig;
use variables::{Overlay, overlay};
use webhooks::WebhooksConfig;
use worker::WorkerConfig;

/// Read when it is there and no other file is named.
const DEFAULT_FILE: &str = "perennial.toml";

/// Everything the operator decides.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where the data is.
    pub(crate) database: DatabaseConfig,
    /// Where the server listens.
    pub(crate) http: HttpConfig,
    /// How much the APIs let one key do.
    pub(crate) api: ApiConfig,
    /// Where the hosted pages are reached.
    pub(crate) connect: ConnectConfig,
    /// Which project's organizations are served at the root.
    pub(crate) organizations: OrganizationsConfig,
    /// What seals secrets at rest.
    pub(crate) secrets: SecretsConfig,
    /// What is logged, and how.
    pub(crate) log: LogConfig,
    /// How mails are sent.
    pub(crate) mail: MailConfig,
    /// Where outgoing webhooks may go.
    pub(crate) webhooks: WebhooksConfig,
    /// How much is done in the background.
    pub(crate) worker: WorkerConfig,
}

impl Config {
    /// Reads the file, if there is one, and this process's variables. Call [`Config::validate`] next, once
    /// options of the command have had their say.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = read_file(file)?;
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        Self::read(&text, &variables.collect())
    }

    fn read(text: &str, variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let table = text.parse::<toml::Table>().map_err(ConfigError::syntax)?;
        let Overlay { table, names } = overlay(table, variables)?;
        serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
            let key = error.path().to_string();
            let name = names.get(&key).map(|variable| format!("{key} ({variable})"));
            ConfigError::new(name.unwrap_or(key), error.inner().message().trim())
        })
    }

    /// Checks what no type can: the first setting that cannot work is named.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        self.database.validate()?;
        self.http.validate()?;
        self.connect.validate()?;
        self.secrets.validate()?;
        self.log.validate()?;
        self.mail.validate()?;
        self.worker.validate()
    }

    /// Where the hosted pages are reached from outside: at the API's own address unless something else is said.
    pub(crate) fn connect_url(&self) -> url::Url {
        self.connect.public_url.clone().unwrap_or_else(|| self.http.public_url())
    }
}

fn read_file(file: Option<&Path>) -> Result<String, ConfigError> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound && file.is_none() => Ok(String::new()),
        read => read.map_err(|error| ConfigError::new(path.display().to_string(), error.to_string())),
    }
}

#[cfg(test)]
mod tests;
