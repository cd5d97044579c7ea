//! Dates as this door reads and writes them (contract §3).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

/// ISO 8601 in UTC with milliseconds.
pub(crate) fn written(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The millisecond that a written date names. Our times are finer, and what is compared is what was seen.
pub(crate) fn millisecond(at: Timestamp) -> Timestamp {
    let floor = jiff::TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Floor);
    at.round(floor).unwrap_or(at)
}

/// ISO 8601, also without a zone or a time of day, which are UTC and midnight then.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local = text.parse::<DateTime>().ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_zone_is_utc() {
        for (text, expected) in [
            ("2031-03-05T08:00:00.000Z", "2031-03-05T08:00:00.000Z"),
            ("2031-03-05T08:00:00+02:00", "2031-03-05T06:00:00.000Z"),
            ("2031-03-05T08:00", "2031-03-05T08:00:00.000Z"),
            ("2031-03-05 08:00", "2031-03-05T08:00:00.000Z"),
            ("2031-03-05", "2031-03-05T00:00:00.000Z"),
        ] {
            assert_eq!(read(text).map(written).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "tomorrow", "05.03.2031", "2031-13-05"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_millisecond_is_what_was_written() {
        let at = "2031-03-05T08:00:00.123456Z".parse().unwrap();
        assert_eq!(read(&written(at)), Some(millisecond(at)));
    }
}
