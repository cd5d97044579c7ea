//! A merchant with a Stripe of their own: the sandbox, in this process, on the test's clock.

mod buying;
mod orders;
mod stripe;
mod time;

pub use time::days;

use std::sync::Arc;

use perennial_core::catalog::{apply_catalog, parse_catalog};
use perennial_core::context::App;
use perennial_core::ports::{Clock, FixedClock, StripeCredentials, Teller};
use perennial_core::projects::{add_webhook_secret, connect_stripe};
use perennial_domain::{
    Checkout, Customer, CustomerId, CustomerStatus, Payment, ProjectId, Subscription, SubscriptionId,
};
use perennial_store::tables::{PageRequest, SubscriptionFilter};
use perennial_stripe::{StripeEventReader, StripeGateway};
use perennial_worker::{Worker, WorkerOptions};
use secrecy::SecretString;
use stripe_sandbox::{Dunning, Sandbox, SandboxOptions, Storage, WebhookTarget};

use crate::line::NoPause;
use crate::{Line, PlainTeller, Postbox, TestApp, rows};

const STRIPE: &str = "http://stripe.test";
const WEBHOOK_SECRET: &str = "whsec_test_0123456789abcdef";

/// One of each way to sell. `line` and `line-large` exclude each other.
const CATALOG: &str = include_str!("merchant.toml");

/// What may be different about a merchant.
#[derive(Clone, Debug)]
pub struct MerchantOptions {
    /// How their Stripe deals with renewals that are not paid.
    pub dunning: Dunning,
    /// How many seconds their Stripe leaves a renewal's invoice a draft before it charges.
    pub renewal_draft_seconds: i64,
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
    /// By how many seconds their Stripe's clock is behind ours.
    pub stripe_behind_seconds: i64,
}

impl Default for MerchantOptions {
    fn default() -> Self {
        Self {
            dunning: Dunning::default(),
            renewal_draft_seconds: 0,
            storage: Storage::Memory,
            enabled_events: vec!["*".to_owned()],
            keep_unheard_events: true,
            catalog: CATALOG,
            tasks_at_once: 1,
            stripe_behind_seconds: 0,
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
        Self::told_by(options, vec![Arc::new(PlainTeller)]).await
    }

    /// The same, with doors that tell others what happens.
    pub async fn told_by(options: MerchantOptions, tellers: Vec<Arc<dyn Teller>>) -> Self {
        let clock = Arc::new(FixedClock::at(crate::app::START.parse().expect("a time")));
        let postbox = Arc::new(Postbox::default());
        let sandbox = open_sandbox(&clock, &postbox, &options);
        let line = Arc::new(Line::to(sandbox.router()));
        let gateway = StripeGateway::new(Arc::clone(&line) as _).with_pause(Arc::new(NoPause));
        let (gateway, events) = (Arc::new(gateway), Arc::new(StripeEventReader));
        let test = TestApp::with_stripe_and_doors(clock, gateway, events, tellers).await;
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

    /// Has the customer act no more, as an operator does.
    pub async fn block(&self, id: CustomerId) {
        let project = self.project();
        self.test
            .write(move |_, tx| {
                let mut customer = tx.customers(project).lock(id)?.expect("the customer is there");
                customer.status = CustomerStatus::Blocked;
                tx.customers(project).update(&customer)
            })
            .await;
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

    /// The payments for a subscription but for the first one, which a checkout has made.
    pub async fn renewals(&self, subscription: SubscriptionId) -> Vec<Payment> {
        let project = self.project();
        let payments = self.test.write(move |_, tx| tx.payments(project).of_subscription(subscription));
        let mut payments = payments.await;
        payments.retain(|payment| payment.checkout_id.is_none());
        payments
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
    let (clock, behind) = (Arc::clone(clock), different.stripe_behind_seconds);
    let options = SandboxOptions {
        base_url: STRIPE.to_owned(),
        clock: Arc::new(move || clock.now().as_second() - behind),
        webhook: Some(WebhookTarget {
            url: "https://api.example/webhooks/stripe/p".to_owned(),
            secret: WEBHOOK_SECRET.to_owned(),
            enabled_events: different.enabled_events.clone(),
        }),
        storage: different.storage.clone(),
        transport: Some(Arc::clone(postbox) as _),
        deliver_before_redirect: false,
        dunning: different.dunning.clone(),
        renewal_draft_seconds: different.renewal_draft_seconds,
        keep_unheard_events: different.keep_unheard_events,
        ..SandboxOptions::default()
    };
    Sandbox::open(options).expect("the sandbox opens")
}
