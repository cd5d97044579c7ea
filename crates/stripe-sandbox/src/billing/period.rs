//! Billing periods. They are counted from the anchor, never chained, so the 31st stays the 31st where there is one.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use serde_json::Value;

use crate::fields::Fields;
use crate::http::error::ApiError;

/// The end of a price's `periods`-th period after `anchor` (seconds since the epoch).
pub(crate) fn boundary(anchor: i64, price: &Value, periods: i64) -> Result<i64, ApiError> {
    let count = price.integer("recurring.interval_count").unwrap_or(1) * periods;
    after(anchor, price.text("recurring.interval").unwrap_or("month"), count)
}

/// A time some days, weeks, months or years after another.
pub(crate) fn after(start: i64, unit: &str, count: i64) -> Result<i64, ApiError> {
    let span = match unit {
        "day" => Span::new().try_days(count),
        "week" => Span::new().try_weeks(count),
        "year" => Span::new().try_years(count),
        _ => Span::new().try_months(count),
    };
    let end = span.and_then(|span| utc(start)?.checked_add(span));
    end.map(|end| end.timestamp().as_second()).map_err(|error| out_of_range(&error))
}

/// The year and the month of a time, in UTC.
pub(crate) fn year_and_month_of(seconds: i64) -> (i64, i64) {
    utc(seconds).map_or((1970, 1), |time| (i64::from(time.year()), i64::from(time.month())))
}

fn utc(seconds: i64) -> Result<Zoned, jiff::Error> {
    Ok(Timestamp::from_second(seconds)?.to_zoned(TimeZone::UTC))
}

fn out_of_range(error: &jiff::Error) -> ApiError {
    ApiError::request(format!("A billing period ends outside of the calendar: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_anchor_day_survives_short_months() {
        let price = json!({ "recurring": { "interval": "month", "interval_count": 1 } });
        let january_31: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let ends: Vec<String> = (1..=3)
            .map(|periods| boundary(january_31.as_second(), &price, periods).unwrap())
            .map(|end| Timestamp::from_second(end).unwrap().to_string())
            .collect();
        assert_eq!(ends, ["2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z", "2026-04-30T12:00:00Z"]);
    }
}
