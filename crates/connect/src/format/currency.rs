//! Where a currency's symbol stands and how it looks: Unicode CLDR 46, the standard currency patterns and symbols of
//! `en`, `de`, `fr` and `es`. A currency that is not named here shows its ISO code, which nobody misreads.

use std::borrow::Cow;

use perennial_domain::Currency;

use crate::i18n::{Language, Locale};

/// Where the symbol stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// `€14.50`
    Before,
    /// `CHF 14.50`
    BeforeSpaced,
    /// `14,50 €`
    After,
}

/// Where `symbol` stands in this locale.
pub(super) fn placement(locale: &Locale, symbol: &str) -> Placement {
    let leads = match (locale.language(), locale.region()) {
        (Language::English, _) => true,
        (Language::German, Some("AT" | "CH" | "LI")) => return Placement::BeforeSpaced,
        (Language::Spanish, Some(region)) => region != "ES",
        (Language::German | Language::French | Language::Spanish, _) => false,
    };
    match (leads, symbol.ends_with(char::is_alphabetic)) {
        (false, _) => Placement::After,
        (true, false) => Placement::Before,
        // CLDR sets a space between letters and digits.
        (true, true) => Placement::BeforeSpaced,
    }
}

/// The symbol by which customers of this locale know the currency.
pub(super) fn symbol(locale: &Locale, currency: Currency) -> Cow<'static, str> {
    if is_dollar(currency) {
        return dollar(locale, currency);
    }
    match (currency.code(), locale.language()) {
        ("EUR", _) => "€".into(),
        ("GBP", Language::French) if locale.region() != Some("CA") => "£GB".into(),
        ("GBP", Language::English | Language::German | Language::French) => "£".into(),
        ("JPY", Language::English) if locale.region() == Some("US") => "¥".into(),
        ("JPY", Language::English) => "JP¥".into(),
        ("JPY", Language::German) => "¥".into(),
        ("INR", Language::English) => "₹".into(),
        _ => currency.code().into(),
    }
}

fn is_dollar(currency: Currency) -> bool {
    matches!(currency.code(), "USD" | "CAD" | "AUD" | "NZD" | "MXN")
}

/// A dollar is plain at home and carries its country elsewhere.
fn dollar(locale: &Locale, currency: Currency) -> Cow<'static, str> {
    let home = currency.code().get(..2).unwrap_or_default();
    if locale.region() == Some(home) {
        return "$".into();
    }
    match (currency.code(), locale.language()) {
        ("USD", Language::German) => "$".into(),
        ("AUD", Language::English) => "A$".into(),
        (_, Language::English | Language::German) => format!("{home}$").into(),
        (_, Language::French) if locale.region() == Some("CA") => format!("$\u{a0}{home}").into(),
        (_, Language::French) => format!("${home}").into(),
        ("USD", Language::Spanish) => "US$".into(),
        (_, Language::Spanish) => currency.code().into(),
    }
}
