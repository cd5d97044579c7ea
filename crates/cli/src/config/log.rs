//! What is logged, and how.

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use super::ConfigError;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// `[log]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogConfig {
    /// How a line looks.
    pub(crate) format: LogFormat,
    /// From which level on: `warn`, or a level for each part, such as `info,perennial_stripe=debug`.
    pub(crate) level: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Pretty, level: "info".to_owned() }
    }
}

impl LogConfig {
    /// The level, as the subscriber reads it.
    pub(crate) fn filter(&self) -> Result<EnvFilter, ConfigError> {
        EnvFilter::try_new(&self.level).map_err(|error| ConfigError::new("log.level", error.to_string()))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.filter().map(drop)
    }
}
