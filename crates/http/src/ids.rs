//! Ids as clients send them: any short opaque text, of which only some name rows of ours.

use std::borrow::Cow;
use std::fmt;

use perennial_domain::Id;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// An id in a path, a query or a body.
///
/// The contract calls ids opaque (§1.4), so any `[A-Za-z0-9_-]{1,64}` can be read. One that is not of our making
/// becomes the nil UUID, which no row has: it is looked up, not found, and answered like any other unknown id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WireId<I>(pub I);

impl<I: Id> WireId<I> {
    /// Reads an id; `None` when the text cannot be anybody's id.
    pub fn parse(text: &str) -> Option<Self> {
        let opaque = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(opaque);
        is_id.then(|| Self(text.parse().unwrap_or_else(|_| I::from_uuid(Uuid::nil()))))
    }
}

impl<I: Id> fmt::Display for WireId<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<I: Id> Serialize for WireId<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, I: Id> Deserialize<'de> for WireId<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("an id has 1 to 64 letters, digits, `_` and `-`"))
    }
}

impl<I: Id> JsonSchema for WireId<I> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Id", I::PREFIX).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$", "description": format!("A `{}_…` id.", I::PREFIX) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::CustomerId;

    #[test]
    fn an_id_of_other_making_is_nobodys() {
        for text in ["usr_0X3HMXXPN6eGUC5rb48FIRsl0K4V", "x", "sub_0000000000000000000000"] {
            assert!(WireId::<CustomerId>::parse(text).unwrap().0.uuid().is_nil(), "{text}");
        }
        let ours = CustomerId::from_uuid(Uuid::from_u128(1 << 100));
        assert_eq!(WireId::parse(&ours.to_string()), Some(WireId(ours)));
    }

    #[test]
    fn what_cannot_be_an_id_is_refused() {
        for text in ["", "usr 1", "usr_ü", "../usr", "a'--;", &"x".repeat(65)] {
            assert_eq!(WireId::<CustomerId>::parse(text), None, "{text:?}");
        }
    }
}
