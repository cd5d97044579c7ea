//! Money, dates and amounts as a locale writes them.
//!
//! Digits, separators and date patterns come from ICU4X. It has no stable currency formatter, so where the symbol
//! stands and how it looks is decided in [`currency`], by the CLDR rules for our four languages.

mod currency;
mod date;
mod money;
mod term;

pub use self::date::{date, full_date};
pub use self::money::{Money, money, number};
pub use self::term::{Term, TermUnit};

#[cfg(test)]
pub(crate) mod tests_support {
    //! Shorthands of this module's tests.

    use super::Money;

    pub(crate) fn amount(amount_minor: i64, code: &str) -> Money {
        Money { amount_minor, currency: iso_currency::Currency::from_code(code).unwrap() }
    }
}
