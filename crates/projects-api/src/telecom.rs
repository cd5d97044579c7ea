//! What plans and add-ons have in common on the wire.

use perennial_domain::{Allowances, CountryCode, Coverage, Money, Span, Term, TermUnit};
use schemars::JsonSchema;
use serde::Serialize;

use crate::scalars::all_present;

/// An amount in minor units.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Price")]
pub(crate) struct PriceBody {
    /// Minor units: cents of a euro, whole yen.
    #[schemars(range(min = 0))]
    amount: i64,
    /// ISO 4217.
    #[schemars(with = "String", length(equal = 3))]
    currency: perennial_domain::Currency,
}

impl From<Money> for PriceBody {
    fn from(money: Money) -> Self {
        Self { amount: money.amount_minor, currency: money.currency }
    }
}

/// What a period includes; null is unlimited, zero is none.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Allowances", transform = all_present)]
pub(crate) struct AllowancesBody {
    data_bytes: Option<u64>,
    voice_seconds: Option<u64>,
    sms_messages: Option<u64>,
}

impl From<Allowances> for AllowancesBody {
    fn from(allowances: Allowances) -> Self {
        Self {
            data_bytes: allowances.data_bytes,
            voice_seconds: allowances.voice_seconds,
            sms_messages: allowances.sms_messages,
        }
    }
}

/// The same in an older shape that clients still read: -1 is unlimited.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FlatAllowances {
    #[schemars(extend("deprecated" = true))]
    data: i64,
    #[schemars(extend("deprecated" = true))]
    data_unit: &'static str,
    #[schemars(extend("deprecated" = true))]
    voice: i64,
    #[schemars(extend("deprecated" = true))]
    voice_unit: &'static str,
    #[schemars(extend("deprecated" = true))]
    sms: i64,
    #[schemars(extend("deprecated" = true))]
    sms_unit: &'static str,
}

impl From<Allowances> for FlatAllowances {
    fn from(allowances: Allowances) -> Self {
        let flat =
            |amount: Option<u64>| amount.map_or(-1, |amount| i64::try_from(amount).unwrap_or(i64::MAX));
        Self {
            data: flat(allowances.data_bytes),
            data_unit: "byte",
            voice: flat(allowances.voice_seconds),
            voice_unit: "second",
            sms: flat(allowances.sms_messages),
            sms_unit: "message",
        }
    }
}

/// Where a plan or an add-on works.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Coverage")]
pub(crate) struct CoverageBody {
    #[schemars(extend("const" = "coverage"))]
    object: &'static str,
    id: String,
    name: String,
    /// ISO 3166-1 alpha-2.
    #[schemars(with = "Vec<String>")]
    pub(crate) countries: Vec<CountryCode>,
}

impl From<Coverage> for CoverageBody {
    fn from(coverage: Coverage) -> Self {
        Self { object: "coverage", id: coverage.id, name: coverage.name, countries: coverage.countries }
    }
}

/// A length of time in the two units that this door has: weeks are days here, and years months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WireSpan {
    pub(crate) unit: &'static str,
    pub(crate) value: u32,
}

impl From<Span> for WireSpan {
    fn from(span: Span) -> Self {
        let count = u32::from(span.count);
        match span.unit {
            TermUnit::Day => Self { unit: "day", value: count },
            TermUnit::Week => Self { unit: "day", value: count * 7 },
            TermUnit::Month => Self { unit: "month", value: count },
            TermUnit::Year => Self { unit: "month", value: count * 12 },
        }
    }
}

/// A hundred years. The contract has no word for what never ends, and clients need a number.
const LIFETIME: WireSpan = WireSpan { unit: "month", value: 1_200 };

/// The span of a term, for properties that must have one.
pub(crate) fn span_of(term: Term) -> WireSpan {
    term.span().map_or(LIFETIME, WireSpan::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_days_and_years_are_months() {
        let wire = |unit, count| {
            let span = WireSpan::from(Span { unit, count });
            (span.unit, span.value)
        };
        assert_eq!(wire(TermUnit::Week, 2), ("day", 14));
        assert_eq!(wire(TermUnit::Year, u16::MAX), ("month", 786_420));
    }

    #[test]
    fn unlimited_is_minus_one_in_the_older_shape() {
        let allowances =
            Allowances { data_bytes: None, voice_seconds: Some(0), sms_messages: Some(u64::MAX) };
        let flat = FlatAllowances::from(allowances);
        assert_eq!((flat.data, flat.voice, flat.sms), (-1, 0, i64::MAX));
    }
}
