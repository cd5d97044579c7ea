//! Customers: who pays.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::text_enum::text_enum;
use crate::{CustomerId, Metadata, ProjectId};

/// An e-mail address: trimmed, and plausible.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// The text is not an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address")]
pub struct InvalidEmail;

/// RFC 5321 §4.5.3.1.3.
const MAX_EMAIL_BYTES: usize = 254;

impl Email {
    /// Reads an address, trimming white space around it.
    ///
    /// Refuses what could never be delivered or would be dangerous in a mail header; whether the address
    /// exists only a mail can tell.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let plain = |character: char| {
            !character.is_whitespace() && !character.is_control() && !"<>,;\"".contains(character)
        };
        let host_is_plausible = host.contains('.')
            && host
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
            && host.chars().all(|character| character.is_alphanumeric() || "-.".contains(character));
        if text.len() > MAX_EMAIL_BYTES
            || local.is_empty()
            || local.contains('@')
            || !text.chars().all(plain)
            || !host_is_plausible
        {
            return Err(InvalidEmail);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses are compared by: the same without regard to case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    /// Addresses are personal: a debug print of a struct that holds one stays harmless.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(…)")
    }
}

impl serde::Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

text_enum! {
    /// Whether a customer may act.
    pub enum CustomerStatus {
        /// May buy and manage.
        Active = "active",
        /// Stopped by the operator.
        Blocked = "blocked",
        /// Gone; kept for the books, with a blank e-mail address.
        Deleted = "deleted",
    }
}

/// Who pays.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Our id.
    pub id: CustomerId,
    /// Whose customer it is.
    pub project_id: ProjectId,
    /// The id in the operator's own system, where the door works with such.
    pub external_id: Option<String>,
    /// Unique in the project, without regard to case. `None` once deleted.
    pub email: Option<Email>,
    /// Whether a code sent there came back.
    pub email_verified: bool,
    /// As the person writes it.
    pub full_name: Option<String>,
    /// Date of birth.
    pub birthday: Option<Date>,
    /// An IETF language tag.
    pub preferred_locale: String,
    /// May it act.
    pub status: CustomerStatus,
    /// The operator's strings.
    pub metadata: Metadata,
    /// The Stripe Customer, once there is one.
    pub stripe_customer_id: Option<String>,
    /// When we first heard of it.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_compared_without_case() {
        let email = Email::parse("  Ada.Quill@Example.com ").unwrap();
        assert_eq!(email.as_str(), "Ada.Quill@Example.com");
        assert_eq!(email.key(), "ada.quill@example.com");
    }

    #[test]
    fn what_could_split_a_mail_header_is_no_address() {
        for text in [
            "",
            "ada",
            "ada@",
            "@x.org",
            "a b@x.org",
            "a@x.org\r\nBcc: b@x.org",
            "<a@x.org>",
            "a@x",
            "a@.org",
            "a@@x.org",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?} was taken");
        }
    }
}
