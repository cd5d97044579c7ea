//! What happens to a subscription whose renewal is not paid: the operator's policy, and how one stands under it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

text_enum! {
    /// Whether a subscription may be used while Stripe still tries to charge its renewal.
    pub enum ArrearsAccess {
        /// It may.
        Keep = "keep",
        /// It may not, until the renewal is paid.
        Restrict = "restrict",
    }
}

text_enum! {
    /// What becomes of a subscription whose renewal was not paid in time.
    pub enum ArrearsEnd {
        /// It ends, and nothing more is charged.
        End = "end",
        /// It stays, and may not be used until the renewal is paid.
        Restrict = "restrict",
    }
}

text_enum! {
    /// When a payment that the customer's bank takes back ends the subscription it was for.
    pub enum DisputePolicy {
        /// Never: a person decides.
        Never = "never",
        /// When the bank decides for the customer.
        WhenLost = "whenLost",
        /// As soon as the customer disputes it.
        AtOnce = "atOnce",
    }
}

impl Default for DisputePolicy {
    /// An end cannot be taken back, and a number may be lost with it: so not before the bank has decided.
    fn default() -> Self {
        Self::WhenLost
    }
}

/// What an operator decides about renewals that are not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArrearsPolicy {
    /// Whether the subscription may be used meanwhile.
    pub access: ArrearsAccess,
    /// What happens after `days`, or earlier when Stripe gives up: whatever Stripe's own settings then do.
    pub after: ArrearsEnd,
    /// How many days a renewal may stay unpaid, 1 to 365. Counted for arrears that begin from now on.
    pub days: u32,
}

/// How long a renewal may stay unpaid at the most.
pub const MAX_ARREARS_DAYS: u32 = 365;

impl Default for ArrearsPolicy {
    /// Two weeks is how long Stripe's own retries take unless told otherwise
    /// (<https://docs.stripe.com/billing/revenue-recovery/smart-retries>).
    fn default() -> Self {
        Self { access: ArrearsAccess::Keep, after: ArrearsEnd::End, days: 14 }
    }
}

impl ArrearsPolicy {
    /// When arrears that begin now have lasted too long.
    pub fn deadline(&self, now: Timestamp) -> Timestamp {
        now + SignedDuration::from_hours(24 * i64::from(self.days))
    }
}

/// Since when a renewal is not paid, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrears {
    /// Since when.
    pub since: Timestamp,
    /// When our clock acts; `None` once it has.
    pub until: Option<Timestamp>,
    /// Since when it may not be used.
    pub restricted_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_left_out_keeps_its_default() {
        let policy: ArrearsPolicy = serde_json::from_str(r#"{"after":"restrict"}"#).unwrap();
        assert_eq!(
            (policy.access, policy.after, policy.days),
            (ArrearsAccess::Keep, ArrearsEnd::Restrict, 14)
        );
        assert!(serde_json::from_str::<ArrearsPolicy>(r#"{"week":1}"#).is_err());
    }
}
