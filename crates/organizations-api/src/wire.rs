//! How values are written on this door (contract §1, §3, §6).

use std::borrow::Cow;
use std::marker::PhantomData;

use jiff::Timestamp;
use perennial_core::organizations::LedgerState;
use perennial_domain::{Currency, Id};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// A time, in whole seconds and UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seconds(pub(crate) Timestamp);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl JsonSchema for Seconds {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// An id of the catalogue, as a bare UUID (contract §3).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct PlainId(pub(crate) Uuid);

impl PlainId {
    pub(crate) fn of(id: impl Id) -> Self {
        Self(id.uuid())
    }
}

impl JsonSchema for PlainId {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

/// The schema of a field that is sent even when there is nothing to say: null then, and never left out (contract §7).
pub(crate) struct SentAsNull<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for SentAsNull<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Option<T>>()
    }
}

/// A currency, in small letters.
pub(crate) fn currency(currency: Currency) -> String {
    currency.code().to_ascii_lowercase()
}

/// Where a payment stands.
pub(crate) const fn payment_status(state: LedgerState) -> &'static str {
    match state {
        LedgerState::Pending => "PENDING",
        LedgerState::Processing => "PROCESSING",
        LedgerState::Completed => "COMPLETED",
        LedgerState::Failed => "FAILED",
        LedgerState::Cancelled => "CANCELLED",
        LedgerState::Unpaid => "UNPAID",
        LedgerState::Expired => "EXPIRED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_no_fraction() {
        let time = Seconds("2031-03-05T08:00:00.987654Z".parse().unwrap());
        assert_eq!(serde_json::to_string(&time).unwrap(), r#""2031-03-05T08:00:00Z""#);
    }
}
