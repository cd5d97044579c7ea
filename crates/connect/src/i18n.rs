//! The words of the pages: four languages, read from `locales/<language>/*.ftl`.
//!
//! Templates and views ask a [`Translator`] for text by key. A key that a language lacks falls back to English; a
//! test over all locale files keeps that from happening, and another one keeps every key in use.

mod catalog;
mod language;

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::civil::Date;
use perennial_domain::{Money, Span, TermUnit};

pub use self::catalog::{Source, sources};
pub use self::language::{Language, Locale};
use crate::format;

/// What stands where a text should be when no language has it. Rendered pages are tested not to contain it.
pub const MISSING: char = '\u{27e6}';

/// Speaks to one customer: their language, their way to write money and dates, and the day it is for them.
#[derive(Debug, Clone, Copy)]
pub struct Translator<'a> {
    locale: &'a Locale,
    today: Date,
}

impl<'a> Translator<'a> {
    /// `today` decides whether a date needs its year.
    pub fn new(locale: &'a Locale, today: Date) -> Self {
        Self { locale, today }
    }

    /// The text of `key`, which takes no arguments.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of `key` with one argument that is itself text.
    pub fn one(&self, key: &str, name: &str, value: &str) -> String {
        self.with(key, &[(name, FluentValue::from(value))])
    }

    /// The text of `key` with `arguments`.
    ///
    /// Arguments are written as given: numbers that need a locale come formatted, save for counts that choose a plural.
    pub fn with(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let mut named = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            named.set((*name).to_owned(), isolated(value));
        }
        catalog::format(self.locale.language(), key, &named)
            .or_else(|| catalog::format(Language::English, key, &named))
            .unwrap_or_else(|| {
                tracing::error!(text.key = key, "no language has the text {key}");
                format!("{MISSING}{key}")
            })
    }

    /// An amount as this locale writes it, such as `€14.50` or `14,50 €`.
    pub fn money(&self, money: &Money) -> String {
        format::money(self.locale, money)
    }

    /// A date in words, with the year only when it is not this one.
    pub fn date(&self, date: &Date) -> String {
        format::date(self.locale, *date, self.today)
    }

    /// A date in words, always with its year: for birthdays.
    pub fn full_date(&self, date: &Date) -> String {
        format::full_date(self.locale, *date)
    }

    /// A whole number with this locale's separators.
    pub fn number(&self, number: u64) -> String {
        format::number(self.locale, number)
    }

    /// How often something is charged: "every month", "every 3 months".
    pub fn every(&self, span: &Span) -> String {
        let key = match span.unit {
            TermUnit::Day => "summary-every-day",
            TermUnit::Week => "summary-every-week",
            TermUnit::Month => "summary-every-month",
            TermUnit::Year => "summary-every-year",
        };
        self.with(key, &[("count", span.count.into())])
    }

    /// How long something lasts: "30 days", "1 year".
    pub fn length(&self, span: &Span) -> String {
        let key = match span.unit {
            TermUnit::Day => "summary-length-day",
            TermUnit::Week => "summary-length-week",
            TermUnit::Month => "summary-length-month",
            TermUnit::Year => "summary-length-year",
        };
        self.with(key, &[("count", span.count.into())])
    }

    /// The locale that texts are written in.
    pub fn locale(&self) -> &'a Locale {
        self.locale
    }
}

/// Fences a right-to-left value off from the sentence around it, so that it cannot reorder the price beside it.
fn isolated(value: &FluentValue<'_>) -> FluentValue<'static> {
    match value {
        FluentValue::String(text) if text.chars().any(is_right_to_left) => {
            FluentValue::from(format!("\u{2068}{text}\u{2069}"))
        }
        FluentValue::String(text) => FluentValue::from(text.clone().into_owned()),
        other => other.clone().into_owned(),
    }
}

/// Whether a character belongs to the Hebrew, Arabic, Syriac, Thaana or N'Ko blocks or their presentation forms.
fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_to_left_name_is_fenced_off_and_others_are_left_alone() {
        let FluentValue::String(fenced) = isolated(&FluentValue::from("נועה")) else {
            panic!("text stays text")
        };
        assert_eq!(fenced, "\u{2068}נועה\u{2069}");
        let FluentValue::String(plain) = isolated(&FluentValue::from("Zoë")) else {
            panic!("text stays text")
        };
        assert_eq!(plain, "Zoë");
    }
}
