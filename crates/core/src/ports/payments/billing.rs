//! What Stripe bills: subscriptions and their invoices.

use jiff::Timestamp;
use perennial_domain::{CheckoutId, Money, Subscription};

use super::{BilledItem, Collection, InvoiceStatus};

/// The state of a Stripe Subscription (<https://docs.stripe.com/api/subscriptions/object#subscription_object-status>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillingStatus {
    /// The first payment is missing.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    /// Nothing is charged yet.
    Trialing,
    /// In order.
    Active,
    /// A renewal failed; retries run.
    PastDue,
    /// Retries are over, invoices go on.
    Unpaid,
    /// Over.
    Canceled,
    /// A trial ended without a card.
    Paused,
}

impl BillingStatus {
    /// Whether nothing renews any more, for good.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

/// When billing stops by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillingEnd {
    /// With the running period.
    WithPeriod,
    /// Later than that, because the customer is bound for longer.
    At(Timestamp),
    /// Not at all.
    Never,
}

impl BillingEnd {
    /// The end of a subscription at this time: with its running period, where that is over then.
    pub fn of(subscription: &Subscription, end: Timestamp, now: Timestamp) -> Self {
        let running_until = subscription.period_at(now).and_then(|period| period.end);
        if running_until == Some(end) { Self::WithPeriod } else { Self::At(end) }
    }
}

/// A Stripe Subscription.
#[derive(Clone, Debug)]
pub struct BilledSubscription {
    /// `sub_…`.
    pub id: String,
    /// The checkout that made it, from its metadata.
    pub checkout_id: Option<CheckoutId>,
    /// Its state.
    pub status: BillingStatus,
    /// Whether what falls due is charged.
    pub collection: Collection,
    /// What it bills for.
    pub items: Vec<BilledItem>,
    /// Whether something is taken off what its prices come to.
    pub has_discounts: bool,
    /// Whether something is scheduled for the next period.
    pub has_schedule: bool,
    /// The invoice that a swap of prices waits for, `in_…`. Once that is paid Stripe swaps by itself.
    pub awaited_invoice_id: Option<String>,
    /// When the current period began.
    pub current_period_start: Timestamp,
    /// When the current period is over.
    pub current_period_end: Timestamp,
    /// When it will end: from `cancel_at`, or from `cancel_at_period_end`.
    pub cancel_at: Option<Timestamp>,
    /// When that was decided.
    pub canceled_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it ended because nobody paid, all retries included.
    pub ended_unpaid: bool,
    /// The card that pays for it, `pm_…`, if one was chosen for it.
    pub payment_method_id: Option<String>,
}

impl BilledSubscription {
    /// Whether an invoice is for the period that runs at Stripe, or for a later one.
    pub fn is_running_at(&self, invoice: &BilledInvoice) -> bool {
        invoice.period.is_some_and(|(start, _)| self.current_period_start <= start)
    }

    /// Whether an invoice renews it: it is for a whole period, and no change waits for it.
    pub fn is_renewed_by(&self, invoice: &BilledInvoice) -> bool {
        invoice.is_renewal() && self.awaited_invoice_id.as_ref() != Some(&invoice.id)
    }

    /// Whether Stripe charges this renewal by itself, now or soon. Drafts of what the merchant has paused are theirs.
    pub fn charges_by_itself(&self, invoice: &BilledInvoice) -> bool {
        let is_to_come = match invoice.status {
            InvoiceStatus::Open => true,
            InvoiceStatus::Draft => self.collection != Collection::PausedByMerchant,
            InvoiceStatus::Paid | InvoiceStatus::Void | InvoiceStatus::Uncollectible => false,
        };
        is_to_come && invoice.advances && self.is_renewed_by(invoice)
    }
}

/// Why an invoice was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillingReason {
    /// With the subscription.
    SubscriptionCreate,
    /// For a later period.
    SubscriptionCycle,
    /// For a change.
    SubscriptionUpdate,
    /// Anything else.
    Other,
}

/// A Stripe Invoice.
#[derive(Clone, Debug)]
pub struct BilledInvoice {
    /// `in_…`.
    pub id: String,
    /// The Stripe Subscription it is for.
    pub stripe_subscription_id: Option<String>,
    /// The Stripe Customer.
    pub stripe_customer_id: Option<String>,
    /// Why it was made.
    pub reason: BillingReason,
    /// How it stands.
    pub status: InvoiceStatus,
    /// How often Stripe tried to charge it, by its own schedule.
    pub attempts: u32,
    /// Whether Stripe finalizes and charges it by itself.
    pub advances: bool,
    /// When Stripe tries again by itself.
    pub next_attempt_at: Option<Timestamp>,
    /// What it asks for.
    pub total: Money,
    /// What would be charged: the total, less what the customer's balance pays.
    pub due: Money,
    /// What was paid on it.
    pub paid: Money,
    /// The period that its subscription line covers.
    pub period: Option<(Timestamp, Timestamp)>,
    /// The payment intent that paid it.
    pub payment_intent_id: Option<String>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl BilledInvoice {
    /// Whether the money is here.
    pub fn is_paid(&self) -> bool {
        self.status == InvoiceStatus::Paid
    }

    /// Whether nothing more can become of it: it is paid or void.
    pub fn is_final(&self) -> bool {
        matches!(self.status, InvoiceStatus::Paid | InvoiceStatus::Void)
    }

    /// Whether it is for a whole period of its subscription, and not the first one: a renewal, or another rhythm.
    pub fn is_renewal(&self) -> bool {
        matches!(self.reason, BillingReason::SubscriptionCycle | BillingReason::SubscriptionUpdate)
            && self.period.is_some()
    }

    /// Whether a charge was tried and failed, and it still waits for its money.
    pub fn is_failing(&self) -> bool {
        self.status == InvoiceStatus::Open && self.attempts > 0
    }
}
