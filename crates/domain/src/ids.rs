//! Typed ids: a UUIDv7 inside, `prefix_` + 22 base62 characters where people and the Projects API see it.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// What all typed ids have in common.
pub trait Id: Copy + fmt::Display + FromStr<Err = InvalidId> + Send + Sync + 'static {
    /// The letters before the underscore (contracts/projects-api.md §1.4).
    const PREFIX: &'static str;
    /// Wraps the UUID of a row.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID, as the database and two of the doors spell it.
    fn uuid(self) -> Uuid;
}

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a {prefix}_… id")]
pub struct InvalidId {
    /// The prefix the id should have had.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!($prefix, "_"))?;
                formatter.write_str(Base62::of(self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, formatter) }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A merchant. Its slug, not this id, is what the API's paths carry.
    ProjectId = "prj";
    /// An API key of a project.
    ApiKeyId = "apk";
    /// What is sold: a plan where its kind is plan.
    ProductId = "pln";
    /// A product × amount × term.
    PriceId = "prc";
    /// Who pays.
    CustomerId = "usr";
    /// A postal address of a customer.
    AddressId = "adr";
    /// A subscription.
    SubscriptionId = "sub";
    /// An add-on bought on a subscription.
    SubscriptionAddonId = "sad";
    /// A change of a subscription's plan.
    SubscriptionChangeId = "sch";
    /// A SIM, on plastic or embedded.
    SimId = "sim";
    /// A device of a customer.
    DeviceId = "dev";
    /// A model of devices.
    DeviceModelId = "dmd";
    /// A maker of devices.
    DeviceModelBrandId = "dmb";
    /// A number on its way from another network.
    PortingId = "prt";
    /// One visit to the hosted pages.
    ConnectSessionId = "csn";
    /// One attempt to pay for something: an order at the Projects API.
    CheckoutId = "ord";
    /// A form on which a business agreed to buy or to change.
    CheckoutFormId = "frm";
    /// Money that moved, or should have.
    PaymentId = "pay";
    /// A card that Stripe keeps. Apps see Stripe's own name for it.
    PaymentMethodId = "pm";
    /// Something that happened.
    EventId = "evt";
    /// A receiver of webhooks.
    WebhookEndpointId = "whe";
    /// One event on its way to one receiver.
    WebhookDeliveryId = "whd";
    /// What deliveries to a receiver are signed with.
    WebhookSecretId = "whs";
    /// A mail to a customer.
    MailId = "mal";
    /// A browser that has to say who it is.
    LoginId = "lgn";
    /// A code that proves it.
    LoginCodeId = "lgc";
    /// A person who acts for an organization or a business.
    MemberId = "mem";
    /// A refresh token, or a secret that access tokens are signed with.
    TokenId = "tok";
    /// A try to log in with a password.
    LoginTryId = "lit";
    /// A partner's set of businesses.
    DirectoryId = "dir";
    /// A program of somebody else's that works for businesses.
    AppId = "app";
    /// A token of the third door.
    BusinessTokenId = "btk";
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62²² > 2¹²⁸ > 62²¹: every UUID fits, and sorts as its text does.
const LENGTH: usize = 22;

struct Base62([u8; LENGTH]);

impl Base62 {
    fn of(uuid: Uuid) -> Self {
        let mut rest = uuid.as_u128();
        let mut digits = [b'0'; LENGTH];
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[(rest % 62) as usize];
            rest /= 62;
        }
        Self(digits)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != LENGTH {
        return None;
    }
    let mut number: u128 = 0;
    for byte in text.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        number = number.checked_mul(62)?.checked_add(u128::from(digit))?;
    }
    Some(Uuid::from_u128(number))
}

impl ProductId {
    /// The `add_…` spelling that the Projects API uses for add-ons; the row and its UUID are the same.
    pub fn as_addon(self) -> String {
        format!("add_{}", Base62::of(self.0).as_str())
    }

    /// Reads the `add_…` spelling.
    pub fn parse_addon(text: &str) -> Result<Self, InvalidId> {
        text.strip_prefix("add_").and_then(decode).map(Self).ok_or(InvalidId { prefix: "add" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_uuid_survives_its_spelling(number: u128) {
            let id = CustomerId::from_uuid(Uuid::from_u128(number));
            prop_assert_eq!(id.to_string().parse::<CustomerId>().unwrap(), id);
            prop_assert_eq!(id.to_string().len(), 4 + LENGTH);
        }

        #[test]
        fn ids_sort_as_their_texts_do(first: u128, second: u128) {
            let [first, second] = [first, second].map(|number| SimId::from_uuid(Uuid::from_u128(number)));
            prop_assert_eq!(first.cmp(&second), first.to_string().cmp(&second.to_string()));
        }

        #[test]
        fn hostile_text_is_refused_without_a_panic(text: String) {
            let _ = text.parse::<SubscriptionId>();
            let _ = format!("sub_{text}").parse::<SubscriptionId>();
        }
    }

    #[test]
    fn a_number_too_large_for_a_uuid_is_refused() {
        assert!("usr_zzzzzzzzzzzzzzzzzzzzzz".parse::<CustomerId>().is_err());
    }

    #[test]
    fn the_prefix_decides_the_kind() {
        let id = SimId::from_uuid(Uuid::from_u128(7));
        assert!(id.to_string().parse::<CustomerId>().is_err());
    }
}
