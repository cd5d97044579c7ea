//! The few members of an event's object that tell what it is about. All the others, nine tenths of what Stripe sends, are
//! passed over without being built.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// What `subject.rs` looks at.
const NAMES: [&str; 7] =
    ["id", "mode", "customer", "subscription", "released_subscription", "parent", "payment_intent"];

/// An object with these members alone.
#[derive(Debug, Default)]
pub(super) struct Members(pub(super) Value);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Chosen).map(Value::Object).map(Self)
    }
}

struct Chosen;

impl<'de> Visitor<'de> for Chosen {
    type Value = Map<String, Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of Stripe's")
    }

    /// Of what is null nothing is kept.
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Map::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut chosen = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if NAMES.contains(&name.as_str()) {
                chosen.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_tells_the_subject_is_kept() {
        let invoice =
            r#"{ "id": "in_1", "lines": { "data": [{ "id": "il_1" }] }, "customer": "cus_1", "total": 9 }"#;
        let Members(kept) = serde_json::from_str(invoice).unwrap();
        assert_eq!(kept, json!({ "id": "in_1", "customer": "cus_1" }));
        assert_eq!(serde_json::from_str::<Members>("null").unwrap().0, json!({}));
        assert!(serde_json::from_str::<Members>("[]").is_err());
    }
}
