//! The catalogue at Stripe: what it is told of products and prices, and what is true of a price there.

use perennial_domain::{Currency, Money, PriceId, ProductId, Span, Term};

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

/// What Stripe is told about a product.
#[derive(Clone, Debug)]
pub struct ProductDraft {
    /// Ours; makes the key and the Stripe id's metadata.
    pub id: ProductId,
    /// The Stripe Product that it has already.
    pub stripe_product_id: Option<String>,
    /// What customers read.
    pub name: String,
    /// A sentence for customers.
    pub description: Option<String>,
    /// Absolute URL.
    pub image: Option<String>,
    /// On sale.
    pub is_active: bool,
}

/// What Stripe is told about a price.
#[derive(Clone, Debug)]
pub struct PriceDraft {
    /// Ours; makes the key.
    pub id: PriceId,
    /// The Stripe Product.
    pub stripe_product_id: String,
    /// Per period, or once.
    pub amount: Money,
    /// Recurring terms become recurring prices; all others are one-time.
    pub term: Term,
}
