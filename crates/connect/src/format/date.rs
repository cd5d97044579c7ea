//! Dates in words.

use icu_calendar::{Date as IcuDate, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{MD, YMD};
use jiff::civil::Date;

use crate::i18n::{Language, Locale};

/// Writes a date, with its year only when that is not the year of `today`.
pub fn date(locale: &Locale, date: Date, today: Date) -> String {
    if date.year() != today.year() {
        return full_date(locale, date);
    }
    let formatter = FixedCalendarDateTimeFormatter::try_new(locale.icu().into(), MD::long());
    let written =
        formatter.ok().zip(gregorian(date)).map(|(formatter, day)| formatter.format(&day).to_string());
    finished(locale, date, written)
}

/// Writes a date with its year.
pub fn full_date(locale: &Locale, date: Date) -> String {
    let formatter = FixedCalendarDateTimeFormatter::try_new(locale.icu().into(), YMD::long());
    let written =
        formatter.ok().zip(gregorian(date)).map(|(formatter, day)| formatter.format(&day).to_string());
    finished(locale, date, written)
}

fn gregorian(date: Date) -> Option<IcuDate<Gregorian>> {
    let (month, day) = u8::try_from(date.month()).ok().zip(u8::try_from(date.day()).ok())?;
    IcuDate::try_new_gregorian(i32::from(date.year()), month, day).ok()
}

/// Compiled data covers our locales and both calendars know the same days; if not, 2027-04-05 is still the right date.
fn finished(locale: &Locale, date: Date, written: Option<String>) -> String {
    written.map_or_else(|| date.to_string(), |words| with_french_first(locale, date, words))
}

/// CLDR writes "1 avril", but French counts the first day of a month as an ordinal.
fn with_french_first(locale: &Locale, date: Date, written: String) -> String {
    match written.strip_prefix("1 ") {
        Some(rest) if locale.language() == Language::French && date.day() == 1 => format!("1er {rest}"),
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2027, 3, 5);

    fn written(tag: &str, when: Date) -> String {
        date(&Locale::for_tag(tag), when, TODAY)
    }

    #[test]
    fn this_year_goes_without_saying() {
        let april = jiff::civil::date(2027, 4, 5);
        assert_eq!(written("en-GB", april), "5 April");
        assert_eq!(written("en-US", april), "April 5");
        assert_eq!(written("de", april), "5. April");
        assert_eq!(written("fr", april), "5 avril");
        assert_eq!(written("es", april), "5 de abril");
    }

    #[test]
    fn another_year_is_named() {
        let next = jiff::civil::date(2028, 1, 1);
        assert_eq!(written("en-GB", next), "1 January 2028");
        assert_eq!(written("en-US", next), "January 1, 2028");
        assert_eq!(written("de", next), "1. Januar 2028");
        assert_eq!(written("fr", next), "1er janvier 2028");
        assert_eq!(written("es", next), "1 de enero de 2028");
    }
}
