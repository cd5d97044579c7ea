//! A merchant with a Stripe of their own: the sandbox, in this process, on the test's clock.

use std::sync::Arc;
use std::time::Duration;

use perennial_core::catalog::{apply_catalog, parse_catalog};
use perennial_core::checkout::{
    OrderRequest, StartCheckout, StartCheckoutError, Started, place_order, start_checkout,
};
use perennial_core::context::App;
use perennial_core::ports::{Clock, FixedClock, StripeCredentials};
use perennial_core::projects::{add_webhook_secret, connect_stripe};
use perennial_core::webhooks::{Intake, ReceiveError};
use perennial_domain::{
    AddonOrder, Card, CardBrand, Checkout, CheckoutTerms, Customer, CustomerId, Goods, Money, Order,
    OrderLine, Payment, PaymentMethod, PaymentMethodKind, Product, ProjectId, SimChoice, Subscription,
    SubscriptionId, SubscriptionOrder,
};
use perennial_store::tables::{PageRequest, SubscriptionFilter};
use perennial_stripe::{StripeEventReader, StripeGateway};
use perennial_worker::{Worker, WorkerOptions};
use secrecy::SecretString;
use stripe_sandbox::checkout::{PayInput, PayOutcome};
use stripe_sandbox::webhooks::WebhookDelivery;
use stripe_sandbox::{Dunning, Sandbox, SandboxOptions, Storage, WebhookTarget};

use crate::line::NoPause;
use crate::{Caller, Line, Postbox, TestApp, rows};

const STRIPE: &str = "http://stripe.test";
const WEBHOOK_SECRET: &str = "whsec_test_0123456789abcdef";
/// The card that always works.
const GOOD_CARD: &str = "4242424242424242";

/// One of each way to sell. `line` and `line-large` exclude each other.
const CATALOG: &str = include_str!("merchant.toml");

/// What may be different about a merchant.
#[derive(Clone, Debug)]
pub struct MerchantOptions {
    /// How their Stripe deals with renewals that are not paid.
    pub dunning: Dunning,
    /// Where their Stripe keeps its objects.
    pub storage: Storage,
    /// The events that they want to hear of.
    pub enabled_events: Vec<String>,
    /// Whether their Stripe lists events that they do not want to hear of.
    pub keep_unheard_events: bool,
    /// What they sell, as a catalogue file.
    pub catalog: &'static str,
    /// How many tasks are worked on at once. With more than one, nobody knows in which order.
    pub tasks_at_once: usize,
}

impl Default for MerchantOptions {
    fn default() -> Self {
        Self {
            dunning: Dunning::default(),
            storage: Storage::Memory,
            enabled_events: vec!["*".to_owned()],
            keep_unheard_events: true,
            catalog: CATALOG,
            tasks_at_once: 1,
        }
    }
}

/// A merchant whose catalogue is at Stripe.
pub struct Merchant {
    /// The application.
    pub test: TestApp,
    /// Their Stripe.
    pub sandbox: Sandbox,
    /// The line to it.
    pub line: Arc<Line>,
    /// Where its webhooks land.
    pub postbox: Arc<Postbox>,
    tasks_at_once: usize,
}

impl Merchant {
    /// A merchant with a catalogue, and no customers.
    pub async fn new() -> Self {
        Self::with(MerchantOptions::default()).await
    }

    /// A merchant whose Stripe deals so with renewals that are not paid.
    pub async fn with_dunning(dunning: Dunning) -> Self {
        Self::with(MerchantOptions { dunning, ..MerchantOptions::default() }).await
    }

    /// A merchant who is different, without customers.
    pub async fn with(options: MerchantOptions) -> Self {
        let clock = Arc::new(FixedClock::at(crate::app::START.parse().expect("a time")));
        let postbox = Arc::new(Postbox::default());
        let sandbox = open_sandbox(&clock, &postbox, &options);
        let line = Arc::new(Line::to(sandbox.router()));
        let gateway = StripeGateway::new(Arc::clone(&line) as _).with_pause(Arc::new(NoPause));
        let test = TestApp::with_stripe(clock, Arc::new(gateway), Arc::new(StripeEventReader)).await;
        let merchant = Self { test, sandbox, line, postbox, tasks_at_once: options.tasks_at_once };
        merchant.connect().await;
        merchant.apply(options.catalog).await;
        merchant
    }

