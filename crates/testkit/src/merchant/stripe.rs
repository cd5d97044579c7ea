//! The merchant's Stripe, as they use it beside us: its webhooks, its API, and the cards that it keeps.

use std::time::Duration;

use perennial_core::webhooks::{Intake, ReceiveError};
use perennial_domain::{Card, CardBrand, CustomerId, PaymentMethod, PaymentMethodKind};
use serde_json::Value;
use stripe_sandbox::webhooks::WebhookDelivery;

use super::Merchant;
use crate::Caller;

impl Merchant {
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

    /// From now on this test card pays for the newest Stripe Subscription. We hear of it when Stripe tells.
    pub async fn use_card(&self, card: &str) {
        let (stripe, billed) = (self.stripe(), self.billed().await);
        let customer = billed["customer"].as_str().expect("it has a customer");
        let attach = format!("/v1/payment_methods/{card}/attach");
        let kept = stripe.post_form(&attach, &format!("customer={customer}")).await.expect(200);
        let path = format!("/v1/subscriptions/{}", billed["id"].as_str().expect("it has an id"));
        let form = format!("default_payment_method={}", kept["id"].as_str().expect("it has an id"));
        stripe.post_form(&path, &form).await.expect(200);
    }

    /// The newest Stripe Subscription, whether it is over or not.
    pub async fn billed(&self) -> Value {
        let all = self.stripe().get("/v1/subscriptions?status=all").await.expect(200);
        all["data"][0].clone()
    }

    /// What left the customers' cards so far, in minor units, oldest first.
    pub async fn charged(&self) -> Vec<i64> {
        let charges = self.stripe().get("/v1/charges?limit=100").await.expect(200);
        let newest_first = charges["data"].as_array().expect("it is a list").iter();
        let paid = newest_first.rev().filter(|charge| charge["paid"] == true);
        paid.map(|charge| charge["amount"].as_i64().expect("it is a number")).collect()
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
}
