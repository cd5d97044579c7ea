//! Postal addresses.

use jiff::Timestamp;

use crate::{AddressId, CustomerId, ProjectId};

/// An ISO 3166-1 alpha-2 country code, in capitals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

/// No such country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no country {0:?}")]
pub struct UnknownCountry(pub String);

/// The officially assigned codes of ISO 3166-1.
const ASSIGNED: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

impl CountryCode {
    /// Reads a code in capitals.
    pub fn parse(text: &str) -> Result<Self, UnknownCountry> {
        match text.as_bytes() {
            &[first, second] if ASSIGNED.split(' ').any(|code| code == text) => Ok(Self([first, second])),
            _ => Err(UnknownCountry(text.to_owned())),
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether an address there is incomplete without its state (contracts/projects-api.md §2.4).
    pub fn needs_state(self) -> bool {
        matches!(self.as_str(), "US" | "CA")
    }

    /// Whether post there is sorted by postal code; the few places that have none are left out.
    pub fn uses_postal_code(self) -> bool {
        !matches!(
            self.as_str(),
            "AE" | "AG"
                | "AO"
                | "BS"
                | "BZ"
                | "FJ"
                | "GH"
                | "HK"
                | "IE"
                | "JM"
                | "KE"
                | "MO"
                | "PA"
                | "QA"
                | "RW"
                | "UG"
                | "ZW"
        )
    }
}

impl serde::Serialize for CountryCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for CountryCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Where a customer lives or is billed. Never changed: a new one replaces it.
#[derive(Clone, Debug)]
pub struct Address {
    /// Our id.
    pub id: AddressId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Whose address.
    pub customer_id: CustomerId,
    /// Street and number.
    pub line1: String,
    /// Flat, floor, care of.
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// State, province or county, where the country uses one.
    pub state: Option<String>,
    /// Postal code, where the country uses one.
    pub postal_code: Option<String>,
    /// The country.
    pub country: CountryCode,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When its owner removed it; kept for subscriptions that refer to it.
    pub removed_at: Option<Timestamp>,
}

impl Address {
    /// The lines as people read them, but for the country, which every language names otherwise.
    pub fn lines(&self) -> Vec<String> {
        let town = [self.postal_code.as_deref(), Some(&self.city), self.state.as_deref()];
        let town = town.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let street = [Some(self.line1.clone()), self.line2.clone()].into_iter().flatten();
        street.chain([town]).collect()
    }

    /// What two addresses of one customer are compared by: all lines, without regard to case or spacing.
    pub fn fingerprint(&self) -> String {
        let parts = [
            Some(&self.line1),
            self.line2.as_ref(),
            Some(&self.city),
            self.state.as_ref(),
            self.postal_code.as_ref(),
        ];
        let mut text = self.country.as_str().to_owned();
        for part in parts {
            text.push('|');
            text.extend(part.into_iter().flat_map(|part| part.split_whitespace()).map(str::to_lowercase));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_assigned_codes_are_countries() {
        assert_eq!(CountryCode::parse("NL").unwrap().as_str(), "NL");
        for text in ["nl", "XX", "", "N L", "AD AE", "D "] {
            assert!(CountryCode::parse(text).is_err(), "{text:?} was taken");
        }
    }
}
