//! Devices that SIMs are put into.

use jiff::Timestamp;

use crate::{CustomerId, DeviceId, Metadata, ProjectId};

/// A device that a project knows of.
#[derive(Clone, Debug)]
pub struct Device {
    /// Our id.
    pub id: DeviceId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Whose device, once somebody said so.
    pub customer_id: Option<CustomerId>,
    /// Fifteen digits, unique among the project's devices that are not removed.
    pub imei: Option<String>,
    /// What its owner calls it.
    pub name: Option<String>,
    /// The operator's strings.
    pub metadata: Metadata,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it was removed; orders that name it still find it.
    pub removed_at: Option<Timestamp>,
}

impl Device {
    /// Whether it can be bought for: it is not removed, and nobody else's.
    pub fn may_serve(&self, is_owner: impl FnOnce(CustomerId) -> bool) -> bool {
        self.removed_at.is_none() && self.customer_id.is_none_or(is_owner)
    }

    /// Reads an IMEI as people paste it, and checks its length and Luhn digit (3GPP TS 23.003, annex B).
    pub fn parse_imei(text: &str) -> Option<String> {
        let digits = text.chars().filter(|character| !" -/.".contains(*character)).collect::<String>();
        (digits.len() == 15 && crate::sim::passes_luhn(&digits)).then_some(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imei_is_fifteen_digits_with_a_check() {
        assert_eq!(Device::parse_imei("49-015420-323751-8").as_deref(), Some("490154203237518"));
        assert_eq!(Device::parse_imei("490154203237519"), None);
        assert_eq!(Device::parse_imei("4901"), None);
    }
}
