//! A Stripe that never answers: for tests that must get by without it, or see what happens when it is away.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_core::ports::{
    Answer, BilledInvoice, BilledSubscription, BillingEnd, CardSetup, Charge, ChargeOutcome, Charged,
    CheckoutSession, CustomerContact, CustomerDraft, Discount, EventReader, EventSubject, Extension,
    InvoicePreview, KeptCards, MoneyBack, OpenCardSetup, OpenCheckout, OpenPortal, PaymentAttempt,
    PaymentGateway, Payments, PaymentsError, PriceDraft, PriceSwap, ProductDraft, RefundOf, RejectedEvent,
    ScheduledSwap, StripeCredentials, StripeEvent, StripePrice, SwapCharge,
};
use perennial_domain::SubscriptionChangeId;
use secrecy::SecretString;

/// Every call ends without an answer, and every webhook is forged.
#[derive(Clone, Copy, Debug, Default)]
pub struct SilentStripe;

fn silence<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(PaymentsError::NoAnswer("this Stripe never answers".to_owned()))))
}

impl PaymentGateway for SilentStripe {
    fn account(&self, _: &StripeCredentials) -> Arc<dyn Payments> {
        Arc::new(Self)
    }
}

impl Payments for SilentStripe {
    fn create_customer<'a>(&'a self, _: &'a CustomerDraft) -> Answer<'a, String> {
        silence()
    }

    fn update_customer<'a>(&'a self, _: &'a str, _: &'a CustomerContact) -> Answer<'a, ()> {
        silence()
    }

    fn has_customer<'a>(&'a self, _: &'a str) -> Answer<'a, bool> {
        silence()
    }

    fn open_checkout<'a>(&'a self, _: &'a OpenCheckout) -> Answer<'a, CheckoutSession> {
        silence()
    }

    fn checkout<'a>(&'a self, _: &'a str) -> Answer<'a, CheckoutSession> {
        silence()
    }

    fn expire_checkout<'a>(&'a self, _: &'a str) -> Answer<'a, CheckoutSession> {
        silence()
    }

    fn finished_checkouts(&self, _: Timestamp) -> Answer<'_, Vec<CheckoutSession>> {
        silence()
    }

    fn find_discount<'a>(&'a self, _: &'a str) -> Answer<'a, Option<Discount>> {
        silence()
    }

    fn subscription<'a>(&'a self, _: &'a str) -> Answer<'a, BilledSubscription> {
        silence()
    }

    fn schedule_end<'a>(&'a self, _: &'a str, _: BillingEnd) -> Answer<'a, BilledSubscription> {
        silence()
    }

    fn cancel_subscription<'a>(&'a self, _: &'a str) -> Answer<'a, BilledSubscription> {
        silence()
    }

    fn pause_collection<'a>(&'a self, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn resume_collection<'a>(&'a self, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn preview_swap<'a>(
        &'a self,
        _: &'a BilledSubscription,
        _: &'a PriceSwap,
        _: SwapCharge,
    ) -> Answer<'a, InvoicePreview> {
        silence()
    }

    fn preview_renewal<'a>(
        &'a self,
        _: &'a BilledSubscription,
        _: &'a PriceSwap,
    ) -> Answer<'a, InvoicePreview> {
        silence()
    }

    fn swap_price<'a>(
        &'a self,
        _: SubscriptionChangeId,
        _: &'a PriceSwap,
        _: SwapCharge,
    ) -> Answer<'a, BilledSubscription> {
        silence()
    }

    fn schedule_swap<'a>(&'a self, _: &'a ScheduledSwap) -> Answer<'a, BilledSubscription> {
        silence()
    }

    fn unschedule_swap<'a>(&'a self, _: &'a str) -> Answer<'a, BilledSubscription> {
        silence()
    }

    fn invoice<'a>(&'a self, _: &'a str) -> Answer<'a, BilledInvoice> {
        silence()
    }

    fn invoices<'a>(&'a self, _: &'a str, _: Option<Timestamp>) -> Answer<'a, Vec<BilledInvoice>> {
        silence()
    }

    fn refund<'a>(&'a self, _: &'a str, _: RefundOf) -> Answer<'a, ()> {
        silence()
    }

    fn money_back<'a>(&'a self, _: &'a str) -> Answer<'a, MoneyBack> {
        silence()
    }

    fn pay_invoice<'a>(&'a self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn advance_invoice<'a>(&'a self, _: &'a str, _: bool) -> Answer<'a, ()> {
        silence()
    }

    fn finalize_invoice<'a>(&'a self, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn void_invoice<'a>(&'a self, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn payment_attempt<'a>(&'a self, _: &'a str) -> Answer<'a, PaymentAttempt> {
        silence()
    }

    fn confirm_payment<'a>(&'a self, _: &'a str, _: &'a str) -> Answer<'a, PaymentAttempt> {
        silence()
    }

    fn cards<'a>(&'a self, _: &'a str) -> Answer<'a, KeptCards> {
        silence()
    }

    fn open_card_setup<'a>(&'a self, _: &'a OpenCardSetup) -> Answer<'a, CardSetup> {
        silence()
    }

    fn card_setup<'a>(&'a self, _: &'a str) -> Answer<'a, CardSetup> {
        silence()
    }

    fn finished_card_setups(&self, _: Timestamp) -> Answer<'_, Vec<CardSetup>> {
        silence()
    }

    fn use_card<'a>(&'a self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn use_card_for<'a>(&'a self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn charge<'a>(&'a self, _: &'a Charge) -> Answer<'a, ChargeOutcome> {
        silence()
    }

    fn finish_charge<'a>(&'a self, _: &'a Charge) -> Answer<'a, Option<Charged>> {
        silence()
    }

    fn preview_extension<'a>(&'a self, _: &'a Extension) -> Answer<'a, InvoicePreview> {
        silence()
    }

    fn drop_price<'a>(&'a self, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn put_product<'a>(&'a self, _: &'a ProductDraft) -> Answer<'a, String> {
        silence()
    }

    fn create_price<'a>(&'a self, _: &'a PriceDraft) -> Answer<'a, String> {
        silence()
    }

    fn archive_price<'a>(&'a self, _: &'a str) -> Answer<'a, ()> {
        silence()
    }

    fn price<'a>(&'a self, _: &'a str) -> Answer<'a, StripePrice> {
        silence()
    }

    fn open_portal<'a>(&'a self, _: &'a OpenPortal) -> Answer<'a, String> {
        silence()
    }
}

impl EventReader for SilentStripe {
    fn read(
        &self,
        _: &[u8],
        _: &str,
        _: &[SecretString],
        _: Timestamp,
    ) -> Result<StripeEvent, RejectedEvent> {
        Err(RejectedEvent::Forged)
    }

    fn subject(&self, _: &str, _: &str) -> EventSubject {
        EventSubject::Other
    }
}
