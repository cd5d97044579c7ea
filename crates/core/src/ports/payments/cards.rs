//! Cards that Stripe keeps, and the page on which a customer gives one.

use jiff::Timestamp;
use perennial_domain::{Card, ConnectSessionId};

use super::CheckoutSessionStatus;

/// A card that Stripe keeps for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCard {
    /// What is known of it.
    pub card: Card,
    /// Since when.
    pub created_at: Timestamp,
}

/// All cards of a Stripe Customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptCards {
    /// Newest first.
    pub cards: Vec<KeptCard>,
    /// The one that pays what no other card was chosen for: the customer's own choice, else that of one of their
    /// subscriptions. Checkout sets only the latter.
    pub default: Option<String>,
}

/// What a page for a card is opened with.
#[derive(Clone, Debug)]
pub struct OpenCardSetup {
    /// The visit that asks. With `attempt` it makes the key, and it is found again in Stripe's metadata.
    pub visit: ConnectSessionId,
    /// The how-manieth page of this visit, from 1.
    pub attempt: u32,
    /// The Stripe Customer.
    pub stripe_customer_id: String,
    /// Where Stripe sends who gave a card.
    pub return_url: String,
    /// Where Stripe sends who turned back.
    pub cancel_url: String,
    /// The language of the page, as a tag.
    pub locale: String,
}

/// A page for a card, and what came of it.
#[derive(Clone, Debug)]
pub struct CardSetup {
    /// `cs_…`.
    pub id: String,
    /// The visit that asked; `None` when it is not one of ours.
    pub visit: Option<ConnectSessionId>,
    /// Its page, while it is open.
    pub url: Option<String>,
    /// Whether a card can still be given.
    pub status: CheckoutSessionStatus,
    /// The Stripe Customer.
    pub stripe_customer_id: Option<String>,
    /// The card that was given.
    pub payment_method_id: Option<String>,
}
