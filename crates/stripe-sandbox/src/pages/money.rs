//! Amounts as an English reader expects them.

/// Currencies whose amounts Stripe takes without decimals. The Icelandic króna and the Ugandan shilling have
/// none either, but Stripe keeps two for them (docs.stripe.com/currencies, "Special cases").
const WITHOUT_DECIMALS: [&str; 15] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
/// Currencies whose amounts Stripe takes in thousandths.
const WITH_THREE_DECIMALS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// Writes an amount in minor units, such as `€1,450.00`, `¥500`, `KWD 1.500` or `−€7.25`.
///
/// `currency` is an ISO 4217 code in any case.
pub(super) fn format_amount(amount_minor: i64, currency: &str) -> String {
    let code = currency.to_ascii_lowercase();
    let decimals = decimals(&code);
    let divisor = 10_u64.pow(decimals);
    let magnitude = amount_minor.unsigned_abs();
    let sign = if amount_minor < 0 { "\u{2212}" } else { "" };
    let (symbol, whole) = (prefix(&code), grouped(magnitude / divisor));
    if decimals == 0 {
        return format!("{sign}{symbol}{whole}");
    }
    let width = decimals as usize;
    format!("{sign}{symbol}{whole}.{:0width$}", magnitude % divisor)
}

fn decimals(code: &str) -> u32 {
    if WITHOUT_DECIMALS.contains(&code) {
        0
    } else if WITH_THREE_DECIMALS.contains(&code) {
        3
    } else {
        2
    }
}

/// A symbol where it is unmistakable, the code and a no-break space otherwise.
fn prefix(code: &str) -> String {
    match code {
        "eur" => "€".to_owned(),
        "gbp" => "£".to_owned(),
        "usd" => "$".to_owned(),
        "jpy" => "¥".to_owned(),
        _ => format!("{}\u{a0}", code.to_ascii_uppercase()),
    }
}

fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::format_amount;

    #[test]
    fn decimals_follow_the_currency() {
        assert_eq!(format_amount(1450, "eur"), "€14.50");
        assert_eq!(format_amount(500, "JPY"), "¥500");
        assert_eq!(format_amount(1500, "kwd"), "KWD\u{a0}1.500");
        assert_eq!(format_amount(500, "isk"), "ISK\u{a0}5.00");
    }

    #[test]
    fn thousands_are_grouped_and_minus_is_a_minus() {
        assert_eq!(format_amount(123_456_789, "usd"), "$1,234,567.89");
        assert_eq!(format_amount(-725, "eur"), "\u{2212}€7.25");
        assert_eq!(format_amount(5, "gbp"), "£0.05");
        assert_eq!(format_amount(100_000, "krw"), "KRW\u{a0}100,000");
    }
}
