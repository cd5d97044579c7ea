//! Events that Stripe sends: verified, named, and kept as they came.

use jiff::Timestamp;
use secrecy::SecretString;

/// What an event is about. Events of one subject are worked on one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventSubject {
    /// A Checkout Session, `cs_…`.
    Checkout(String),
    /// A Stripe Subscription, `sub_…`: its own events, and those of its invoices.
    Subscription(String),
    /// A page on which a customer gives a card: a Checkout Session that sells nothing, `cs_…`.
    CardSetup(String),
    /// The cards of a Stripe Customer, `cus_…`.
    Cards(String),
    /// A charge's payment intent, `pi_…`.
    PaymentIntent(String),
    /// A Stripe Price, `price_…`.
    Price(String),
    /// A Stripe Product, `prod_…`.
    Product(String),
    /// Something that changes nothing here. Kept, and ignored.
    Other,
}

impl EventSubject {
    /// Stripe's id of the subject, or nothing.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Checkout(id)
            | Self::Subscription(id)
            | Self::CardSetup(id)
            | Self::Cards(id)
            | Self::PaymentIntent(id)
            | Self::Price(id)
            | Self::Product(id) => id,
            Self::Other => "",
        }
    }
}

/// A verified event.
#[derive(Clone, Debug)]
pub struct StripeEvent {
    /// `evt_…`, unique.
    pub id: String,
    /// Such as `checkout.session.completed`.
    pub event_type: String,
    /// What it is about.
    pub subject: EventSubject,
    /// When it happened at Stripe.
    pub happened_at: Timestamp,
    /// The body, to the letter.
    pub payload: String,
}

/// Why an event is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectedEvent {
    /// The signature header is missing or cannot be read.
    #[error("the Stripe-Signature header cannot be read")]
    Unreadable,
    /// No signature fits any active secret.
    #[error("no signature fits")]
    Forged,
    /// The signature is older, or newer, than five minutes.
    #[error("the signature is out of date")]
    Stale,
    /// Well signed, but not an event.
    #[error("the body is not an event")]
    NotAnEvent,
}

/// Verifies and decodes what arrives at the webhook endpoint.
pub trait EventReader: Send + Sync {
    /// Checks the raw bytes against every signature and every active secret, in constant time, and decodes them.
    fn read(
        &self,
        body: &[u8],
        signature: &str,
        secrets: &[SecretString],
        now: Timestamp,
    ) -> Result<StripeEvent, RejectedEvent>;

    /// What a stored payload is about: for events that were parked and are tried again.
    fn subject(&self, event_type: &str, payload: &str) -> EventSubject;
}
