//! What ends a run. Somebody watches it, so a message is all that is needed.

/// Why the run ended.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A failure of our own.
pub(crate) fn failure(message: impl Into<String>) -> Failure {
    message.into().into()
}
