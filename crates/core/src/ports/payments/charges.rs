//! Charging a card that Stripe keeps, while its customer is away.

use jiff::Timestamp;
use perennial_domain::{CheckoutId, Currency, Money};

use super::{BilledInvoice, BilledSubscription, Refusal};

/// What is charged to a saved card.
#[derive(Clone, Debug)]
pub struct Charge {
    /// The checkout that it pays; makes the keys, and is found again in Stripe's metadata.
    pub id: CheckoutId,
    /// The Stripe Customer.
    pub stripe_customer_id: String,
    /// Their card.
    pub stripe_payment_method_id: String,
    /// What for.
    pub goods: ChargeGoods,
    /// The discount in force.
    pub stripe_promotion_code_id: Option<String>,
    /// What it has to come to.
    pub total: Money,
    /// Whether the customer is there to answer their bank. Of the goods only an extension can wait for that.
    pub customer_is_there: bool,
}

/// What a saved card is charged for, by Stripe Prices.
#[derive(Clone, Debug)]
pub enum ChargeGoods {
    /// One invoice.
    Once {
        /// Its lines.
        stripe_prices: Vec<String>,
    },
    /// A new Stripe Subscription.
    Subscribe {
        /// What renews; at least one.
        stripe_prices: Vec<String>,
        /// What is charged with the first period only.
        extras: Vec<String>,
    },
    /// More that renews on a Stripe Subscription that runs, at once and for the rest of its period.
    Extend(Extension),
}

/// More that renews on a Stripe Subscription, and what is bought once with it: one invoice takes both, or neither is had.
#[derive(Clone, Debug)]
pub struct Extension {
    /// The Stripe Subscription.
    pub stripe_subscription_id: String,
    /// What is added; at least one.
    pub stripe_prices: Vec<String>,
    /// What is charged once, beside them.
    pub extras: Vec<String>,
    /// The moment from which the rest of the period is counted, so that a preview and the charge agree.
    pub prorated_at: Timestamp,
}

/// What came of a charge.
#[derive(Clone, Debug)]
pub enum ChargeOutcome {
    /// The money is there.
    Paid(Box<Charged>),
    /// The bank said no. Nothing is left at Stripe.
    Declined(Refusal),
    /// The bank wants to hear its customer. Nothing is left at Stripe.
    NeedsConfirmation(Refusal),
    /// Stripe has it ready, and makes it once this invoice is paid: the bank wants to hear its customer, who is there, or
    /// the card did not pay. Voiding the invoice drops it.
    Waiting {
        /// `in_…`.
        stripe_invoice_id: String,
    },
    /// It would have come to another sum. Nothing is left at Stripe.
    Differs(Money),
}

/// What Stripe made of a charge that went through.
#[derive(Clone, Debug)]
pub struct Charged {
    /// `sub_…` or `in_…`.
    pub id: String,
    /// The Stripe Subscription that it began.
    pub subscription: Option<BilledSubscription>,
    /// The invoice that was paid; `None` where nothing was due, or where it is not known any more.
    pub invoice: Option<BilledInvoice>,
}

impl Charge {
    /// The currency that it is charged in.
    pub const fn currency(&self) -> Currency {
        self.total.currency
    }
}
