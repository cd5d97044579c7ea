//! Terms: how long a payment covers, counted on the calendar from an anchor that is never forgotten.

use jiff::tz::TimeZone;
use jiff::{Span as CalendarSpan, Timestamp};

use crate::text_enum::text_enum;

text_enum! {
    /// What a term is counted in.
    pub enum TermUnit {
        /// Calendar days.
        Day = "day",
        /// Seven days.
        Week = "week",
        /// Calendar months: the anchor's day is kept, or the last day of a shorter month.
        Month = "month",
        /// Twelve months.
        Year = "year",
    }
}

/// So many days, weeks, months or years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// What is counted.
    pub unit: TermUnit,
    /// How many, at least one.
    pub count: u16,
}

/// How something is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Term {
    /// Paid again each time the span is over, until cancelled.
    Recurring(Span),
    /// Paid once; ends when the span is over.
    Fixed(Span),
    /// Paid once; never ends.
    Lifetime,
}

/// One term of a subscription: what its latest payment covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Period {
    /// Counted from one.
    pub number: u32,
    /// When it began.
    pub start: Timestamp,
    /// When it is over; `None` for lifetime.
    pub end: Option<Timestamp>,
}

/// The calendar ends before this term does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the term reaches past the end of the calendar")]
pub struct TermOutOfRange;

impl Span {
    /// The instant `times` spans after the anchor, in UTC.
    ///
    /// Always counted from the anchor, never from the last result: 31 January, 28 February, 31 March.
    /// Stripe does the same (<https://docs.stripe.com/billing/subscriptions/billing-cycle>).
    pub fn after(self, anchor: Timestamp, times: u32) -> Result<Timestamp, TermOutOfRange> {
        let count = i64::from(self.count) * i64::from(times);
        let span = match self.unit {
            TermUnit::Day => CalendarSpan::new().try_days(count),
            TermUnit::Week => CalendarSpan::new().try_weeks(count),
            TermUnit::Month => CalendarSpan::new().try_months(count),
            TermUnit::Year => CalendarSpan::new().try_years(count),
        };
        let start = anchor.to_zoned(TimeZone::UTC);
        let end = start.checked_add(span.map_err(|_| TermOutOfRange)?).map_err(|_| TermOutOfRange)?;
        Ok(end.timestamp())
    }
}

impl Term {
    /// The span, where there is one.
    pub fn span(self) -> Option<Span> {
        match self {
            Self::Recurring(span) | Self::Fixed(span) => Some(span),
            Self::Lifetime => None,
        }
    }

    /// Whether it is paid again when a period is over.
    pub fn renews(self) -> bool {
        matches!(self, Self::Recurring(_))
    }

