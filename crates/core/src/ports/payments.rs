//! Moving money. A refusal is an answer; no answer is an error that is asked again with the same key.
//!
//! Every request that makes something carries one of our ids, and the adapter makes its idempotency key from it:
//! asked twice, Stripe does it once.

mod attempts;
mod cards;
mod changes;
mod charges;

pub use attempts::{AttemptFailure, AttemptState, InvoiceStatus, MoneyBack, PaymentAttempt};
pub use cards::{CardSetup, KeptCard, KeptCards, OpenCardSetup};
pub use changes::{BilledItem, PriceSwap, ScheduledSwap, SwapLine, SwapPreview};
pub use charges::{Charge, ChargeGoods, ChargeOutcome, Charged, Extension};
mod portal;
mod prices;

pub use portal::OpenPortal;
pub use prices::StripePrice;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::{
    CheckoutId, CheckoutUi, Currency, CustomerId, Money, PaymentMethods, PriceId, ProductId,
    SubscriptionChangeId, Term,
};
use secrecy::SecretString;

/// An answer that is waited for.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, PaymentsError>> + Send + 'a>>;

/// Why nothing was done, or is known to have been done.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsError {
    /// Stripe answered no. Asking again changes nothing.
    #[error("Stripe refused: {0}")]
    Refused(Refusal),
    /// Nothing came back, or Stripe is overloaded. What happened is unknown: ask again with the same key.
    #[error("Stripe did not answer: {0}")]
    NoAnswer(String),
    /// Something came back that is not what Stripe's API promises.
    #[error("Stripe's answer cannot be read: {0}")]
    Nonsense(String),
}

/// Stripe's no (<https://docs.stripe.com/api/errors>).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// Stripe's `code`.
    pub code: Option<String>,
    /// Stripe's `decline_code`, for a card.
    pub decline_code: Option<String>,
    /// Stripe's words; never shown to customers.
    pub message: String,
}

/// What kind of no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// There is no such thing at Stripe.
    NotFound,
    /// The card was declined.
    Card,
    /// The request cannot be done as it is, or in this state.
    Invalid,
    /// The account's key is wrong.
    Credentials,
}

/// What opens a merchant's Stripe account.
#[derive(Clone, Debug)]
pub struct StripeCredentials {
    /// The secret key.
    pub secret_key: SecretString,
    /// `https://api.stripe.com`, or a sandbox.
    pub api_base: String,
}

/// Gives access to the Stripe accounts of merchants.
pub trait PaymentGateway: Send + Sync {
    /// The account that these credentials open. Cheap: connections are shared.
    fn account(&self, credentials: &StripeCredentials) -> Arc<dyn Payments>;
}

/// One merchant's Stripe account.
pub trait Payments: Send + Sync {
    /// Makes the Stripe Customer of one of our customers; answers its id.
    fn create_customer<'a>(&'a self, customer: &'a CustomerDraft) -> Answer<'a, String>;

    /// Opens a Checkout Session. Asked again for the same checkout it answers the same session.
    fn open_checkout<'a>(&'a self, request: &'a OpenCheckout) -> Answer<'a, CheckoutSession>;

    /// What is true of a Checkout Session now.
    fn checkout<'a>(&'a self, stripe_session_id: &'a str) -> Answer<'a, CheckoutSession>;

    /// Closes an open Checkout Session. Refused when it is not open any more.
    fn expire_checkout<'a>(&'a self, stripe_session_id: &'a str) -> Answer<'a, CheckoutSession>;

    /// All Checkout Sessions of this account that were created since and are complete or expired: a sweep by list.
    fn finished_checkouts(&self, created_since: Timestamp) -> Answer<'_, Vec<CheckoutSession>>;

    /// The discount behind a code that a customer typed; `None` when there is none in force.
    fn find_discount<'a>(&'a self, code: &'a str) -> Answer<'a, Option<Discount>>;

    /// What is true of a Stripe Subscription now.
    fn subscription<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, BilledSubscription>;

