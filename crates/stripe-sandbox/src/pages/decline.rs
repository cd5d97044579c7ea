//! Why a card was refused, in words for the person who holds it.

/// A sentence for Stripe's decline code, or for its error code without one
/// (docs.stripe.com/declines/codes). Like Stripe, it does not tell a thief that the card is known to be lost or
/// stolen.
pub(super) fn in_words(code: &str, decline_code: Option<&str>) -> &'static str {
    match decline_code.unwrap_or(code) {
        "insufficient_funds" => "There are not enough funds on this card.",
        "expired_card" => "This card has expired.",
        "incorrect_cvc" | "invalid_cvc" => "The security code is wrong.",
        "incorrect_number" | "invalid_number" => "This is no card number.",
        "invalid_expiry_month" | "invalid_expiry_year" => "The expiry date is wrong.",
        "processing_error" => "The bank could not process this card just now.",
        "authentication_required" => "The bank wants you to confirm this payment.",
        "test_mode_live_card" => "This is no test card, and the sandbox takes no others.",
        _ => "The bank refused this card.",
    }
}

/// Said when the customer failed the bank's check.
pub(super) const NOT_CONFIRMED: &str = "The bank could not confirm that it was you.";
