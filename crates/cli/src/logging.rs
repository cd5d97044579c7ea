//! The log: to standard error, for people or for machines.

use std::io;

use crate::config::{LogConfig, LogFormat};
use crate::failure::Failure;

/// Starts the log. Once per process.
pub(crate) fn start(config: &LogConfig) -> Result<(), Failure> {
    let subscriber = tracing_subscriber::fmt().with_env_filter(config.filter()?).with_writer(io::stderr);
    let started = match config.format {
        LogFormat::Json => subscriber.json().try_init(),
        LogFormat::Pretty => subscriber.with_target(false).try_init(),
    };
    started.map_err(|error| Failure::new(format!("the log cannot be started: {error}")))
}