    /// Decides when a Stripe Subscription ends by itself, or that it does not. It sets a fact, so asking twice is harmless.
    fn schedule_end<'a>(
        &'a self,
        stripe_subscription_id: &'a str,
        end: BillingEnd,
    ) -> Answer<'a, BilledSubscription>;

    /// Ends a Stripe Subscription now. Ending one that is over is no refusal.
    fn cancel_subscription<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, BilledSubscription>;

    /// What a swap of prices would cost, counted from this time on.
    fn preview_swap<'a>(&'a self, swap: &'a PriceSwap, from: Timestamp) -> Answer<'a, SwapPreview>;

    /// Swaps prices now and charges what that costs, counted from this time on. Nothing changes unless it is paid:
    /// until then the answer names the invoice that the swap waits for, and voiding that drops the swap
    /// (<https://docs.stripe.com/billing/subscriptions/pending-updates>). `change` makes the key.
    fn swap_price<'a>(
        &'a self,
        change: SubscriptionChangeId,
        swap: &'a PriceSwap,
        from: Timestamp,
    ) -> Answer<'a, BilledSubscription>;

    /// Swaps prices when the next period begins; takes the place of what was scheduled before. `change` makes the key.
    fn schedule_swap<'a>(
        &'a self,
        change: SubscriptionChangeId,
        swap: &'a ScheduledSwap,
    ) -> Answer<'a, BilledSubscription>;

    /// Takes back what was scheduled for the next period. Where nothing was, nothing changes.
    fn unschedule_swap<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, BilledSubscription>;

    /// What is true of an invoice now.
    fn invoice<'a>(&'a self, stripe_invoice_id: &'a str) -> Answer<'a, BilledInvoice>;

    /// The invoices of a subscription that were created since then, oldest first, whatever became of them; all of them
    /// without a time.
    fn invoices<'a>(
        &'a self,
        stripe_subscription_id: &'a str,
        created_since: Option<Timestamp>,
    ) -> Answer<'a, Vec<BilledInvoice>>;

    /// Gives all the money of a payment back, once. `checkout` makes the key.
    fn refund<'a>(&'a self, payment_intent_id: &'a str, checkout: CheckoutId) -> Answer<'a, ()>;

    /// What of a payment went back: refunds, and disputes.
    fn money_back<'a>(&'a self, payment_intent_id: &'a str) -> Answer<'a, MoneyBack>;

    /// Charges an open invoice to a card, while the customer is there. Asked again for the same invoice and card it
    /// answers the same. One that is paid already is no refusal; a card that does not pay is a refusal of the kind
    /// `Card`.
    fn pay_invoice<'a>(&'a self, stripe_invoice_id: &'a str, payment_method_id: &'a str) -> Answer<'a, ()>;

    /// Sees to it that an invoice can never be paid. One that is paid or void already is left as it is.
    fn void_invoice<'a>(&'a self, stripe_invoice_id: &'a str) -> Answer<'a, ()>;

    /// What is true of a payment intent now.
    fn payment_attempt<'a>(&'a self, payment_intent_id: &'a str) -> Answer<'a, PaymentAttempt>;

    /// Announces to the bank that the customer is there to be asked, and comes back to `return_url`. Asking twice is
    /// harmless: a payment intent takes the money once.
    fn confirm_payment<'a>(
        &'a self,
        payment_intent_id: &'a str,
        return_url: &'a str,
    ) -> Answer<'a, PaymentAttempt>;

    /// All cards that Stripe keeps for a customer.
    fn cards<'a>(&'a self, stripe_customer_id: &'a str) -> Answer<'a, KeptCards>;

    /// Opens a page on which a customer gives a card. Asked again for the same visit and attempt it answers the same.
    fn open_card_setup<'a>(&'a self, request: &'a OpenCardSetup) -> Answer<'a, CardSetup>;

    /// What is true of a page for a card now.
    fn card_setup<'a>(&'a self, stripe_session_id: &'a str) -> Answer<'a, CardSetup>;

    /// The pages for a card that were opened since and on which one was given.
    fn finished_card_setups(&self, created_since: Timestamp) -> Answer<'_, Vec<CardSetup>>;

    /// Makes a card the customer's default one. It sets a fact, so asking twice is harmless.
    fn use_card<'a>(&'a self, stripe_customer_id: &'a str, payment_method_id: &'a str) -> Answer<'a, ()>;

    /// Makes a card the one that pays for a subscription. It sets a fact, so asking twice is harmless.
    fn use_card_for<'a>(
        &'a self,
        stripe_subscription_id: &'a str,
        payment_method_id: &'a str,
    ) -> Answer<'a, ()>;

    /// Charges a saved card, or leaves nothing. Asked again for the same checkout it is one charge.
    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeOutcome>;

    /// What became of a charge whose answer was lost, found by its checkout. What was not paid is taken away, and then
    /// there is nothing.
    fn finish_charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, Option<Charged>>;

    /// What an extension would be charged, to the cent.
    fn preview_extension<'a>(&'a self, extension: &'a Extension) -> Answer<'a, Money>;

    /// Takes a price off a running Stripe Subscription; what is paid stays paid. One that is not there is no refusal.
    fn drop_price<'a>(&'a self, stripe_subscription_id: &'a str, stripe_price_id: &'a str) -> Answer<'a, ()>;

    /// Makes or updates the Stripe Product of a product; answers its id.
    fn put_product<'a>(&'a self, product: &'a ProductDraft) -> Answer<'a, String>;

    /// Makes the Stripe Price of a price; answers its id.
    fn create_price<'a>(&'a self, price: &'a PriceDraft) -> Answer<'a, String>;

    /// Takes a Stripe Price off sale. Who pays it goes on paying it.
    fn archive_price<'a>(&'a self, stripe_price_id: &'a str) -> Answer<'a, ()>;

    /// What is true of a Stripe Price now.
    fn price<'a>(&'a self, stripe_price_id: &'a str) -> Answer<'a, StripePrice>;

    /// Opens a visit to the billing portal; answers its URL.
    fn open_portal<'a>(&'a self, visit: &'a OpenPortal) -> Answer<'a, String>;
}

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
}

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
    /// When Stripe closes it: 30 minutes to 24 hours from now.
    pub expires_at: Timestamp,
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
    /// Off the price, in hundredths of a per cent (2 500 = 25 %), if it is a share.
    pub basis_points: Option<u32>,
    /// Off the price, if it is an amount.
    pub amount: Option<Money>,
}

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