    /// The application.
    pub fn app(&self) -> &App {
        self.test.app()
    }

    /// The merchant's project.
    pub fn project(&self) -> ProjectId {
        self.test.project().id
    }

    async fn connect(&self) {
        let credentials = StripeCredentials {
            secret_key: SecretString::from("sk_test_merchant"),
            api_base: STRIPE.to_owned(),
        };
        connect_stripe(self.app(), self.project(), &credentials).await.expect("the account is kept");
        add_webhook_secret(self.app(), self.project(), &SecretString::from(WEBHOOK_SECRET))
            .await
            .expect("the secret is kept");
    }

    /// Applies a catalogue file.
    pub async fn apply(&self, file: &str) {
        let file = parse_catalog(file).expect("the file has no mistakes");
        apply_catalog(self.app(), self.project(), file).await.expect("Stripe takes it");
    }

    /// A customer with this address.
    pub async fn customer(&self, email: &str) -> Customer {
        let (project, email) = (self.project(), email.to_owned());
        self.test
            .write(move |cx, tx| {
                let customer = rows::customer(cx, project, &email);
                tx.customers(project).insert(&customer)?;
                Ok(customer)
            })
            .await
    }

    /// The product with this key.
    pub async fn product(&self, key: &'static str) -> Product {
        let project = self.project();
        let found = self.test.write(move |_, tx| tx.products(project).find_by_reference(key)).await;
        found.expect("the catalogue has it")
    }

    /// An order of this plan at its price.
    pub async fn order(&self, plan: &'static str) -> Order {
        self.order_with(plan, &[]).await
    }

