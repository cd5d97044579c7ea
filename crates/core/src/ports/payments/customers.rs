//! Customers at Stripe.

use perennial_domain::CustomerId;

/// What Stripe is told about a customer.
#[derive(Clone, Debug)]
pub struct CustomerDraft {
    /// Ours; makes the key.
    pub id: CustomerId,
    /// Where Stripe's receipts go.
    pub email: Option<String>,
    /// As the person writes it.
    pub name: Option<String>,
    /// A language tag.
    pub locale: String,
    /// The organization's id in the operator's own system, where it is one.
    pub organization: Option<String>,
    /// The Stripe Customer in whose place this one comes, because it was deleted there.
    pub replaces: Option<String>,
}

/// What Stripe is told when it knows a customer already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerContact {
    /// Where Stripe's receipts go; the one that Stripe has stays when we have none.
    pub email: Option<String>,
    /// As the person writes it, or empty to take it away; without one the one that Stripe has stays.
    pub name: Option<String>,
}
