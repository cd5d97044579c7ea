//! Moving money. A refusal is an answer; no answer is an error that is asked again with the same key.
//!
//! Every request that makes something carries one of our ids, and the adapter makes its idempotency key from it:
//! asked twice, Stripe does it once.

mod attempts;
mod billing;
mod cards;
mod catalog;
mod changes;
mod charges;
mod checkouts;
mod collection;
mod customers;
mod portal;
mod refunds;

pub use attempts::{AttemptFailure, AttemptState, InvoiceStatus, MoneyBack, PaymentAttempt};
pub use billing::{BilledInvoice, BilledSubscription, BillingEnd, BillingReason, BillingStatus};
pub use cards::{CardSetup, KeptCard, KeptCards, OpenCardSetup};
pub use catalog::{PriceDraft, ProductDraft, StripePrice};
pub use changes::{BilledItem, InvoicePreview, PreviewLine, PriceSwap, ScheduledSwap, SwapCharge};
pub use charges::{Charge, ChargeGoods, ChargeOutcome, Charged, Extension};
pub use checkouts::{
    CheckoutLine, CheckoutMode, CheckoutSession, CheckoutSessionStatus, Discount, OpenCheckout,
};
pub use collection::Collection;
pub use customers::{CustomerContact, CustomerDraft};
pub use portal::OpenPortal;
pub use refunds::RefundOf;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::SubscriptionChangeId;
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

impl PaymentsError {
    /// Whether Stripe says no to what was asked, and not to who asked.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.kind != RefusalKind::Credentials)
    }

    /// Whether Stripe says no to the discount, and perhaps to nothing else.
    pub fn is_about_discount(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.kind == RefusalKind::Discount)
    }

    /// Whether Stripe knows no such thing. What it does not know it does not bill either.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.kind == RefusalKind::NotFound)
    }
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

impl Refusal {
    /// Stripe's word for why a card did not pay; what is no matter of the card has a word of ours.
    pub fn word(&self) -> &str {
        self.decline_code.as_deref().or(self.code.as_deref()).unwrap_or("refused")
    }
}

/// What kind of no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// There is no such thing at Stripe.
    NotFound,
    /// The card was declined.
    Card,
    /// The discount cannot be had: it is used up, or not for this order or this customer.
    Discount,
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

    /// Has a Stripe Customer reached and called so from now on. Told twice it is the same.
    fn update_customer<'a>(
        &'a self,
        stripe_customer_id: &'a str,
        contact: &'a CustomerContact,
    ) -> Answer<'a, ()>;

    /// Whether Stripe still has a customer: one that was deleted there never comes back.
    fn has_customer<'a>(&'a self, stripe_customer_id: &'a str) -> Answer<'a, bool>;

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

    /// Has Stripe charge nothing for a subscription: what falls due stays a draft until `resume_collection`. A pause of the
    /// merchant's own is left as it is. It sets a fact, so asking twice is harmless.
    fn pause_collection<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, ()>;

    /// Ends what `pause_collection` began, and nothing else. Drafts stay drafts. It sets a fact, so asking twice is harmless.
    fn resume_collection<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, ()>;

    /// What a swap of prices would cost. `billed` is the subscription as it is now: who previews several swaps looks once.
    fn preview_swap<'a>(
        &'a self,
        billed: &'a BilledSubscription,
        swap: &'a PriceSwap,
        due: SwapCharge,
    ) -> Answer<'a, InvoicePreview>;

    /// What the next renewal would be charged if prices were swapped by then, and nothing for the swap itself.
    fn preview_renewal<'a>(
        &'a self,
        billed: &'a BilledSubscription,
        swap: &'a PriceSwap,
    ) -> Answer<'a, InvoicePreview>;

    /// Swaps prices now and charges what that costs. Nothing changes unless it is paid:
    /// until then the answer names the invoice that the swap waits for, and voiding that drops the swap
    /// (<https://docs.stripe.com/billing/subscriptions/pending-updates>). `change` makes the key.
    fn swap_price<'a>(
        &'a self,
        change: SubscriptionChangeId,
        swap: &'a PriceSwap,
        due: SwapCharge,
    ) -> Answer<'a, BilledSubscription>;

    /// Swaps prices when the next period begins; takes the place of what was scheduled before. It sets a fact, so asking twice
    /// is harmless.
    fn schedule_swap<'a>(&'a self, swap: &'a ScheduledSwap) -> Answer<'a, BilledSubscription>;

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

    /// Gives all the money of a payment back, once. `paid` makes the key.
    fn refund<'a>(&'a self, payment_intent_id: &'a str, paid: RefundOf) -> Answer<'a, ()>;

    /// What of a payment went back: refunds, and disputes.
    fn money_back<'a>(&'a self, payment_intent_id: &'a str) -> Answer<'a, MoneyBack>;

    /// Charges an open invoice to a card, while the customer is there. Asked again for the same invoice and card it
    /// answers the same. One that is paid already is no refusal; a card that does not pay is a refusal of the kind
    /// `Card`.
    fn pay_invoice<'a>(&'a self, stripe_invoice_id: &'a str, payment_method_id: &'a str) -> Answer<'a, ()>;

    /// Decides whether Stripe goes on with an invoice by itself: finalizes and charges a draft, tries an open one again. It
    /// sets a fact, so asking twice is harmless.
    fn advance_invoice<'a>(&'a self, stripe_invoice_id: &'a str, by_itself: bool) -> Answer<'a, ()>;

    /// Opens a draft for payment, without charging it. One that is open already is no refusal.
    fn finalize_invoice<'a>(&'a self, stripe_invoice_id: &'a str) -> Answer<'a, ()>;

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

    /// What an extension would be charged, to the cent, and why.
    fn preview_extension<'a>(&'a self, extension: &'a Extension) -> Answer<'a, InvoicePreview>;

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
