//! Whether Stripe charges what falls due.

/// Whether the invoices of a Stripe Subscription are charged (<https://docs.stripe.com/billing/subscriptions/pause>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// They are.
    Runs,
    /// We had Stripe keep them as drafts, by `pause_collection`.
    PausedByUs,
    /// The merchant paused them at Stripe, for a reason of their own.
    PausedByMerchant,
    /// They are: we had paused them, and somebody ended that at Stripe. Our mark is still there, and would make the next pause
    /// ours.
    ResumedElsewhere,
}
