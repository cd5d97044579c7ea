//! Stripe's billing portal: a page of Stripe's own, where a customer looks after cards, invoices and subscriptions.

/// A visit to the portal (<https://docs.stripe.com/api/customer_portal/sessions/create>).
#[derive(Clone, Debug)]
pub struct OpenPortal {
    /// The Stripe Customer.
    pub stripe_customer_id: String,
    /// Where the portal leads back to.
    pub return_url: String,
    /// The language of the page, as a tag.
    pub locale: String,
}
