//! Checkout Sessions, and the discounts that customers bring to them.

use jiff::Timestamp;
use perennial_domain::{CheckoutId, CheckoutUi, DiscountDuration, Money, PaymentMethods, Rebate};
use secrecy::SecretString;

use super::{BilledInvoice, BilledSubscription};

/// One line of a Checkout Session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutLine {
    /// The Stripe Price.
    pub stripe_price_id: String,
}

/// Once or again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutMode {
    /// One charge, with an invoice.
    Once,
    /// A Stripe Subscription.
    Subscription,
}

/// What a Checkout Session is opened with.
#[derive(Clone, Debug)]
pub struct OpenCheckout {
    /// Ours; makes the key, and is found again in Stripe's metadata.
    pub id: CheckoutId,
    /// The Stripe Customer.
    pub stripe_customer_id: String,
    /// Once or again and again.
    pub mode: CheckoutMode,
    /// What is bought.
    pub lines: Vec<CheckoutLine>,
    /// The discount in force.
    pub stripe_promotion_code_id: Option<String>,
    /// Where Stripe sends who paid.
    pub return_url: String,
    /// Where Stripe sends who turned back.
    pub cancel_url: String,
    /// When Stripe closes it: 30 minutes to 24 hours after it is made, by Stripe's clock; the latter when absent.
    pub expires_at: Option<Timestamp>,
    /// The language of the page, as a tag.
    pub locale: String,
    /// Where the customer sees it. Embedded, it has a client secret and no page of its own.
    pub ui: CheckoutUi,
    /// What it takes.
    pub payment_methods: PaymentMethods,
    /// What Stripe calls `client_reference_id`, if it is not our checkout's id.
    pub reference: Option<String>,
    /// Facts for whoever reads the objects at Stripe; ours is added to them.
    pub metadata: Vec<(&'static str, String)>,
}

/// Whether a Checkout Session can still be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutSessionStatus {
    /// The customer can pay.
    Open,
    /// The customer is through.
    Complete,
    /// Closed without payment.
    Expired,
}

/// A Checkout Session at Stripe, with what it became.
#[derive(Clone, Debug)]
pub struct CheckoutSession {
    /// `cs_…`.
    pub id: String,
    /// The checkout it was opened for; `None` when it is not one of ours.
    pub checkout_id: Option<CheckoutId>,
    /// Its page, while it is open and hosted.
    pub url: Option<String>,
    /// Whether it can still be paid.
    pub status: CheckoutSessionStatus,
    /// Whether the money is there, or none was needed.
    pub is_paid: bool,
    /// Whether a payment that the bank had to confirm came to nothing.
    pub has_failed: bool,
    /// What an embedding page shows it by, while it is open.
    pub client_secret: Option<SecretString>,
    /// What it comes to, after discounts.
    pub total: Option<Money>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When Stripe closes it, if nobody has paid by then.
    pub expires_at: Timestamp,
    /// The subscription it made, in full.
    pub subscription: Option<BilledSubscription>,
    /// The invoice it made, in full.
    pub invoice: Option<BilledInvoice>,
    /// The payment intent, where no invoice stands between.
    pub payment_intent_id: Option<String>,
    /// The card that it charged, `pm_…`.
    pub payment_method_id: Option<String>,
}

/// A discount behind a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    /// `promo_…`.
    pub stripe_promotion_code_id: String,
    /// What it takes off.
    pub rebate: Rebate,
    /// For which payments.
    pub duration: DiscountDuration,
    /// Of orders that come to less it takes nothing.
    pub minimum: Option<Money>,
    /// The products that it counts for, `prod_…`; all of them when empty.
    pub stripe_product_ids: Vec<String>,
}
