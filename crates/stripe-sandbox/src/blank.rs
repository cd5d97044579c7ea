//! New objects before anything is known of them: every member that Stripe shows, null or at its usual value. The code
//! that makes an object says only what is different about it.

use std::sync::OnceLock;

use serde_json::Value;

use crate::http::error::ApiError;

/// A blank charge.
pub(crate) fn charge() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/charge.json"))
}

/// A blank Checkout Session.
pub(crate) fn checkout_session() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/checkout_session.json"))
}

/// A blank dispute.
pub(crate) fn dispute() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/dispute.json"))
}

/// A blank draft.
pub(crate) fn invoice() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/invoice.json"))
}

/// A blank payment intent.
pub(crate) fn payment_intent() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/payment_intent.json"))
}

/// A blank setup intent.
pub(crate) fn setup_intent() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/setup_intent.json"))
}

/// A blank subscription.
pub(crate) fn subscription() -> Result<Value, ApiError> {
    static BLANK: OnceLock<Value> = OnceLock::new();
    read_once(&BLANK, include_str!("../data/blank/subscription.json"))
}

/// A copy of what a text says, which is read the first time.
fn read_once(known: &OnceLock<Value>, text: &str) -> Result<Value, ApiError> {
    if let Some(blank) = known.get() {
        return Ok(blank.clone());
    }
    let blank = serde_json::from_str(text)?;
    Ok(known.get_or_init(|| blank).clone())
}
