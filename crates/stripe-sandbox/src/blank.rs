//! New objects before anything is known of them: every member that Stripe shows, null or at its usual value. The code
//! that makes an object says only what is different about it.

use std::sync::OnceLock;

use serde_json::Value;

use crate::http::error::ApiError;

/// A blank charge.
pub(crate) static CHARGE: Blank = Blank::of(include_str!("../data/blank/charge.json"));
/// A blank Checkout Session.
pub(crate) static CHECKOUT_SESSION: Blank = Blank::of(include_str!("../data/blank/checkout_session.json"));
/// A blank dispute.
pub(crate) static DISPUTE: Blank = Blank::of(include_str!("../data/blank/dispute.json"));
/// A blank draft.
pub(crate) static INVOICE: Blank = Blank::of(include_str!("../data/blank/invoice.json"));
/// A blank payment intent.
pub(crate) static PAYMENT_INTENT: Blank = Blank::of(include_str!("../data/blank/payment_intent.json"));
/// A blank setup intent.
pub(crate) static SETUP_INTENT: Blank = Blank::of(include_str!("../data/blank/setup_intent.json"));
/// A blank subscription.
pub(crate) static SUBSCRIPTION: Blank = Blank::of(include_str!("../data/blank/subscription.json"));

/// A kind of object. A renewal begins with several: to read their texts each time would be a twentieth of its work.
pub(crate) struct Blank {
    text: &'static str,
    known: OnceLock<Value>,
}

impl Blank {
    const fn of(text: &'static str) -> Self {
        Self { text, known: OnceLock::new() }
    }

    /// A new one.
    pub(crate) fn copy(&self) -> Result<Value, ApiError> {
        if let Some(known) = self.known.get() {
            return Ok(known.clone());
        }
        let read = serde_json::from_str(self.text)?;
        Ok(self.known.get_or_init(|| read).clone())
    }
}