/// When billing stops by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillingEnd {
    /// With the period that is paid.
    WithPeriod,
    /// Later than that, because the customer is bound for longer.
    At(Timestamp),
    /// Not at all.
    Never,
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
    /// What it bills for.
    pub items: Vec<BilledItem>,
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
    /// When Stripe tries again by itself.
    pub next_attempt_at: Option<Timestamp>,
    /// What it asks for.
    pub total: Money,
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

/// What Stripe is told about a product.
#[derive(Clone, Debug)]
pub struct ProductDraft {
    /// Ours; makes the key and the Stripe id's metadata.
    pub id: ProductId,
    /// The Stripe Product that it has already.
    pub stripe_product_id: Option<String>,
    /// What customers read.
    pub name: String,
    /// A sentence for customers.
    pub description: Option<String>,
    /// Absolute URL.
    pub image: Option<String>,
    /// On sale.
    pub is_active: bool,
}

/// What Stripe is told about a price.
#[derive(Clone, Debug)]
pub struct PriceDraft {
    /// Ours; makes the key.
    pub id: PriceId,
    /// The Stripe Product.
    pub stripe_product_id: String,
    /// Per period, or once.
    pub amount: Money,
    /// Recurring terms become recurring prices; all others are one-time.
    pub term: Term,
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

    /// Whether a charge was tried and failed, and it still waits for its money.
    pub fn is_failing(&self) -> bool {
        self.status == InvoiceStatus::Open && self.attempts > 0
    }
}

impl Discount {
    /// What it takes off a price: a share is rounded half up per Stripe's own rounding of line discounts, and
    /// never more than the price. `None` when the discount is an amount of another currency.
    pub fn of(&self, price: Money) -> Option<Money> {
        let off = match (self.basis_points, self.amount) {
            (Some(basis_points), _) => {
                let share = i128::from(price.amount_minor) * i128::from(basis_points);
                i64::try_from((share + 5_000) / 10_000).ok()?
            }
            (None, Some(amount)) if amount.currency == price.currency => amount.amount_minor,
            (None, _) => return None,
        };
        Some(Money::new(off.clamp(0, price.amount_minor), price.currency))
    }

    /// The currency it is bound to, if it is an amount.
    pub fn currency(&self) -> Option<Currency> {
        self.amount.map(|amount| amount.currency)
    }
}
