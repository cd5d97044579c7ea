//! How much is done in the background.

use serde::Deserialize;

use super::ConfigError;

/// `[worker]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WorkerConfig {
    /// How many tasks at once.
    pub(crate) concurrency: u16,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self { concurrency: 8 }
    }
}

impl WorkerConfig {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match self.concurrency {
            1..=256 => Ok(()),
            _ => Err(ConfigError::new("worker.concurrency", "lies between 1 and 256")),
        }
    }
}
