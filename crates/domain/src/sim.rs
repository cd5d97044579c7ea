//! SIMs, their numbers, and numbers on their way from another network.

use std::fmt;

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{CustomerId, Metadata, PortingId, ProjectId, SimId, SubscriptionId};

/// The number of a SIM: 19 or 20 digits, the last of them a check where there are 20.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Iccid(String);

/// The text is not an ICCID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an ICCID starts with 89 and has 19 or 20 digits")]
pub struct InvalidIccid;

impl Iccid {
    /// Reads an ICCID as it is printed or pasted: spaces, dashes and a final F are taken off.
    ///
    /// ITU-T E.118 has every ICCID begin with 89; cards in the field end with a Luhn digit too often wrong to insist on.
    pub fn parse(text: &str) -> Result<Self, InvalidIccid> {
        let digits = text.chars().filter(|character| !" -".contains(*character)).collect::<String>();
        let digits = digits.trim_end_matches(['F', 'f']);
        let plausible = digits.starts_with("89") && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plausible && (19..=20).contains(&digits.len()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(InvalidIccid)
        }
    }

    /// Builds a 20-digit ICCID from a prefix and a serial number, with its Luhn digit.
    pub fn with_check_digit(prefix: &str, serial: u64) -> Self {
        let width = 19_usize.saturating_sub(prefix.len());
        let body = format!("{prefix}{serial:0width$}");
        let check = (0..10).find(|digit| passes_luhn(&format!("{body}{digit}"))).unwrap_or_default();
        Self(format!("{body}{check}"))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Iccid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether the last digit is the check of the others (ISO/IEC 7812-1, annex B).
pub(crate) fn passes_luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (position, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0');
        sum += match position % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        };
    }
    !digits.is_empty() && sum % 10 == 0
}

text_enum! {
    /// Embedded or on plastic; spelled as the Projects contract does.
    pub enum SimType {
        /// Embedded.
        Esim = "eSIM",
        /// On plastic.
        Psim = "pSIM",
    }
}

text_enum! {
    /// Whether a SIM is in use.
    pub enum SimStatus {
        /// Not in use.
        Inactive = "inactive",
        /// In use by a subscription.
        Active = "active",
        /// Never again.
        Retired = "retired",
    }
}

/// A SIM.
#[derive(Clone, Debug)]
pub struct Sim {
    /// Our id.
    pub id: SimId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Who uses it, once someone does.
    pub customer_id: Option<CustomerId>,
    /// Its printed number, unique in the project.
    pub iccid: Iccid,
    /// Whose network.
    pub provider: String,
    /// Embedded or plastic.
    pub sim_type: SimType,
    /// In use?
    pub status: SimStatus,
    /// `LPA:1$…`; eSIMs only.
    pub activation_code: Option<String>,
    /// The operator's strings.
    pub metadata: Metadata,
    /// When it was recorded.
    pub created_at: Timestamp,
}

text_enum! {
    /// How far a number has come on its way here.
    pub enum PortingStatus {
        /// Not used by a subscription yet.
        Draft = "draft",
        /// Accepted by a subscription, complete.
        Pending = "pending",
        /// Something is missing.
        InformationRequired = "informationRequired",
        /// Handed to the networks.
        Requested = "requested",
        /// Refused by the other network.
        Declined = "declined",
        /// Here.
        Completed = "completed",
        /// Given up by the customer.
        Canceled = "canceled",
        /// Given up by the clock.
        Expired = "expired",
    }
}

/// A number on its way from another network.
#[derive(Clone, Debug)]
pub struct Porting {
    /// Our id.
    pub id: PortingId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Whose number.
    pub customer_id: CustomerId,
    /// For which subscription, once there is one.
    pub subscription_id: Option<SubscriptionId>,
    /// E.164.
    pub phone_number: String,
    /// The network it goes to.
    pub provider: String,
    /// The customer's account at the other network, if it asks for one.
    pub account_number: Option<String>,
    /// How far.
    pub status: PortingStatus,
    /// When it was recorded.
    pub created_at: Timestamp,
}

impl Porting {
    /// Reads a phone number as people write it, into E.164 (ITU-T E.164: at most 15 digits after the plus).
    pub fn parse_phone_number(text: &str) -> Option<String> {
        let compact =
            text.trim().chars().filter(|character| !" -()./".contains(*character)).collect::<String>();
        let digits = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"))?;
        let plausible = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        plausible.then(|| format!("+{digits}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iccid_is_read_as_printed() {
        assert_eq!(Iccid::parse("8931 0000-0000 0000 4217 F").unwrap().as_str(), "89310000000000004217");
        for text in ["", "8831000000000000421", "89", "89310000000000004217123", "89AB000000000000421"] {
            assert!(Iccid::parse(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn a_made_iccid_passes_its_own_check() {
        let iccid = Iccid::with_check_digit("8942424242", 4217);
        assert_eq!(iccid.as_str().len(), 20);
        assert!(passes_luhn(iccid.as_str()));
        assert_eq!(Iccid::parse(iccid.as_str()), Ok(iccid));
    }

    #[test]
    fn phone_numbers_become_e164() {
        assert_eq!(Porting::parse_phone_number("+31 (970) 555-010").as_deref(), Some("+31970555010"));
        assert_eq!(Porting::parse_phone_number("0031 970 555 010").as_deref(), Some("+31970555010"));
        for text in ["", "0970555010", "+0970555010", "+31 97a", "+1234567890123456"] {
            assert_eq!(Porting::parse_phone_number(text), None, "{text:?} was taken");
        }
    }
}