    /// An order of this plan and these add-ons at their prices.
    pub async fn order_with(&self, plan: &'static str, addons: &[&'static str]) -> Order {
        let (project, product) = (self.project(), self.product(plan).await);
        let mut addon_ids = Vec::new();
        for addon in addons {
            addon_ids.push(self.product(addon).await.id);
        }
        let sim = if product.plan_facts.is_some() { SimChoice::NewEsim } else { SimChoice::NotNeeded };
        let request = OrderRequest { plan: product.id, addons: addon_ids, voucher: None };
        let placed =
            self.app().read(move |_, tx| place_order(tx, project, &request)).await.expect("it is on sale");
        let (plan, addons) = placed.lines();
        let goods = SubscriptionOrder { addons, sim, ..SubscriptionOrder::of(plan) };
        Order { goods: Goods::Subscription(goods), voucher: None, due_now: placed.due_now }
    }

    /// An order of this plan in the place of a live subscription.
    pub async fn order_instead_of(&self, replaced: SubscriptionId, plan: &'static str) -> Order {
        let order = self.order(plan).await;
        let goods = match order.goods {
            Goods::Subscription(goods) => {
                Goods::Subscription(SubscriptionOrder { replaces: Some(replaced), ..goods })
            }
            other @ (Goods::Addons(_) | Goods::PlanChange(_)) => other,
        };
        Order { goods, ..order }
    }

    /// An order of these add-ons on a live subscription, at their full prices.
    pub async fn order_on(&self, subscription: SubscriptionId, addons: &[&'static str]) -> Order {
        let project = self.project();
        let mut lines = Vec::new();
        for addon in addons {
            let product = self.product(addon).await;
            let prices = self.app().read(move |_, tx| tx.prices(project).active_of_product(product.id)).await;
            let price = prices.expect("the list works").into_iter().next().expect("it is on sale");
            lines.push(OrderLine { product_id: price.product_id, price_id: price.id, amount: price.amount });
        }
        let currency = lines.first().expect("an order has a line").amount.currency;
        let sum = lines.iter().map(|line| line.amount.amount_minor).sum();
        let goods = AddonOrder { subscription_id: subscription, addons: lines, prorated_at: None };
        Order { goods: Goods::Addons(goods), voucher: None, due_now: Money::new(sum, currency) }
    }

    /// A merchant whose one customer has bought this plan.
    pub async fn with_subscriber(plan: &'static str) -> (Self, Subscription) {
        let merchant = Self::new().await;
        let subscription = merchant.sell(plan).await;
        (merchant, subscription)
    }

    /// Sells a plan to a first customer, with a card that works, and hears of it from Stripe.
    pub async fn sell(&self, plan: &'static str) -> Subscription {
        let customer = self.customer("ada@example.com").await;
        let checkout = self.open(customer.id, plan).await;
        self.pay(&checkout).await;
        self.hear_from_stripe().await;
        self.only_subscription().await
    }

    /// Starts to buy a plan.
    pub async fn start(
        &self,
        customer: CustomerId,
        plan: &'static str,
    ) -> Result<Started, StartCheckoutError> {
        self.start_order(customer, self.order(plan).await).await
    }

    /// Starts to buy what was ordered.
    pub async fn start_order(
        &self,
        customer: CustomerId,
        order: Order,
    ) -> Result<Started, StartCheckoutError> {
        let command = StartCheckout {
            project: self.project(),
            customer,
            connect_session: None,
            order,
            terms: CheckoutTerms::default(),
            lifetime: None,
            locale: "en-US".to_owned(),
            return_url: "https://connect.example/return".to_owned(),
            cancel_url: "https://connect.example/review".to_owned(),
        };
        start_checkout(self.app(), command).await
    }

    /// Starts to buy a plan that costs something; answers the checkout.
    pub async fn open(&self, customer: CustomerId, plan: &'static str) -> Checkout {
        self.open_order(customer, self.order(plan).await).await
    }

    /// Starts to buy what was ordered and costs something; answers the checkout.
    pub async fn open_order(&self, customer: CustomerId, order: Order) -> Checkout {
        let started = self.start_order(customer, order).await.expect("the checkout opens");
        let Started::Pay { checkout, .. } = started else { panic!("it is free") };
        let project = self.project();
        self.test
            .write(move |_, tx| tx.checkouts(project).find(checkout))
            .await
            .expect("the checkout is kept")
    }

    /// Pays a checkout with this card, on Stripe's page.
    pub async fn pay_with(&self, checkout: &Checkout, card_number: &str) -> PayOutcome {
        let session = checkout.stripe_session_id.as_deref().expect("Stripe knows it");
        self.pay_page(session, card_number).await
    }

    /// Types this card on the page of a Checkout Session, whatever it asks for it.
    pub async fn pay_page(&self, session: &str, card_number: &str) -> PayOutcome {
        let input = PayInput {
            name: "Ada Quill".to_owned(),
            email: "ada@example.com".to_owned(),
            card_number: card_number.to_owned(),
            exp_month: 12,
            exp_year: 2039,
            cvc: "123".to_owned(),
            ..PayInput::default()
        };
        self.sandbox.pay(session, input).await.expect("the sandbox works").expect("the session exists")
    }

    /// Pays a checkout with a card that works.
    pub async fn pay(&self, checkout: &Checkout) {
        let outcome = self.pay_with(checkout, GOOD_CARD).await;
        assert!(matches!(outcome, PayOutcome::Paid { .. }), "the card was refused: {outcome:?}");
    }

    /// Pays a Checkout Session with a card that works.
    pub async fn pay_session(&self, session: &str) {
        let outcome = self.pay_page(session, GOOD_CARD).await;
        assert!(matches!(outcome, PayOutcome::Paid { .. }), "the card was refused: {outcome:?}");
    }

    /// The webhooks that Stripe has sent since the last time, oldest first.
    pub async fn webhooks(&self) -> Vec<WebhookDelivery> {
        self.sandbox.deliver_due().await.expect("the sandbox delivers");
        self.postbox.take()
    }

    /// Lets one webhook arrive.
    pub async fn receive(&self, delivery: &WebhookDelivery) -> Result<(), ReceiveError> {
        let intake = Intake::open(self.app().clone(), Duration::ZERO);
        intake.receive("p", &delivery.signature, delivery.body.as_bytes()).await
    }

    /// Has Stripe keep a test card (<https://docs.stripe.com/testing>), such as `pm_card_visa`, as the customer's
    /// default one. They must have bought something before.
    pub async fn keep_card(&self, customer: CustomerId, card: &str) -> PaymentMethod {
        let project = self.project();
        let known = self.test.write(move |_, tx| tx.customers(project).find(customer)).await;
        let stripe_id = known.and_then(|customer| customer.stripe_customer_id).expect("Stripe knows them");
        let form = format!("customer={stripe_id}");
        let path = format!("/v1/payment_methods/{card}/attach");
        let attached = self.stripe().post_form(&path, &form).await.expect(200);
        let card = Card {
            stripe_payment_method_id: attached["id"].as_str().expect("it has an id").to_owned(),
            kind: PaymentMethodKind::Card,
            brand: CardBrand::Visa,
            last4: attached["card"]["last4"].as_str().expect("it is a card").to_owned(),
            exp_month: 12,
            exp_year: 2039,
        };
        self.test
            .write(move |cx, tx| {
                let before = tx.payment_methods(project).default_of(customer)?;
                if let Some(before) = before {
                    tx.payment_methods(project).update(&PaymentMethod { is_default: false, ..before })?;
                }
                let method = PaymentMethod {
                    id: cx.id(),
                    project_id: project,
                    customer_id: customer,
                    card: card.clone(),
                    is_default: true,
                    created_at: cx.now(),
                    detached_at: None,
                };
                tx.payment_methods(project).insert(&method)?;
                Ok(method)
            })
            .await
    }

    /// Stripe's own API, as the merchant uses it beside us.
    pub fn stripe(&self) -> Caller {
        Caller::new(self.sandbox.router(), "sk_test_merchant")
    }

    /// Lets every webhook arrive that Stripe has sent, and works on them.
    pub async fn hear_from_stripe(&self) {
        for delivery in self.webhooks().await {
            self.receive(&delivery).await.expect("the webhook is genuine");
        }
        self.work().await;
    }

    /// Runs every task that is due.
    pub async fn work(&self) -> usize {
        let options = WorkerOptions { concurrency: self.tasks_at_once, ..WorkerOptions::default() };
        let worker = Worker::new(self.app().clone(), options);
        worker.drain().await.expect("the queue works")
    }

    /// The one subscription that there is.
    pub async fn only_subscription(&self) -> Subscription {
        let subscriptions: [Subscription; 1] =
            self.subscriptions().await.try_into().expect("there is one subscription");
        let [subscription] = subscriptions;
        subscription
    }

    /// The merchant's subscriptions, newest first.
    pub async fn subscriptions(&self) -> Vec<Subscription> {
        let project = self.project();
        let request = PageRequest { after: None, before: None, limit: 100 };
        let page = self
            .app()
            .read(move |_, tx| tx.subscriptions(project).page(&SubscriptionFilter::default(), request));
        page.await.expect("the list works").items
    }

    /// The payments of a checkout.
    pub async fn payments(&self, checkout: &Checkout) -> Vec<Payment> {
        let (project, id) = (self.project(), checkout.id);
        self.test.write(move |_, tx| tx.payments(project).of_checkout(id)).await
    }

    /// The checkout as it is now.
    pub async fn reload(&self, checkout: &Checkout) -> Checkout {
        let (project, id) = (self.project(), checkout.id);
        self.test
            .write(move |_, tx| tx.checkouts(project).find(id))
            .await
            .expect("checkouts are never deleted")
    }
}

fn open_sandbox(clock: &Arc<FixedClock>, postbox: &Arc<Postbox>, different: &MerchantOptions) -> Sandbox {
    let clock = Arc::clone(clock);
    let options = SandboxOptions {
        base_url: STRIPE.to_owned(),
        clock: Arc::new(move || clock.now().as_second()),
        webhook: Some(WebhookTarget {
            url: "https://api.example/webhooks/stripe/p".to_owned(),
            secret: WEBHOOK_SECRET.to_owned(),
            enabled_events: different.enabled_events.clone(),
        }),
        storage: different.storage.clone(),
        transport: Some(Arc::clone(postbox) as _),
        deliver_before_redirect: false,
        dunning: different.dunning.clone(),
        keep_unheard_events: different.keep_unheard_events,
        ..SandboxOptions::default()
    };
    Sandbox::open(options).expect("the sandbox opens")
}