    /// Period `number` (from one) of a subscription whose first period began at the anchor.
    pub fn period(self, anchor: Timestamp, number: u32) -> Result<Period, TermOutOfRange> {
        let Some(span) = self.span() else {
            return Ok(Period { number: 1, start: anchor, end: None });
        };
        let start = span.after(anchor, number.saturating_sub(1))?;
        Ok(Period { number, start, end: Some(span.after(anchor, number)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn monthly() -> Span {
        Span { unit: TermUnit::Month, count: 1 }
    }

    #[test]
    fn a_short_month_does_not_move_the_anchor_day() {
        let anchor = at("2027-01-31T09:30:00Z");
        let ends =
            (1..=4).map(|times| monthly().after(anchor, times).unwrap().to_string()).collect::<Vec<_>>();
        assert_eq!(
            ends,
            ["2027-02-28T09:30:00Z", "2027-03-31T09:30:00Z", "2027-04-30T09:30:00Z", "2027-05-31T09:30:00Z"]
        );
    }

    #[test]
    fn a_leap_day_comes_back_in_leap_years() {
        let yearly = Span { unit: TermUnit::Year, count: 1 };
        let anchor = at("2028-02-29T00:00:00Z");
        assert_eq!(yearly.after(anchor, 1).unwrap(), at("2029-02-28T00:00:00Z"));
        assert_eq!(yearly.after(anchor, 4).unwrap(), at("2032-02-29T00:00:00Z"));
    }

    #[test]
    fn a_lifetime_has_one_period_without_end() {
        let anchor = at("2027-01-31T09:30:00Z");
        assert_eq!(Term::Lifetime.period(anchor, 9).unwrap(), Period { number: 1, start: anchor, end: None });
    }

    #[test]
    fn the_end_of_the_calendar_is_an_error_and_no_panic() {
        let decades = Span { unit: TermUnit::Year, count: u16::MAX };
        assert_eq!(decades.after(at("2027-01-01T00:00:00Z"), u32::MAX), Err(TermOutOfRange));
    }

    fn any_span() -> impl Strategy<Value = Span> {
        let unit = prop::sample::select(TermUnit::ALL);
        (unit, 1_u16..=12).prop_map(|(unit, count)| Span { unit, count })
    }

    /// Stripe's published rules for the billing cycle anchor
    /// (<https://docs.stripe.com/billing/subscriptions/billing-cycle>), counted by hand and not by a calendar library:
    /// "a monthly subscription with a billing cycle anchor date of September 2 always bills on the 2nd day of the month";
    /// one of the 31st bills on "the last day of the month closest to the anchor date"; a weekly one on its weekday; a
    /// yearly one of 29 February on the 28th in common years.
    mod as_stripe_says {
        use super::*;

        const DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

        fn is_leap(year: i64) -> bool {
            year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        }

        fn days_of(year: i64, month: i64) -> i64 {
            DAYS[usize::try_from(month - 1).unwrap()] + i64::from(month == 2 && is_leap(year))
        }

        /// The date that many months after another: the same day, or the last one there is.
        fn months_after((year, month, day): (i64, i64, i64), months: i64) -> (i64, i64, i64) {
            let index = year * 12 + month - 1 + months;
            let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
            (year, month, day.min(days_of(year, month)))
        }

        fn date(at: Timestamp) -> (i64, i64, i64) {
            let date = at.to_zoned(TimeZone::UTC).date();
            (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
        }

        proptest! {
            #[test]
            fn months_and_years_end_on_the_anchors_day_or_the_closest_before_it(
                second in 946_684_800_i64..4_102_444_800, count in 1_u16..=12, times in 1_u32..100
            ) {
                let anchor = Timestamp::from_second(second).unwrap();
                let steps = i64::from(count) * i64::from(times);
                for (unit, months) in [(TermUnit::Month, steps), (TermUnit::Year, steps * 12)] {
                    let end = Span { unit, count }.after(anchor, times).unwrap();
                    prop_assert_eq!(date(end), months_after(date(anchor), months));
                    prop_assert_eq!(end.as_second().rem_euclid(86_400), second.rem_euclid(86_400));
                }
            }

            #[test]
            fn weeks_and_days_are_so_many_times_24_hours(
                second in 946_684_800_i64..4_102_444_800, count in 1_u16..=12, times in 1_u32..100
            ) {
                let anchor = Timestamp::from_second(second).unwrap();
                for (unit, days) in [(TermUnit::Week, 7), (TermUnit::Day, 1)] {
                    let end = Span { unit, count }.after(anchor, times).unwrap();
                    let days = days * i64::from(count) * i64::from(times);
                    prop_assert_eq!(end.as_second(), second + days * 86_400);
                }
            }
        }
    }

    proptest! {
        /// A century of anchors: periods join without gap or overlap, and never go backwards.
        #[test]
        fn periods_join_end_to_start(second in 946_684_800_i64..4_102_444_800, span in any_span(), number in 1_u32..100) {
            let anchor = Timestamp::from_second(second).unwrap();
            let term = Term::Recurring(span);
            let period = term.period(anchor, number).unwrap();
            let next = term.period(anchor, number + 1).unwrap();
            prop_assert_eq!(period.end.unwrap(), next.start);
            prop_assert!(period.start < next.start);
        }

        /// The day of the month is the anchor's, or the last of a shorter month; the time of day never changes.
        #[test]
        fn months_keep_the_anchor_day(second in 946_684_800_i64..4_102_444_800, times in 0_u32..1_200) {
            let anchor = Timestamp::from_second(second).unwrap().to_zoned(TimeZone::UTC);
            let end = monthly().after(anchor.timestamp(), times).unwrap().to_zoned(TimeZone::UTC);
            prop_assert_eq!(end.time(), anchor.time());
            prop_assert_eq!(end.day(), anchor.day().min(end.days_in_month()));
        }

        /// Around midnight anywhere on earth, where the day is another one than in UTC: a month is the same month, and by
        /// the clocks there it ends at the minute at which it began.
        #[test]
        fn a_month_is_the_same_wherever_it_is_looked_at(
            day in 10_957_i64..47_482, hours in -12_i8..=14, slip in -1_i64..=1, times in 1_u32..1_200
        ) {
            let zone = TimeZone::fixed(jiff::tz::offset(hours));
            let midnight = day * 86_400 - i64::from(hours) * 3_600;
            let anchor = Timestamp::from_second(midnight + slip).unwrap();
            let end = monthly().after(anchor, times).unwrap();
            prop_assert_eq!(end.to_zoned(zone.clone()).time(), anchor.to_zoned(zone).time());
            let next = monthly().after(anchor, times + 1).unwrap();
            let days = (next.as_second() - end.as_second()) / 86_400;
            prop_assert!((28..=31).contains(&days), "{} days", days);
        }
    }
}
