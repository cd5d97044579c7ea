//! Money that is given back.

use perennial_domain::{CheckoutId, PaymentId};

/// What was paid and is given back. Its id makes the refund's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundOf {
    /// What this checkout brought.
    Checkout(CheckoutId),
    /// A payment that no checkout brought: Stripe charged it by itself.
    Payment(PaymentId),
}
