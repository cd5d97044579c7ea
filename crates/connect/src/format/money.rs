//! Amounts of money.

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use perennial_domain::Money;

use super::currency::{Placement, placement, symbol};
use crate::i18n::Locale;

/// What separates a number from its currency where the locale wants a space: it must not break the line.
const NO_BREAK_SPACE: char = '\u{a0}';

/// The typographic minus: as wide as a digit's plus, and read out as "minus".
const MINUS: &str = "\u{2212}";

/// Writes an amount with its currency, which also decides the number of decimals: two for euros, none for yen.
pub fn money(locale: &Locale, money: &Money) -> String {
    let exponent = i16::try_from(money.currency.exponent()).unwrap_or(i16::MAX);
    let mut size = Decimal::from(money.amount_minor.unsigned_abs());
    size.multiply_pow10(-exponent);
    let digits = decimal(locale, &size);
    let symbol = symbol(locale, money.currency);
    let sign = if money.amount_minor < 0 { MINUS } else { "" };
    match placement(locale, &symbol) {
        Placement::Before => format!("{sign}{symbol}{digits}"),
        Placement::BeforeSpaced => format!("{sign}{symbol}{NO_BREAK_SPACE}{digits}"),
        Placement::After => format!("{sign}{digits}{NO_BREAK_SPACE}{symbol}"),
    }
}

/// Writes a whole number with the locale's grouping.
pub fn number(locale: &Locale, number: u64) -> String {
    decimal(locale, &Decimal::from(number))
}

fn decimal(locale: &Locale, value: &Decimal) -> String {
    DecimalFormatter::try_new(locale.icu().into(), icu_decimal::options::DecimalFormatterOptions::default())
        // Compiled data covers every locale through its root; plain digits are still the right amount.
        .map_or_else(|_| value.to_string(), |formatter| formatter.format(value).to_string())
}

#[cfg(test)]
mod tests {
    use perennial_domain::Currency;

    use super::*;

    fn written(tag: &str, amount_minor: i64, code: &str) -> String {
        let amount = Money::new(amount_minor, Currency::from_code(code).unwrap());
        money(&Locale::for_tag(tag), &amount).replace(NO_BREAK_SPACE, "~")
    }

    #[test]
    fn each_locale_writes_euros_its_own_way() {
        assert_eq!(written("en-GB", 1450, "EUR"), "€14.50");
        assert_eq!(written("de", 1450, "EUR"), "14,50~€");
        assert_eq!(written("de-AT", 1450, "EUR"), "€~14,50");
        assert_eq!(written("fr", 1450, "EUR"), "14,50~€");
        assert_eq!(written("es", 1450, "EUR"), "14,50~€");
    }

    #[test]
    fn a_currency_has_its_own_number_of_decimals() {
        assert_eq!(written("en-GB", 1450, "JPY"), "JP¥1,450");
        assert_eq!(written("en-US", 1450, "JPY"), "¥1,450");
        assert_eq!(written("de", 1_450_500, "KWD"), "1.450,500~KWD");
    }

    #[test]
    fn what_is_taken_off_starts_with_a_minus() {
        assert_eq!(written("en-US", -300, "USD"), "−$3.00");
        assert_eq!(written("de-CH", -300, "CHF"), "−CHF~3.00");
        assert_eq!(written("es", i64::MIN, "EUR"), "−92.233.720.368.547.758,08~€");
    }

    #[test]
    fn a_code_in_place_of_a_symbol_keeps_its_distance() {
        assert_eq!(written("en-GB", 1450, "CHF"), "CHF~14.50");
        assert_eq!(written("es-MX", 1450, "MXN"), "$14.50");
        assert_eq!(written("fr-CA", 1450, "USD"), "14,50~$~US");
    }
}
