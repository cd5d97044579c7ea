//! One merchant's Stripe account: each method of the port is one function of a resource.

use jiff::Timestamp;
use perennial_core::ports::{
    Answer, BilledInvoice, BilledSubscription, BillingEnd, CardSetup, Charge, ChargeOutcome, Charged,
    CheckoutSession, CustomerContact, CustomerDraft, Discount, Extension, InvoicePreview, KeptCards,
    MoneyBack, OpenCardSetup, OpenCheckout, OpenPortal, PaymentAttempt, Payments, PriceDraft, PriceSwap,
    ProductDraft, RefundOf, ScheduledSwap, StripePrice, SwapCharge,
};
use perennial_domain::SubscriptionChangeId;

use crate::client::Client;
use crate::resources::{
    billing_portal, card_setups, charges, checkout_sessions, collection, customers, invoice_previews,
    invoices, payment_intents, payment_methods, prices, products, promotion_codes, refunds,
    subscription_schedules, subscriptions, swaps,
};

/// One merchant's Stripe account.
pub(crate) struct Account {
    client: Client,
}

impl Account {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }
}

impl Payments for Account {
    fn create_customer<'a>(&'a self, customer: &'a CustomerDraft) -> Answer<'a, String> {
        Box::pin(customers::create(&self.client, customer))
    }

