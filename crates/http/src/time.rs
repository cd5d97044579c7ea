//! Points in time as the contract writes them (§1.9): RFC 3339, UTC, whole seconds.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A time on its way out: `2031-03-04T05:06:07Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireTime(pub Timestamp);

impl fmt::Display for WireTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A precision of zero cuts the fraction off, as the contract wants it.
        write!(formatter, "{:.0}", self.0)
    }
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for WireTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_is_cut_off() {
        let time: Timestamp = "2031-03-04T05:06:07.999999Z".parse().unwrap();
        assert_eq!(WireTime(time).to_string(), "2031-03-04T05:06:07Z");
    }
}
