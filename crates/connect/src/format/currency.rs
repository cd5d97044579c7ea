//! Where a currency's symbol stands and how it looks: Unicode CLDR 46, the standard currency patterns and symbols of
//! `en`, `de`, `fr` and `es`. A currency that is not named here shows its ISO code, which nobody misreads.

use std::borrow::Cow;

use iso_currency::Currency;

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
    match (currency, locale.language()) {
        (Currency::EUR, _) => "€".into(),
        (Currency::GBP, Language::French) if locale.region() != Some("CA") => "£GB".into(),
        (Currency::GBP, Language::English | Language::German) => "£".into(),
        (Currency::JPY, Language::English) if locale.region() == Some("US") => "¥".into(),
        (Currency::JPY, Language::English) => "JP¥".into(),
        (Currency::JPY, Language::German) => "¥".into(),
        (Currency::INR, Language::English) => "₹".into(),
        _ => currency.code().into(),
    }
}

fn is_dollar(currency: Currency) -> bool {
    matches!(currency, Currency::USD | Currency::CAD | Currency::AUD | Currency::NZD | Currency::MXN)
}

/// A dollar is plain at home and carries its country elsewhere.
fn dollar(locale: &Locale, currency: Currency) -> Cow<'static, str> {
    let home = currency.code().get(..2).unwrap_or_default();
    if locale.region() == Some(home) {
        return "$".into();
    }
    match (currency, locale.language()) {
        (Currency::USD, Language::German) => "$".into(),
        (Currency::USD, Language::French) if locale.region() == Some("CA") => "$\u{a0}US".into(),
        (Currency::USD, Language::French) => "$US".into(),
        (Currency::USD, Language::English | Language::Spanish) => "US$".into(),
        (Currency::CAD, Language::French) => "$CA".into(),
        (Currency::CAD, Language::English | Language::German) => "CA$".into(),
        (Currency::AUD, Language::English) => "A$".into(),
        _ => currency.code().into(),
    }
}