    fn update_customer<'a>(
        &'a self,
        stripe_customer_id: &'a str,
        contact: &'a CustomerContact,
    ) -> Answer<'a, ()> {
        Box::pin(customers::update(&self.client, stripe_customer_id, contact))
    }

    fn has_customer<'a>(&'a self, stripe_customer_id: &'a str) -> Answer<'a, bool> {
        Box::pin(customers::exists(&self.client, stripe_customer_id))
    }

    fn open_checkout<'a>(&'a self, request: &'a OpenCheckout) -> Answer<'a, CheckoutSession> {
        Box::pin(checkout_sessions::open(&self.client, request))
    }

    fn checkout<'a>(&'a self, stripe_session_id: &'a str) -> Answer<'a, CheckoutSession> {
        Box::pin(checkout_sessions::retrieve(&self.client, stripe_session_id))
    }

    fn expire_checkout<'a>(&'a self, stripe_session_id: &'a str) -> Answer<'a, CheckoutSession> {
        Box::pin(checkout_sessions::expire(&self.client, stripe_session_id))
    }

    fn finished_checkouts(&self, created_since: Timestamp) -> Answer<'_, Vec<CheckoutSession>> {
        Box::pin(checkout_sessions::finished(&self.client, created_since))
    }

    fn find_discount<'a>(&'a self, code: &'a str) -> Answer<'a, Option<Discount>> {
        Box::pin(promotion_codes::find(&self.client, code))
    }

    fn subscription<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, BilledSubscription> {
        Box::pin(subscriptions::retrieve(&self.client, stripe_subscription_id))
    }

    fn schedule_end<'a>(
        &'a self,
        stripe_subscription_id: &'a str,
        end: BillingEnd,
    ) -> Answer<'a, BilledSubscription> {
        Box::pin(subscriptions::schedule_end(&self.client, stripe_subscription_id, end))
    }

    fn cancel_subscription<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, BilledSubscription> {
        Box::pin(subscriptions::cancel(&self.client, stripe_subscription_id))
    }

    fn pause_collection<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, ()> {
        Box::pin(collection::pause(&self.client, stripe_subscription_id))
    }

    fn resume_collection<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, ()> {
        Box::pin(collection::resume(&self.client, stripe_subscription_id))
    }

    fn preview_swap<'a>(
        &'a self,
        billed: &'a BilledSubscription,
        swap: &'a PriceSwap,
        due: SwapCharge,
    ) -> Answer<'a, InvoicePreview> {
        Box::pin(invoice_previews::of_swap(&self.client, billed, swap, due))
    }

    fn preview_renewal<'a>(
        &'a self,
        billed: &'a BilledSubscription,
        swap: &'a PriceSwap,
    ) -> Answer<'a, InvoicePreview> {
        Box::pin(invoice_previews::of_renewal(&self.client, billed, swap))
    }

    fn swap_price<'a>(
        &'a self,
        change: SubscriptionChangeId,
        swap: &'a PriceSwap,
        due: SwapCharge,
    ) -> Answer<'a, BilledSubscription> {
        Box::pin(swaps::now(&self.client, change, swap, due))
    }

    fn schedule_swap<'a>(&'a self, swap: &'a ScheduledSwap) -> Answer<'a, BilledSubscription> {
        Box::pin(subscription_schedules::put(&self.client, swap))
    }

    fn unschedule_swap<'a>(&'a self, stripe_subscription_id: &'a str) -> Answer<'a, BilledSubscription> {
        Box::pin(subscription_schedules::release(&self.client, stripe_subscription_id))
    }

    fn invoice<'a>(&'a self, stripe_invoice_id: &'a str) -> Answer<'a, BilledInvoice> {
        Box::pin(invoices::retrieve(&self.client, stripe_invoice_id))
    }

    fn invoices<'a>(
        &'a self,
        stripe_subscription_id: &'a str,
        created_since: Option<Timestamp>,
    ) -> Answer<'a, Vec<BilledInvoice>> {
        Box::pin(invoices::list(&self.client, stripe_subscription_id, created_since))
    }

    fn refund<'a>(&'a self, payment_intent_id: &'a str, paid: RefundOf) -> Answer<'a, ()> {
        Box::pin(refunds::create(&self.client, payment_intent_id, paid))
    }

    fn money_back<'a>(&'a self, payment_intent_id: &'a str) -> Answer<'a, MoneyBack> {
        Box::pin(payment_intents::money_back(&self.client, payment_intent_id))
    }

    fn pay_invoice<'a>(&'a self, stripe_invoice_id: &'a str, payment_method_id: &'a str) -> Answer<'a, ()> {
        Box::pin(invoices::pay(&self.client, stripe_invoice_id, payment_method_id))
    }

    fn advance_invoice<'a>(&'a self, stripe_invoice_id: &'a str, by_itself: bool) -> Answer<'a, ()> {
        Box::pin(invoices::advance(&self.client, stripe_invoice_id, by_itself))
    }

    fn finalize_invoice<'a>(&'a self, stripe_invoice_id: &'a str) -> Answer<'a, ()> {
        Box::pin(invoices::finalize(&self.client, stripe_invoice_id))
    }

    fn void_invoice<'a>(&'a self, stripe_invoice_id: &'a str) -> Answer<'a, ()> {
        Box::pin(invoices::void(&self.client, stripe_invoice_id))
    }

    fn payment_attempt<'a>(&'a self, payment_intent_id: &'a str) -> Answer<'a, PaymentAttempt> {
        Box::pin(payment_intents::retrieve(&self.client, payment_intent_id))
    }

    fn confirm_payment<'a>(
        &'a self,
        payment_intent_id: &'a str,
        return_url: &'a str,
    ) -> Answer<'a, PaymentAttempt> {
        Box::pin(payment_intents::confirm(&self.client, payment_intent_id, return_url))
    }

    fn cards<'a>(&'a self, stripe_customer_id: &'a str) -> Answer<'a, KeptCards> {
        Box::pin(payment_methods::of_customer(&self.client, stripe_customer_id))
    }

    fn open_card_setup<'a>(&'a self, request: &'a OpenCardSetup) -> Answer<'a, CardSetup> {
        Box::pin(card_setups::open(&self.client, request))
    }

    fn card_setup<'a>(&'a self, stripe_session_id: &'a str) -> Answer<'a, CardSetup> {
        Box::pin(card_setups::retrieve(&self.client, stripe_session_id))
    }

    fn finished_card_setups(&self, created_since: Timestamp) -> Answer<'_, Vec<CardSetup>> {
        Box::pin(card_setups::finished(&self.client, created_since))
    }

    fn use_card<'a>(&'a self, stripe_customer_id: &'a str, payment_method_id: &'a str) -> Answer<'a, ()> {
        Box::pin(payment_methods::make_default(&self.client, stripe_customer_id, payment_method_id))
    }

    fn use_card_for<'a>(
        &'a self,
        stripe_subscription_id: &'a str,
        payment_method_id: &'a str,
    ) -> Answer<'a, ()> {
        Box::pin(payment_methods::make_default_of_subscription(
            &self.client,
            stripe_subscription_id,
            payment_method_id,
        ))
    }

    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeOutcome> {
        Box::pin(charges::take(&self.client, charge))
    }

    fn finish_charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, Option<Charged>> {
        Box::pin(charges::finish(&self.client, charge))
    }

    fn preview_extension<'a>(&'a self, extension: &'a Extension) -> Answer<'a, InvoicePreview> {
        Box::pin(charges::preview(&self.client, extension))
    }

    fn drop_price<'a>(&'a self, stripe_subscription_id: &'a str, stripe_price_id: &'a str) -> Answer<'a, ()> {
        Box::pin(charges::drop_price(&self.client, stripe_subscription_id, stripe_price_id))
    }

    fn put_product<'a>(&'a self, product: &'a ProductDraft) -> Answer<'a, String> {
        Box::pin(products::put(&self.client, product))
    }

    fn create_price<'a>(&'a self, price: &'a PriceDraft) -> Answer<'a, String> {
        Box::pin(prices::create(&self.client, price))
    }

    fn archive_price<'a>(&'a self, stripe_price_id: &'a str) -> Answer<'a, ()> {
        Box::pin(prices::archive(&self.client, stripe_price_id))
    }

    fn price<'a>(&'a self, stripe_price_id: &'a str) -> Answer<'a, StripePrice> {
        Box::pin(prices::retrieve(&self.client, stripe_price_id))
    }

    fn open_portal<'a>(&'a self, visit: &'a OpenPortal) -> Answer<'a, String> {
        Box::pin(billing_portal::open(&self.client, visit))
    }
}
