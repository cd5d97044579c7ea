//! Shapes that several resources share.

use std::collections::BTreeMap;

use jiff::Timestamp;
use perennial_core::ports::PaymentsError;
use perennial_domain::{CheckoutId, Currency, Money};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The metadata key by which a Checkout Session, its subscription and its payment intent name our checkout.
pub(crate) const CHECKOUT_KEY: &str = "perennial_checkout";

/// How subscriptions are billed. Since 2025-09-30 Stripe makes them the flexible way unless it is told; there, what is added
/// once to a running subscription may stay unbilled until its renewal, and would be had unpaid
/// (<https://docs.stripe.com/billing/subscriptions/billing-mode>).
pub(crate) const BILLING_MODE: &str = "classic";

/// Merchant-defined facts on an object (<https://docs.stripe.com/api/metadata>).
pub(crate) type Metadata = BTreeMap<String, String>;

/// An object of which nothing but the id matters.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Identified {
    pub(crate) id: String,
}

/// A link to another object: its id, or the object in full where it was expanded
/// (<https://docs.stripe.com/api/expanding_objects>).
#[derive(Debug)]
pub(crate) enum Link<T> {
    /// The id alone.
    Id(String),
    /// In full.
    Object(Box<T>),
}

/// A list within an object: as much of it as Stripe shows there.
#[derive(Debug, Deserialize)]
pub(crate) struct Listing<T> {
    #[serde(default = "Vec::new")]
    pub(crate) data: Vec<T>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { data: Vec::new() }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Link<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(id) => Ok(Self::Id(id)),
            // Through a value and not an untagged enum, whose message would not name the field that is wrong.
            object => serde_json::from_value(object)
                .map(|object| Self::Object(Box::new(object)))
                .map_err(Error::custom),
        }
    }
}

impl<T> Link<T> {
    /// The object, which was asked for in full.
    pub(crate) fn expanded(self, name: &str) -> Result<T, PaymentsError> {
        match self {
            Self::Object(object) => Ok(*object),
            Self::Id(id) => Err(nonsense(format!("{name} {id} is not expanded"))),
        }
    }
}

impl Link<Identified> {
    /// Whether it leads to the object with this id.
    pub(crate) fn names(&self, id: &str) -> bool {
        match self {
            Self::Id(known) => known == id,
            Self::Object(object) => object.id == id,
        }
    }

    /// The id, however it came.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => &object.id,
        }
    }

    /// The id, however it came.
    pub(crate) fn into_id(self) -> String {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => object.id,
        }
    }
}

/// Stripe's answer is not what its API promises.
pub(crate) fn nonsense(message: impl Into<String>) -> PaymentsError {
    PaymentsError::Nonsense(message.into())
}

/// Seconds since the epoch.
pub(crate) fn time(seconds: i64) -> Result<Timestamp, PaymentsError> {
    Timestamp::from_second(seconds).map_err(|error| nonsense(format!("{seconds} is no time: {error}")))
}

/// Seconds since the epoch, where there may be none.
pub(crate) fn optional_time(seconds: Option<i64>) -> Result<Option<Timestamp>, PaymentsError> {
    seconds.map(time).transpose()
}

/// Minor units of a currency that Stripe writes in small letters.
pub(crate) fn money(amount_minor: i64, currency: &str) -> Result<Money, PaymentsError> {
    let currency =
        Currency::from_code(&currency.to_ascii_uppercase()).map_err(|error| nonsense(error.to_string()))?;
    Ok(Money::new(amount_minor, currency))
}

/// A currency as Stripe writes it.
pub(crate) fn currency_code(currency: Currency) -> String {
    currency.code().to_ascii_lowercase()
}

/// Our checkout's id in an object's metadata. Anything else under our key is another's, and none of ours.
pub(crate) fn checkout_id(metadata: Option<&Metadata>) -> Option<CheckoutId> {
    metadata?.get(CHECKOUT_KEY)?.parse().ok()
}
