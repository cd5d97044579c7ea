//! What is true of a price at Stripe.

use perennial_domain::{Currency, Span};

/// A Stripe Price (<https://docs.stripe.com/api/prices/object>), and whether its product is on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripePrice {
    /// Whether it can be bought.
    pub is_active: bool,
    /// `prod_…`.
    pub stripe_product_id: String,
    /// Whether its product can be bought.
    pub product_is_active: bool,
    /// How often it recurs; not at all when absent.
    pub interval: Option<Span>,
    /// What it costs, where that is one whole amount.
    pub amount_minor: Option<i64>,
    /// In which currency, if it is one that we know.
    pub currency: Option<Currency>,
}
