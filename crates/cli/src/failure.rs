//! What went wrong, as a person at a terminal reads it.

use std::error::Error;
use std::process::ExitCode;

use perennial_core::report::chain;

use crate::output;

/// Why a command could not do what it was asked, and what to do about it.
///
/// Not an [`Error`] itself, so that every error can become one: this is where they end.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    is_misuse: bool,
}

impl Failure {
    /// The command could not do it.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, is_misuse: false }
    }

    /// The command was asked for something that makes no sense.
    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Self { is_misuse: true, ..Self::new(message) }
    }

    /// Adds what to do next.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Says it, and answers the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        output::say(format_args!("error: {}", self.message));
        if let Some(hint) = &self.hint {
            output::say(format_args!("hint: {hint}"));
        }
        ExitCode::from(if self.is_misuse { 2 } else { 1 })
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(chain(&error))
    }
}

/// Adds to a result what only the caller knows.
pub(crate) trait Explain<T> {
    /// Says first what was being done.
    fn or_fail(self, doing: &str) -> Result<T, Failure>;
}

impl<T, E: Error> Explain<T> for Result<T, E> {
    fn or_fail(self, doing: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(format!("{doing}: {}", chain(&error))))
    }
}
