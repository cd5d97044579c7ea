//! Webhooks that leave the house: who is told, in which order, how often, and when that ends.

mod disabling;
mod sending;
mod telling;

use jiff::SignedDuration;
use perennial_core::events::{Happening, record};
use perennial_core::webhooks_out::{NewEndpoint, add_endpoint};
use perennial_domain::{
    Customer, CustomerId, WebhookAudience, WebhookEndpoint, WebhookEndpointId, WebhookFlavour,
};
use perennial_store::tables::{DeliveryFilter, DeliveryRow};
use perennial_testkit::{TestApp, rows};
use secrecy::SecretString;

const URL: &str = "https://receiver.example/hooks";

async fn endpoint_at(test: &TestApp, url: &str, events: &[&str]) -> (WebhookEndpoint, SecretString) {
    let wanted = NewEndpoint {
        project: test.project().id,
        url: url.to_owned(),
        flavour: WebhookFlavour::Projects,
        events: events.iter().map(|&event| event.to_owned()).collect(),
        audience: WebhookAudience::default(),
        description: None,
    };
    add_endpoint(test.app(), wanted).await.unwrap()
}

/// A customer to whom these things happen, one after the other.
async fn customer(test: &TestApp, email: &'static str, happenings: &'static [Happening]) -> Customer {
    let project = test.project().id;
    let customer = test
        .write(move |cx, tx| {
            let customer = rows::customer(cx, project, email);
            tx.customers(project).insert(&customer)?;
            Ok(customer)
        })
        .await;
    for what in happenings {
        happen(test, customer.id, *what).await;
    }
    customer
}

async fn happen(test: &TestApp, customer: CustomerId, what: Happening) {
    let project = test.project().id;
    test.write(move |cx, tx| record(cx, tx, project, what, customer)).await;
}

async fn deliveries(test: &TestApp, endpoint: WebhookEndpointId) -> Vec<DeliveryRow> {
    let (project, filter) = (test.project().id, DeliveryFilter { endpoint: Some(endpoint), state: None });
    test.write(move |_, tx| tx.webhook_deliveries(project).newest(filter, 100)).await
}

/// Lets time pass, and sends what has become due by then.
async fn wait(test: &TestApp, duration: SignedDuration) {
    test.clock().advance(duration);
    test.send_webhooks().await;
}
