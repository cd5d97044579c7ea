//! New objects before anything is known of them: every member that Stripe shows, null or at its usual value. The code
//! that makes an object says only what is different about it.

use std::sync::OnceLock;

use serde_json::Value;

use crate::http::error::ApiError;

pub(crate) static CHARGE: Blank = Blank::of(include_str!("../data/blank/charge.json"));
pub(crate) static CHECKOUT_SESSION: Blank = Blank::of(include_str!("../data/blank/checkout_session.json"));
pub(crate) static DISPUTE: Blank = Blank::of(include_str!("../data/blank/dispute.json"));
pub(crate) static INVOICE: Blank = Blank::of(include_str!("../data/blank/invoice.json"));
pub(crate) static PAYMENT_INTENT: Blank = Blank::of(include_str!("../data/blank/payment_intent.json"));
pub(crate) static SETUP_INTENT: Blank = Blank::of(include_str!("../data/blank/setup_intent.json"));
pub(crate) static SUBSCRIPTION: Blank = Blank::of(include_str!("../data/blank/subscription.json"));

/// The text of a blank object, read once. A renewal begins with several: to read their texts each time would be a twentieth of its work.
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
