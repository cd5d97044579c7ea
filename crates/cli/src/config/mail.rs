//! How mails are sent.

use std::path::PathBuf;

use lettre::message::Mailbox;
use perennial_domain::is_loopback;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::ConfigError;
use super::secrets::{optional_secret, read_secret_file};

/// `[mail]`. Without it no mails are sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MailConfig {
    /// Whom mails come from: an address. Readers see the project's name beside it.
    from: Option<String>,
    /// `smtps://user:password@host`, or `smtp://…?tls=required`.
    #[serde(deserialize_with = "optional_secret")]
    smtp_url: Option<SecretString>,
    /// A file that holds the URL.
    smtp_url_file: Option<PathBuf>,
}

/// A mail server, and whom mails come from.
#[derive(Debug)]
pub(crate) struct MailServer {
    /// The address.
    pub(crate) from: Mailbox,
    /// Where it is, with what opens it.
    pub(crate) smtp_url: SecretString,
}

impl MailConfig {
    /// The mail server, if there is one.
    pub(crate) fn server(&self) -> Result<Option<MailServer>, ConfigError> {
        let smtp_url = match (&self.smtp_url, &self.smtp_url_file) {
            (Some(_), Some(_)) => {
                return Err(ConfigError::new("mail.smtp_url_file", "`mail.smtp_url` is given as well"));
            }
            (Some(url), None) => url.clone(),
            (None, Some(file)) => read_secret_file("mail.smtp_url_file", file)?,
            (None, None) if self.from.is_some() => {
                return Err(ConfigError::new("mail.smtp_url", "is needed when `mail.from` is given"));
            }
            (None, None) => return Ok(None),
        };
        check_smtp_url(smtp_url.expose_secret())?;
        let from = self.from.as_deref().unwrap_or_default().parse::<Mailbox>();
        let from = from.map_err(|_| ConfigError::new("mail.from", "must be an e-mail address"))?;
        Ok(Some(MailServer { from, smtp_url }))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.server().map(drop)
    }
}

/// Passwords and codes do not travel in the clear.
fn check_smtp_url(text: &str) -> Result<(), ConfigError> {
    const KEY: &str = "mail.smtp_url";
    let url = Url::parse(text).map_err(|error| ConfigError::new(KEY, error.to_string()))?;
    if !url.has_host() {
        return Err(ConfigError::new(KEY, "names no host"));
    }
    let requires_tls = url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    match url.scheme() {
        "smtps" => Ok(()),
        "smtp" if requires_tls || is_loopback(&url) => Ok(()),
        "smtp" => Err(ConfigError::new(
            KEY,
            "begins with smtps://, or ends with ?tls=required; neither is only for a loopback address",
        )),
        _ => Err(ConfigError::new(KEY, "begins with smtps:// or smtp://")),
    }
}
