//! Prices, allowances and dates as this shop writes them. It speaks English only.

use iso_currency::Currency;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use perennial_client::{Allowances, PlanType, Price, TimeUnit, Validity};

/// A price, such as "€14.50", "¥1,450", "CHF 9.00" or "Free".
pub(crate) fn price(price: &Price) -> String {
    if price.amount_minor == 0 {
        return "Free".to_owned();
    }
    // A price is in its currency's minor units, and not every currency has a hundred of them.
    let digits = Currency::from_code(&price.currency).and_then(Currency::exponent).map_or(2, u32::from);
    let units_per_major = 10_u64.pow(digits);
    let major = grouped(price.amount_minor / units_per_major);
    let minor = price.amount_minor % units_per_major;
    let amount =
        if digits == 0 { major } else { format!("{major}.{minor:0width$}", width = digits as usize) };
    // Only signs that nobody mistakes: a dollar sign could be one of twenty dollars.
    match price.currency.as_str() {
        "EUR" => format!("€{amount}"),
        "GBP" => format!("£{amount}"),
        "USD" => format!("US${amount}"),
        "JPY" => format!("¥{amount}"),
        code => format!("{code} {amount}"),
    }
}

/// What a price pays for, to be read after it: "a month", "every 3 months", "once, for 30 days".
pub(crate) fn term(price: &Price, validity: &Validity) -> String {
    if price.amount_minor == 0 && validity.plan_type != PlanType::OneTime {
        return "for as long as you keep it".to_owned();
    }
    let unit = match &validity.unit {
        TimeUnit::Day => "day",
        TimeUnit::Month => "month",
        other => other.as_str(),
    };
    match (&validity.plan_type, validity.value) {
        (PlanType::OneTime, 1) => format!("once, for a {unit}"),
        (PlanType::OneTime, count) => format!("once, for {count} {unit}s"),
        (_, 1) => format!("a {unit}"),
        (_, count) => format!("every {count} {unit}s"),
    }
}

/// What is included, a phrase each; what is not included is not mentioned.
pub(crate) fn allowances(allowances: &Allowances) -> Vec<String> {
    let data = phrase(allowances.data_bytes, "data", data_volume);
    let calls = phrase(allowances.voice_seconds, "minutes", |seconds| counted(seconds / 60, "minute"));
    let texts = phrase(allowances.sms_messages, "texts", |messages| counted(messages, "text"));
    [data, calls, texts].into_iter().flatten().collect()
}

/// A day, such as "5 April 2031". The API's times are in UTC, and so are the shop's days.
pub(crate) fn date(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string()
}

fn phrase(amount: Option<u64>, what: &str, limited: impl Fn(u64) -> String) -> Option<String> {
    match amount {
        None => Some(format!("Unlimited {what}")),
        Some(0) => None,
        Some(amount) => Some(limited(amount)),
    }
}

/// Networks sell decimal gigabytes: a thousand megabytes each.
fn data_volume(bytes: u64) -> String {
    const MEGABYTE: u64 = 1_000_000;
    let megabytes = bytes / MEGABYTE;
    match (megabytes / 1000, megabytes % 1000 / 100) {
        (0, _) => format!("{megabytes} MB data"),
        (gigabytes, 0) => format!("{gigabytes} GB data"),
        (gigabytes, tenths) => format!("{gigabytes}.{tenths} GB data"),
    }
}

fn counted(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", grouped(count))
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_follow_their_currencys_minor_units() {
        let written =
            |amount_minor, currency: &str| price(&Price { amount_minor, currency: currency.to_owned() });

        assert_eq!(written(1450, "EUR"), "€14.50");
        assert_eq!(written(5, "USD"), "US$0.05");
        assert_eq!(written(1450, "JPY"), "¥1,450");
        assert_eq!(written(123_456_789, "GBP"), "£1,234,567.89");
        assert_eq!(written(900, "CHF"), "CHF 9.00");
        assert_eq!(written(1500, "XAA"), "XAA 15.00");
        assert_eq!(written(0, "EUR"), "Free");
    }

    #[test]
    fn allowances_name_what_is_included() {
        let written = |data_bytes, voice_seconds, sms_messages| {
            allowances(&Allowances { data_bytes, voice_seconds, sms_messages })
        };

        assert_eq!(
            written(Some(12_000_000_000), None, Some(250)),
            ["12 GB data", "Unlimited minutes", "250 texts"]
        );
        assert_eq!(written(Some(1_500_000_000), Some(60), Some(1)), ["1.5 GB data", "1 minute", "1 text"]);
        assert_eq!(written(Some(500_000_000), Some(0), Some(0)), ["500 MB data"]);
        assert_eq!(written(None, Some(72_000), Some(0)), ["Unlimited data", "1,200 minutes"]);
    }
}
