//! Money: whole minor units of a currency, never a fraction and never without its currency.

use std::fmt::{self, Write};

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// No such currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no currency {0:?}")]
pub struct UnknownCurrency(pub String);

impl Currency {
    /// Reads a code in capitals, such as `EUR`.
    pub fn from_code(code: &str) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_code(code).map(Self).ok_or_else(|| UnknownCurrency(code.to_owned()))
    }

    /// The code in capitals.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal digits the minor unit has at Stripe.
    ///
    /// ISO's figure but for the currencies that Stripe treats otherwise
    /// (<https://docs.stripe.com/currencies#special-cases>): ISK and UGX are still sent with two.
    pub fn exponent(self) -> u32 {
        match self.code() {
            "ISK" | "UGX" => 2,
            _ => self.0.exponent().map_or(2, u32::from),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::from_code(&code).map_err(serde::de::Error::custom)
    }
}

/// An amount in minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// Minor units: cents of a euro, whole yen.
    pub amount_minor: i64,
    /// What the units are of.
    pub currency: Currency,
}

/// Two amounts could not be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of different currencies are never added.
    #[error("{0} and {1} cannot be added")]
    Currencies(Currency, Currency),
    /// The sum does not fit 64 bits.
    #[error("the amount is too large")]
    TooLarge,
    /// Not a decimal number of major units, or with more decimals than the currency has.
    #[error("{0:?} is not an amount of {1}")]
    NotAnAmount(String, Currency),
}

impl Money {
    /// So many minor units.
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Nothing, in this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether nothing is to be paid.
    pub const fn is_zero(self) -> bool {
        self.amount_minor == 0
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies(self.currency, other.currency));
        }
        let amount_minor = self.amount_minor.checked_add(other.amount_minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(amount_minor, self.currency))
    }
}

impl Money {
    /// The amount in major units, with as many decimals as the currency has and at least so many: `24.00`, `1450`, `1.450`.
    pub fn in_major_units(self, least_decimals: u32) -> String {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let amount = self.amount_minor.unsigned_abs();
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let mut text = format!("{sign}{}", amount / unit);
        let (digits, decimals) = (exponent as usize, exponent.max(least_decimals) as usize);
        if decimals > 0 {
            let fraction = if digits == 0 { String::new() } else { format!("{:0digits$}", amount % unit) };
            // Writing to a `String` cannot fail.
            let _ = write!(text, ".{fraction:0<decimals$}");
        }
        text
    }

    /// Reads an amount in major units, such as `24`, `24.5` or `1.450`. What the currency cannot hold to the last digit is
    /// refused, and so is what is below nothing.
    pub fn from_major_units(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let exponent = currency.exponent() as usize;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = || MoneyError::NotAnAmount(text.to_owned(), currency);
        let kept = fraction.trim_end_matches('0');
        if !digits(whole) || !digits(fraction) || kept.len() > exponent {
            return Err(wrong());
        }
        let minor = format!("{whole}{kept:0<exponent$}");
        let amount_minor = minor.parse::<i64>().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self::new(amount_minor, currency))
    }
}

impl fmt::Display for Money {
    /// `14.50 EUR`: for logs and the command line. Pages write money as their locale does.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.in_major_units(0), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount_minor: i64, code: &str) -> Money {
        Money::new(amount_minor, Currency::from_code(code).unwrap())
    }

    #[test]
    fn the_exponent_of_a_currency_decides_where_the_point_stands() {
        assert_eq!(money(1450, "EUR").to_string(), "14.50 EUR");
        assert_eq!(money(1450, "JPY").to_string(), "1450 JPY");
        assert_eq!(money(1450, "KWD").to_string(), "1.450 KWD");
        assert_eq!(money(-5, "EUR").to_string(), "-0.05 EUR");
        assert_eq!(money(1450, "ISK").to_string(), "14.50 ISK");
    }

    #[test]
    fn major_units_lose_no_digit_of_any_currency() {
        for (minor, code, least, text) in [
            (2400, "USD", 2, "24.00"),
            (1450, "JPY", 2, "1450.00"),
            (1450, "JPY", 0, "1450"),
            (1450, "KWD", 2, "1.450"),
            (5, "USD", 2, "0.05"),
        ] {
            let money = money(minor, code);
            assert_eq!(money.in_major_units(least), text);
            assert_eq!(Money::from_major_units(text, money.currency), Ok(money));
        }
        let usd = Currency::from_code("USD").unwrap();
        assert_eq!(Money::from_major_units("24.5", usd), Ok(money(2450, "USD")));
        assert_eq!(Money::from_major_units("24", usd), Ok(money(2400, "USD")));
        for text in ["", "-1", "1.", ".5", "1.005", "1e3", "1,5", "٣"] {
            assert!(Money::from_major_units(text, usd).is_err(), "{text:?}");
        }
        assert_eq!(Money::from_major_units("92233720368547758.08", usd), Err(MoneyError::TooLarge));
    }

    #[test]
    fn amounts_of_different_currencies_are_never_added() {
        assert!(matches!(money(1, "EUR").checked_add(money(1, "USD")), Err(MoneyError::Currencies(..))));
        assert_eq!(money(i64::MAX, "EUR").checked_add(money(1, "EUR")), Err(MoneyError::TooLarge));
    }

    #[test]
    fn codes_are_exact() {
        assert!(Currency::from_code("eur").is_err());
        assert!(Currency::from_code("XQQ").is_err());
    }
}
