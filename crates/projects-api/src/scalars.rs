//! Small values of the wire that need more than a derive (contracts/projects-api.md §1.8 and §1.9).

use std::borrow::Cow;

use jiff::civil::Date;
use perennial_core::change::Change;
use perennial_domain::{Id, InvalidId, Metadata, MetadataError, MetadataPatch, Period, ProductId};
use perennial_http::{ApiError, WireTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// A day: `2001-02-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WireDate(pub(crate) Date);

impl Serialize for WireDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WireDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        // The parser knows more forms than the contract has.
        let date = text.parse().ok().filter(|date: &Date| date.to_string() == text);
        date.map(Self).ok_or_else(|| de::Error::custom("a date is written YYYY-MM-DD"))
    }
}

impl JsonSchema for WireDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// Strings to set, with null to remove one; absent, nothing changes. The whole is never null.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub(crate) struct MetadataPatchBody(
    #[schemars(with = "std::collections::BTreeMap<String, Option<String>>")] pub(crate) MetadataPatch,
);

/// The strings that are kept.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub(crate) struct MetadataBody(
    #[schemars(with = "std::collections::BTreeMap<String, String>")] pub(crate) Metadata,
);

/// Nothing: the body may be left out, or be `{}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Nothing")]
pub(crate) struct EmptyBody {}

/// What is wrong with metadata, as an answer.
pub(crate) fn refuse_metadata(error: &MetadataError) -> ApiError {
    ApiError::invalid_property("metadata", "propertyInvalid", error.to_string())
}

/// For a property that may be absent (unchanged), null (cleared) or a value.
pub(crate) fn change<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Change<T>, D::Error> {
    T::deserialize(deserializer).map(Change::To)
}

/// For a property that may be absent (unchanged) or a value, and not null.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// One period of a subscription or an add-on.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Period", transform = all_present)]
pub(crate) struct PeriodBody {
    /// Counted from one.
    number: u32,
    start: WireTime,
    /// Null where it never ends.
    end: Option<WireTime>,
}

impl From<Period> for PeriodBody {
    fn from(period: Period) -> Self {
        Self { number: period.number, start: WireTime(period.start), end: period.end.map(WireTime) }
    }
}

/// A product's id in the spelling of add-ons, `add_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddonId(pub(crate) ProductId);

impl std::fmt::Display for AddonId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.as_addon())
    }
}

impl std::str::FromStr for AddonId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        ProductId::parse_addon(text).map(Self)
    }
}

impl Id for AddonId {
    const PREFIX: &'static str = "add";

    fn from_uuid(uuid: Uuid) -> Self {
        Self(ProductId::from_uuid(uuid))
    }

    fn uuid(self) -> Uuid {
        self.0.uuid()
    }
}

/// Marks every property of an answer as required: ours are always there, null when empty (contract §1.3).
pub(crate) fn all_present(schema: &mut Schema) {
    let names = schema.get("properties").and_then(|properties| properties.as_object());
    let names = names.map(|properties| properties.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    schema.insert("required".to_owned(), names.into());
}
