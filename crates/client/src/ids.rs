//! Identifiers: opaque text, a type for each kind of object.
//!
//! Ids are checked when they are made, so that text from outside (a query parameter, a form field)
//! can never change which path a request goes to.

use serde::{Deserialize, Serialize};

/// Text that cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 letters, digits, underscores and hyphens")]
pub struct InvalidId;

/// The shape that contract §1.4 promises; anything finer may change, so it is not checked.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as the API writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                if is_id(&text) { Ok(Self(text)) } else { Err(InvalidId) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// A plan's id (`pln_…`).
    PlanId,
    /// A user's id (`usr_…`).
    UserId,
    /// A user address's id (`adr_…`).
    AddressId,
    /// A subscription's id (`sub_…`).
    SubscriptionId,
    /// An add-on's id in the catalogue (`add_…`).
    AddonId,
    /// The id of an add-on that a subscription has (`sad_…`).
    SubscriptionAddonId,
    /// The id of a change of a subscription's plan (`sch_…`).
    SubscriptionChangeId,
    /// A SIM's id (`sim_…`).
    SimId,
    /// A device's id (`dev_…`).
    DeviceId,
    /// A number porting's id (`prt_…`).
    PortingId,
    /// A payment's id (`pay_…`).
    PaymentId,
    /// A connect session's id (`csn_…`).
    ConnectSessionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_could_change_a_path_is_no_id() {
        for text in ["", "..", "a/b", "a?b", "a#b", "a b", "pln_ü", &"x".repeat(65)] {
            assert_eq!(text.parse::<PlanId>(), Err(InvalidId), "{text:?}");
        }
        assert_eq!("pln_0Zz-9".parse::<PlanId>().unwrap().as_str(), "pln_0Zz-9");
    }
}
