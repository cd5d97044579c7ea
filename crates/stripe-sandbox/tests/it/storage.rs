//! What a restart remembers.

use serde_json::json;
use stripe_sandbox::{OpenError, Sandbox, SandboxOptions, Storage, WebhookTarget};

use crate::support::Stripe;

#[tokio::test]
async fn a_file_remembers_objects_and_idempotency_keys() {
    let folder = tempfile::tempdir().unwrap();
    let options = || SandboxOptions {
        storage: Storage::File(folder.path().join("stripe.db")),
        ..SandboxOptions::default()
    };
    let key = [("idempotency-key", "k")];
    let made = Stripe::with(options()).call("POST", "/v1/customers", "name=Ada", &key).await;
    let later = Stripe::with(options());
    assert_eq!(later.get(&format!("/v1/customers/{}", made.id())).await.text("/name"), "Ada");
    let again = later.call("POST", "/v1/customers", "name=Ada", &key).await;
    assert_eq!(again.id(), made.id());
}

#[tokio::test]
async fn a_question_may_make_what_it_is_answered_with_also_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let stripe = Stripe::with(SandboxOptions {
        storage: Storage::File(folder.path().join("stripe.db")),
        ..SandboxOptions::default()
    });
    let first = stripe.get("/v1/billing_portal/configurations").await;
    let again = stripe.get("/v1/billing_portal/configurations").await;
    assert_eq!(first.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(first.text("/data/0/id"), again.text("/data/0/id"));
}

#[tokio::test]
async fn what_was_made_is_seen_by_the_next_question_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let stripe = Stripe::with(SandboxOptions {
        storage: Storage::File(folder.path().join("stripe.db")),
        ..SandboxOptions::default()
    });
    for name in ["Ada", "Grace"] {
        let made = stripe.make("/v1/customers", &format!("name={name}")).await;
        let path = format!("/v1/customers/{}", made.id());
        assert_eq!(stripe.get(&path).await.text("/name"), name);
        stripe.make(&path, "name=Edith").await;
        assert_eq!(stripe.get(&path).await.text("/name"), "Edith");
    }
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "a text that is long enough not to be an empty database file".repeat(20)).unwrap();
    let opened = Sandbox::open(SandboxOptions { storage: Storage::File(path), ..SandboxOptions::default() });
    assert!(matches!(opened, Err(OpenError::Database(_))));
}

#[tokio::test]
async fn the_owners_webhook_endpoint_follows_the_options_and_is_not_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let options = |url: &str| SandboxOptions {
        storage: Storage::File(folder.path().join("stripe.db")),
        webhook: Some(WebhookTarget {
            url: url.to_owned(),
            secret: "whsec_chosen".to_owned(),
            enabled_events: vec!["*".to_owned()],
        }),
        ..SandboxOptions::default()
    };
    drop(Stripe::with(options("http://127.0.0.1:1/old")));
    let endpoints = Stripe::with(options("http://127.0.0.1:1/new")).get("/v1/webhook_endpoints").await;
    assert_eq!(endpoints.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(endpoints.text("/data/0/url"), "http://127.0.0.1:1/new");
}

#[tokio::test]
async fn events_are_forgotten_where_nobody_is_told_of_any() {
    let stripe = Stripe::new();
    stripe.make("/v1/customers", "name=Ada").await;
    stripe.advance(29 * 86_400).await;
    stripe.make("/v1/products", "name=Lamp").await;
    stripe.sandbox.deliver_due().await.unwrap();
    assert_eq!(stripe.get("/v1/events").await.body["data"].as_array().unwrap().len(), 2);

    stripe.advance(2 * 86_400).await;
    stripe.sandbox.deliver_due().await.unwrap();

    let left = stripe.get("/v1/events").await;
    assert_eq!(left.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(left.text("/data/0/type"), "product.created");
}

#[tokio::test]
async fn events_are_forgotten_after_thirty_days_unless_someone_waits_for_them() {
    let stripe = Stripe::new();
    stripe.make("/v1/customers", "name=Ada").await;
    stripe
        .make("/v1/webhook_endpoints", "url=http://127.0.0.1:1/dead&enabled_events[]=product.created")
        .await;
    stripe.make("/v1/products", "name=Lamp").await;
    stripe.advance(31 * 86_400).await;

    stripe.sandbox.deliver_due().await.unwrap();

    let left = stripe.get("/v1/events").await;
    assert_eq!(left.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (left.text("/data/0/type"), &left.body["data"][0]["pending_webhooks"]),
        ("product.created", &json!(1))
    );
}
