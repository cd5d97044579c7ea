//! What seals secrets at rest.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::ConfigError;

/// `[secrets]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SecretsConfig {
    /// 32 bytes in base64.
    #[serde(deserialize_with = "optional_secret")]
    master_key: Option<SecretString>,
    /// A file that holds them.
    master_key_file: Option<PathBuf>,
}

impl SecretsConfig {
    /// The master key, or nothing when none is configured.
    pub(crate) fn master_key(&self) -> Result<Option<SecretString>, ConfigError> {
        match &self.master_key_file {
            Some(file) => read_secret_file("secrets.master_key_file", file).map(Some),
            None => Ok(self.master_key.clone()),
        }
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match (&self.master_key, &self.master_key_file) {
            (Some(_), Some(_)) => {
                Err(ConfigError::new("secrets.master_key_file", "`secrets.master_key` is given as well"))
            }
            _ => Ok(()),
        }
    }
}

/// Reads a secret from its file, without the newline that editors leave at the end.
pub(super) fn read_secret_file(key: &str, file: &Path) -> Result<SecretString, ConfigError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| ConfigError::new(key, format!("cannot read {}: {error}", file.display())))?;
    Ok(SecretString::from(text.trim()))
}

pub(super) fn optional_secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}
