//! Reading a card that someone typed, and refusing what a form would refuse. The number goes no further than this file.

use serde_json::Value;

use super::{TestCard, by_number, passes_check};
use crate::billing::period;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods::refusal_error;
use crate::store::Tx;

/// A card as it was given, without its number.
pub(crate) struct Card {
    pub(crate) stands_for: &'static TestCard,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
}

impl Card {
    /// A test card named by one of its aliases; it expires well after now.
    pub(crate) fn of_test_card(test_card: &'static TestCard, now: i64) -> Self {
        Self { stands_for: test_card, exp_month: 12, exp_year: period::year_and_month_of(now).0 + 4 }
    }

    /// The card behind a payment method.
    pub(crate) fn of_payment_method(payment_method: &Value) -> Option<Self> {
        Some(Self {
            stands_for: by_number(payment_method.text("_test_card")?)?,
            exp_month: payment_method.integer("card.exp_month")?,
            exp_year: payment_method.integer("card.exp_year")?,
        })
    }
}

/// Reads a card given by number, and refuses what a form would refuse.
pub(crate) fn read(tx: &Tx<'_>, given: &Value) -> Result<Card, ApiError> {
    let number: String =
        given.text("number").unwrap_or_default().chars().filter(|c| !" -".contains(*c)).collect();
    if number.is_empty() {
        return Err(ApiError::missing("card[number]"));
    }
    if !passes_check(&number) {
        return Err(card_mistake("incorrect_number", "number", "Your card number is incorrect."));
    }
    let (exp_month, exp_year) = expiry(tx, given)?;
    let test_card = by_number(&number).ok_or_else(|| refusal_error(&super::NOT_A_TEST_CARD).rolled_back())?;
    if let Some(cvc) = given.text("cvc") {
        let expected = if test_card.brand == "amex" { 3..=4 } else { 3..=3 };
        if !expected.contains(&cvc.len()) || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(card_mistake("invalid_cvc", "cvc", "Your card's security code is invalid."));
        }
    }
    Ok(Card { stands_for: test_card, exp_month, exp_year })
}

fn expiry(tx: &Tx<'_>, given: &Value) -> Result<(i64, i64), ApiError> {
    let month = given.amount("exp_month");
    let year = match given.amount("exp_year") {
        short @ 0..=99 => 2_000 + short,
        year => year,
    };
    let (now_year, now_month) = period::year_and_month_of(tx.now());
    if !(1..=12).contains(&month) {
        return Err(card_mistake(
            "invalid_expiry_month",
            "exp_month",
            "Your card's expiry month is invalid.",
        ));
    }
    if year < now_year || year > now_year + 50 {
        return Err(card_mistake("invalid_expiry_year", "exp_year", "Your card's expiry year is invalid."));
    }
    if year == now_year && month < now_month {
        return Err(card_mistake(
            "invalid_expiry_month",
            "exp_month",
            "Your card's expiry month is in the past.",
        ));
    }
    Ok((month, year))
}

fn card_mistake(code: &str, param: &str, message: &str) -> ApiError {
    ApiError::card(code, None, message).with_param(param).rolled_back()
}
