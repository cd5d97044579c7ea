//! A span of time, as people write it (contract §8.6).

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::refusal::Refusal;

/// From the first second to the last; open where nothing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dates {
    first: Option<i64>,
    last: Option<i64>,
}

impl Dates {
    /// Reads both ends. Whole seconds are compared, as they are shown.
    pub(crate) fn read(start: Option<&str>, end: Option<&str>) -> Result<Self, Refusal> {
        let invalid = |code, name: &str| {
            Refusal::bad_request(code, format!("{name} is neither a date nor a date and time (ISO 8601)."))
        };
        let first = match start.map(Moment::read) {
            None => None,
            Some(Some(moment)) => Some(moment.first_second()),
            Some(None) => return Err(invalid("INVALID_START_DATE", "startDate")),
        };
        let last = match end.map(Moment::read) {
            None => None,
            Some(Some(moment)) => Some(moment.last_second()),
            Some(None) => return Err(invalid("INVALID_END_DATE", "endDate")),
        };
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            return Err(Refusal::bad_request("INVALID_DATE_RANGE", "startDate is after endDate."));
        }
        Ok(Self { first, last })
    }

    /// Whether a time is within.
    pub(crate) fn hold(self, time: Timestamp) -> bool {
        let second = time.as_second();
        self.first.is_none_or(|first| first <= second) && self.last.is_none_or(|last| second <= last)
    }
}

enum Moment {
    Day(Date),
    Second(i64),
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        // In a query a plus is a space, and clients forget to write it in another way.
        let text = text.trim().replace(' ', "+");
        if let Ok(date) = text.parse::<Date>()
            && text.len() == "2031-03-05".len()
        {
            return Some(Self::Day(date));
        }
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(Self::Second(timestamp.as_second()));
        }
        let without_zone = text.contains('T').then(|| text.parse::<DateTime>().ok()).flatten()?;
        let in_utc = without_zone.to_zoned(TimeZone::UTC).ok()?;
        Some(Self::Second(in_utc.timestamp().as_second()))
    }

    fn first_second(&self) -> i64 {
        match self {
            Self::Day(date) => midnight(*date),
            Self::Second(second) => *second,
        }
    }

    fn last_second(&self) -> i64 {
        match self {
            Self::Day(date) => date.checked_add(1.day()).map_or(i64::MAX, |next| midnight(next) - 1),
            Self::Second(second) => *second,
        }
    }
}

fn midnight(date: Date) -> i64 {
    let midnight = date.to_zoned(TimeZone::UTC);
    midnight.map_or(i64::MAX, |midnight| midnight.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_meant_from_its_first_second_to_its_last() {
        let dates = Dates::read(Some("2031-03-05"), Some("2031-03-05")).unwrap();
        for (time, is_within) in [
            ("2031-03-04T23:59:59.999Z", false),
            ("2031-03-05T00:00:00Z", true),
            ("2031-03-05T23:59:59.999Z", true),
            ("2031-03-06T00:00:00Z", false),
        ] {
            assert_eq!(dates.hold(at(time)), is_within, "{time}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_utc_and_a_plus_may_come_as_a_space() {
        let noon = at("2031-03-05T12:00:00Z").as_second();
        for text in ["2031-03-05T12:00:00", "2031-03-05T14:00:00+02:00", "2031-03-05T14:00:00 02:00"] {
            assert_eq!(Dates::read(Some(text), None).unwrap().first, Some(noon), "{text}");
        }
    }

    #[test]
    fn a_fraction_of_a_second_is_read_and_makes_no_difference() {
        let dates = Dates::read(Some("2031-03-05T12:00:00.987Z"), Some("2031-03-05T12:00:01.5")).unwrap();
        for (time, is_within) in [
            ("2031-03-05T11:59:59.999Z", false),
            ("2031-03-05T12:00:00.1Z", true),
            ("2031-03-05T12:00:01.999999Z", true),
            ("2031-03-05T12:00:02Z", false),
        ] {
            assert_eq!(dates.hold(at(time)), is_within, "{time}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["yesterday", "2031-02-30", "2031-13-01", "1930000000", "2031-03-05T25:00:00Z"] {
            assert!(Dates::read(Some(text), None).is_err(), "{text}");
            assert!(Dates::read(None, Some(text)).is_err(), "{text}");
        }
        assert!(Dates::read(Some("2031-03-06"), Some("2031-03-05")).is_err());
    }
}
