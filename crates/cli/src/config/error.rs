//! A setting that cannot work.

/// Which setting, and what is the matter with it. The value is left out: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub(crate) struct ConfigError {
    key: String,
    problem: String,
}

impl ConfigError {
    /// This setting has this problem.
    pub(crate) fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }

    /// The file is no TOML.
    #[expect(clippy::needless_pass_by_value, reason = "it stands where an error is turned into another")]
    pub(super) fn syntax(error: toml::de::Error) -> Self {
        Self::new("the configuration file", error.to_string().trim_end())
    }
}
