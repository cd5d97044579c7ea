//! What Stripe is asked when a subscription gets another price, and what it answers.

use jiff::Timestamp;
use perennial_domain::{Money, Span};

/// An item of a Stripe Subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledItem {
    /// `si_…`.
    pub id: String,
    /// The Stripe Price.
    pub stripe_price_id: String,
    /// How many of it.
    pub quantity: u64,
}

/// One price of a Stripe Subscription in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSwap {
    /// The Stripe Subscription.
    pub stripe_subscription_id: String,
    /// The Stripe Price that goes.
    pub from_stripe_price_id: String,
    /// The Stripe Price that comes.
    pub to_stripe_price_id: String,
}

/// What a swap that counts at once is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwapCharge {
    /// The difference for the rest of the running period, from this moment on. Another rhythm begins a period of its own.
    Difference(Timestamp),
    /// A new period, which begins at once and is paid in full; what is left of the old one is not credited.
    NewPeriod,
}

/// One price in place of another from the next period on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledSwap {
    /// What is swapped.
    pub swap: PriceSwap,
    /// How long a period of the new price is.
    pub span: Span,
}

/// What a swap, or an extension, would cost now (<https://docs.stripe.com/api/invoices/create_preview>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoicePreview {
    /// What would be charged; negative if it is a credit. All the parts below add up to it.
    pub due: Money,
    /// Line by line, before discounts and tax.
    pub lines: Vec<PreviewLine>,
    /// What discounts take off: negative, or zero.
    pub discount_minor: i64,
    /// Tax that is added to the lines.
    pub tax_minor: i64,
    /// What the customer's balance at Stripe takes off, or adds.
    pub balance_minor: i64,
}

/// A line of a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    /// The Stripe Price that it is for.
    pub stripe_price_id: Option<String>,
    /// What it adds; a credit is negative.
    pub amount: Money,
    /// Whether it is for a part of a period.
    pub is_proration: bool,
    /// The end of what it covers.
    pub until: Timestamp,
}
