//! How far an attempt to get money has come, and what of the money went back.

use jiff::Timestamp;
use perennial_domain::{DisputeStanding, PaymentFailure};

/// The state of a Stripe Invoice (<https://docs.stripe.com/api/invoices/object#invoice_object-status>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceStatus {
    /// Stripe still writes it.
    Draft,
    /// It waits for its money.
    Open,
    /// The money is here, or none was asked for.
    Paid,
    /// The merchant does not expect the money any more; it may still come.
    Uncollectible,
    /// It counts no more, and can never be paid.
    Void,
}

/// What an attempt waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// The bank.
    Processing,
    /// Nothing: the money is here.
    Succeeded,
    /// The customer, whom the bank wants to ask.
    NeedsConfirmation {
        /// Where the bank asks; only after the customer was announced by `confirm_payment`.
        bank_url: Option<String>,
    },
    /// Another try, or another card.
    NeedsPaymentMethod,
    /// Nothing: nobody wants the money any more.
    Canceled,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptFailure {
    /// In Stripe's words.
    pub failure: PaymentFailure,
    /// The card's bank forbids to try the same card again.
    pub is_final: bool,
}

/// What is true of a Stripe payment intent.
#[derive(Clone, Debug)]
pub struct PaymentAttempt {
    /// What it waits for.
    pub state: AttemptState,
    /// Why the last try failed, if it did.
    pub failure: Option<AttemptFailure>,
    /// What was charged last, `pm_…`.
    pub payment_method_id: Option<String>,
    /// When the card was charged last.
    pub last_charged_at: Option<Timestamp>,
}

/// What of a payment went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyBack {
    /// What the merchant gave back so far, in minor units of the payment's currency.
    pub refunded_minor: i64,
    /// What the customer's bank took back.
    pub dispute: Option<DisputeStanding>,
}
