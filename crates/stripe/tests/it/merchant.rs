//! A merchant whose Stripe is the sandbox's router, in this process and under a fixed clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use perennial_core::ports::{
    CheckoutLine, CheckoutMode, CheckoutSession, CustomerDraft, OpenCheckout, PaymentGateway, Payments,
    PriceDraft, ProductDraft, StripeCredentials,
};
use perennial_domain::{CheckoutId, CheckoutUi, Currency, Money, PaymentMethods, Span, Term, TermUnit};
use perennial_stripe::{ServiceTransport, StripeGateway, Transport};
use stripe_sandbox::checkout::{PayInput, PayOutcome};
use stripe_sandbox::webhooks::{DeliveryFuture, WebhookDelivery, WebhookTransport};
use stripe_sandbox::{Sandbox, SandboxOptions, WebhookTarget};

use crate::script::id;

/// 1 March 2026, noon, UTC.
pub(crate) const NOON: i64 = 1_772_366_400;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const SECRET: &str = "whsec_test";

pub(crate) fn monthly() -> Term {
    Term::Recurring(Span { unit: TermUnit::Month, count: 1 })
}

pub(crate) fn euro(amount: i64) -> Money {
    Money::new(amount, Currency::from_code("EUR").unwrap())
}

/// A merchant with the sandbox for a Stripe.
pub(crate) struct Merchant {
    pub(crate) account: Arc<dyn Payments>,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) delivered: Delivered,
}

/// Webhooks that arrived.
#[derive(Clone, Default)]
pub(crate) struct Delivered(pub(crate) Arc<Mutex<Vec<WebhookDelivery>>>);

impl WebhookTransport for Delivered {
    fn deliver(&self, delivery: WebhookDelivery) -> DeliveryFuture<'_> {
        self.0.lock().unwrap().push(delivery);
        Box::pin(std::future::ready(Ok(200)))
    }
}

impl Merchant {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(NOON));
        let hand = Arc::clone(&clock);
        let delivered = Delivered::default();
        let sandbox = Sandbox::open(SandboxOptions {
            base_url: "http://sandbox.test".to_owned(),
            clock: Arc::new(move || hand.load(Ordering::SeqCst)),
            transport: Some(Arc::new(delivered.clone())),
            webhook: Some(WebhookTarget {
                url: "http://perennial.test/webhooks".to_owned(),
                secret: SECRET.to_owned(),
                enabled_events: vec!["*".to_owned()],
            }),
            ..SandboxOptions::default()
        })
        .unwrap();
        let gateway = StripeGateway::new(Arc::new(ServiceTransport::new(sandbox.router())));
        let credentials =
            StripeCredentials { secret_key: "sk_test_1".into(), api_base: "http://sandbox.test".to_owned() };
        Self { account: gateway.account(&credentials), sandbox, clock, delivered }
    }

    /// What the port has no word for: the merchant does it in the dashboard.
    pub(crate) async fn in_the_dashboard(&self, path: &str, form: &'static str) {
        let request = Request::post(path)
            .header("authorization", "Bearer sk_test_1")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from_static(form.as_bytes()));
        let answer = ServiceTransport::new(self.sandbox.router()).send(request.unwrap()).await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    pub(crate) fn product(name: &str) -> ProductDraft {
        ProductDraft {
            id: id(3),
            stripe_product_id: None,
            name: name.to_owned(),
            description: Some("5 GB".to_owned()),
            image: Some("https://shop.test/s.png".to_owned()),
            is_active: true,
        }
    }

    async fn price(&self, term: Term) -> String {
        let stripe_product_id = self.account.put_product(&Self::product("Phone S")).await.unwrap();
        self.account
            .create_price(&PriceDraft { id: id(4), stripe_product_id, amount: euro(1450), term })
            .await
            .unwrap()
    }

    pub(crate) async fn request(&self, checkout: CheckoutId, term: Term) -> OpenCheckout {
        let customer = CustomerDraft {
            id: id(1),
            email: Some("ada@example.com".to_owned()),
            name: Some("Ada Lovelace".to_owned()),
            locale: "de".to_owned(),
            organization: None,
            replaces: None,
        };
        OpenCheckout {
            id: checkout,
            stripe_customer_id: self.account.create_customer(&customer).await.unwrap(),
            mode: if term.renews() { CheckoutMode::Subscription } else { CheckoutMode::Once },
            lines: vec![CheckoutLine { stripe_price_id: self.price(term).await }],
            stripe_promotion_code_id: None,
            return_url: "http://perennial.test/back?session={CHECKOUT_SESSION_ID}".to_owned(),
            cancel_url: "http://perennial.test/review".to_owned(),
            expires_at: Some(Timestamp::from_second(NOON + 3_600).unwrap()),
            locale: "de-DE".to_owned(),
            ui: CheckoutUi::Hosted,
            payment_methods: PaymentMethods::Cards,
            reference: None,
            metadata: vec![],
        }
    }

    pub(crate) async fn open(&self, term: Term) -> CheckoutSession {
        let request = self.request(id(7), term).await;
        self.account.open_checkout(&request).await.unwrap()
    }

    pub(crate) async fn pay(&self, session: &CheckoutSession, card_number: &str) -> PayOutcome {
        let input = PayInput {
            name: "Ada Lovelace".to_owned(),
            card_number: card_number.to_owned(),
            exp_month: 12,
            exp_year: 2034,
            cvc: "123".to_owned(),
            ..PayInput::default()
        };
        self.sandbox.pay(&session.id, input).await.unwrap().unwrap()
    }

    /// A subscription that was just paid.
    pub(crate) async fn subscribed(&self) -> CheckoutSession {
        let session = self.open(monthly()).await;
        let outcome = self.pay(&session, "4242424242424242").await;
        let redirect = format!("http://perennial.test/back?session={}", session.id);
        assert_eq!(outcome, PayOutcome::Paid { redirect: Some(redirect) });
        self.account.checkout(&session.id).await.unwrap()
    }
}
