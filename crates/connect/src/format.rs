//! Money, dates and amounts as a locale writes them.
//!
//! Digits, separators and date patterns come from ICU4X. It has no stable currency formatter, so where the symbol
//! stands and how it looks is decided in [`currency`], by the CLDR rules for our four languages.

mod currency;
mod date;
mod money;

pub use self::date::{date, full_date};
pub use self::money::{money, number};
