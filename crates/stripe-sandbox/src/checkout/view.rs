//! The types that the payment page is built from.

use std::fmt;

/// A Checkout Session as its page shows it. Amounts are in the currency's minor unit.
#[expect(clippy::struct_excessive_bools, reason = "each is one question that the page asks")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutView {
    /// The session's id, `cs_test_…`.
    pub session_id: String,
    /// Whether it can still be paid.
    pub state: CheckoutState,
    /// What paying does.
    pub mode: CheckoutMode,
    /// Whether the page stands alone or is mounted by the seller's own.
    pub ui_mode: UiMode,
    /// The seller.
    pub merchant_name: String,
    /// What is bought; nothing in setup mode.
    pub lines: Vec<CheckoutLine>,
    /// Lower-case ISO 4217 code; empty in setup mode when none was given.
    pub currency: String,
    /// The sum of the lines before discounts.
    pub subtotal: i64,
    /// What the discount takes off.
    pub discount_total: i64,
    /// What is charged now.
    pub total: i64,
    /// The discount applied, if any.
    pub discount: Option<Discount>,
    /// Whether the page offers a field for a promotion code.
    pub allow_promotion_codes: bool,
    /// Days without charge at the start of a subscription.
    pub trial_days: Option<i64>,
    /// Whether a card must be given; not when nothing is due and the session asks for one only if needed.
    pub card_required: bool,
    /// The customer's e-mail address, when known.
    pub email: Option<String>,
    /// Whether cards are taken.
    pub takes_cards: bool,
    /// Whether bank debits are taken.
    pub takes_debits: bool,
    /// Whether a bank was asked for the money of a complete session and has not answered, or refused.
    pub unpaid: bool,
    /// Whether the address may be changed on the page; a known customer's may not.
    pub email_editable: bool,
    /// The customer's name, when known.
    pub customer_name: Option<String>,
    /// Cards the customer saved before.
    pub saved_cards: Vec<SavedCard>,
    /// Where "back" leads.
    pub cancel_url: Option<String>,
    /// Where a paid session leads, with the session's id filled in (the return URL for embedded sessions, unless they stay
    /// where they are).
    pub success_url: Option<String>,
    /// The return URL of an embedded session as it was given.
    pub return_url: Option<String>,
    /// What opens an embedded session.
    pub client_secret: Option<String>,
}

/// Whether a session can still be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutState {
    /// Waiting for the customer.
    Open,
    /// Paid or set up.
    Complete,
    /// Too late, or ended by the seller.
    Expired,
}

/// What completing a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutMode {
    /// One payment.
    Payment,
    /// A payment that repeats.
    Subscription,
    /// A card kept for later; nothing is charged.
    Setup,
}

/// How the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UiMode {
    /// On the sandbox's own page.
    Hosted,
    /// Inside the seller's page.
    Embedded,
    /// Out of parts that the seller puts together; the sandbox has no page for it.
    Custom,
}

/// One line of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutLine {
    /// The product's name.
    pub name: String,
    /// The product's description.
    pub description: Option<String>,
    /// The product's first image.
    pub image: Option<String>,
    /// How many.
    pub quantity: i64,
    /// The price of one.
    pub unit_amount: i64,
    /// The line's total before discounts.
    pub amount: i64,
    /// How often it repeats; nothing for what is paid once.
    pub interval: Option<Interval>,
}

/// How often a price repeats: every `count` `unit`s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// `day`, `week`, `month` or `year`.
    pub unit: String,
    /// At least 1.
    pub count: i64,
}

/// A discount as the page words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    /// The promotion code or the coupon's name.
    pub label: String,
    /// A percentage, when the coupon has one.
    pub percent_off: Option<String>,
    /// What it takes off now.
    pub amount_off: i64,
    /// For how long it does.
    pub duration: DiscountDuration,
}

/// For how long a discount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscountDuration {
    /// For the first invoice.
    Once,
    /// For this many months.
    Months(i64),
    /// For as long as the subscription lives.
    Forever,
}

/// A card that the customer saved before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCard {
    /// The payment method, `pm_…`.
    pub payment_method: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: i64,
    /// Four digits.
    pub exp_year: i64,
}

/// What the customer typed. Nothing of it is logged.
#[derive(Clone, Default)]
pub struct PayInput {
    /// The e-mail address; ignored when the session has a customer with one.
    pub email: String,
    /// The name on the card.
    pub name: String,
    /// Digits, with or without spaces. Empty to use `saved_card`, or when no card is required.
    pub card_number: String,
    /// 1 to 12.
    pub exp_month: i64,
    /// Two or four digits.
    pub exp_year: i64,
    /// Three digits, four for American Express.
    pub cvc: String,
    /// Two-letter country of the billing address.
    pub country: Option<String>,
    /// Postal code of the billing address.
    pub postal_code: Option<String>,
    /// A saved card to pay with in place of a number.
    pub saved_card: Option<String>,
    /// A bank account to debit in place of a card.
    pub iban: Option<String>,
}

impl fmt::Debug for PayInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PayInput").finish_non_exhaustive()
    }
}

/// What became of an attempt to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayOutcome {
    /// Done.
    Paid {
        /// Where to send the customer; nothing for embedded sessions that stay where they are.
        redirect: Option<String>,
    },
    /// The bank asks for 3-D Secure: send the customer to `/3ds/{intent_id}`.
    ChallengeRequired {
        /// A payment intent or a setup intent.
        intent_id: String,
    },
    /// The card was refused and nothing was charged.
    Declined {
        /// Stripe's error code, such as `card_declined` or `expired_card`.
        code: String,
        /// The issuer's reason, such as `insufficient_funds`.
        decline_code: Option<String>,
        /// A sentence for the customer.
        message: String,
        /// The parameter it is about: `number`, `exp_month`, `exp_year`, `cvc` or `email`.
        param: Option<String>,
    },
    /// The session was complete or expired already; nothing was charged now.
    Closed {
        /// Which of the two.
        state: CheckoutState,
        /// Where a complete session leads.
        redirect: Option<String>,
    },
}

/// A 3-D Secure challenge as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeView {
    /// The payment intent or setup intent.
    pub intent_id: String,
    /// Whether it still waits for an answer.
    pub pending: bool,
    /// The seller.
    pub merchant_name: String,
    /// What would be charged, in minor units; nothing for a setup.
    pub amount: Option<i64>,
    /// Lower-case ISO 4217 code.
    pub currency: Option<String>,
    /// The card's last four digits.
    pub last4: String,
    /// The Checkout Session it belongs to, if any.
    pub session_id: Option<String>,
    /// Where the customer goes once the challenge is passed: the session's success URL or the intent's return URL.
    pub leads_to: Option<String>,
}

/// What became of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChallengeOutcome {
    /// Passed (or, for an intent made by the API, answered either way): go on to `redirect`.
    Continue {
        /// The session's success URL or the intent's return URL.
        redirect: Option<String>,
    },
    /// Failed inside a Checkout Session: back to the payment page, where another card can be tried.
    Failed {
        /// The Checkout Session.
        session_id: String,
        /// A sentence for the customer.
        message: String,
    },
    /// There was nothing to answer any more.
    Settled {
        /// Where to go from here, when known.
        redirect: Option<String>,
    },
}

/// What became of a promotion code typed on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromotionOutcome {
    /// The code counts now.
    Applied,
    /// There is no such code, or it does not fit; the text says which.
    Refused {
        /// A sentence for the customer.
        message: String,
    },
}
