//! Quotes, and the older words for prices and cards.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::Stripe;

/// A quote over so many of a price of 15 dollars; its path.
async fn quote(stripe: &Stripe, customer: &str, recurring: &str) -> String {
    let price = format!("product_data[name]=Plan&currency=usd&unit_amount=1500{recurring}");
    let price = stripe.make("/v1/prices", &price).await.id();
    let form = format!("customer={customer}&line_items[0][price]={price}&line_items[0][quantity]=10");
    let made = stripe.make("/v1/quotes", &form).await;
    assert_eq!((made.text("/status"), made.body["amount_total"].as_i64()), ("draft", Some(15_000)));
    format!("/v1/quotes/{}", made.id())
}

#[tokio::test]
async fn an_accepted_quote_becomes_a_subscription() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let path = quote(&stripe, &customer, "&recurring[interval]=month").await;
    assert_eq!(stripe.post(&format!("{path}/accept"), "").await.status, StatusCode::BAD_REQUEST);
    let open = stripe.make(&format!("{path}/finalize"), "").await;
    assert!(open.text("/number").starts_with("QT-"));
    assert_eq!(open.text("/computed/recurring/interval"), "month");
    let accepted = stripe.make(&format!("{path}/accept"), "expand[]=subscription").await;
    assert_eq!((accepted.text("/status"), accepted.text("/subscription/status")), ("accepted", "active"));
    assert_eq!(stripe.get("/v1/invoices").await.body["data"][0]["amount_paid"], 15_000);
    let lines = stripe.get(&format!("{path}/line_items")).await;
    assert_eq!(lines.body["data"][0]["quantity"], 10);
    assert_eq!(stripe.post(&format!("{path}/cancel"), "").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_paid_once_becomes_a_draft() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let path = quote(&stripe, &customer, "").await;
    stripe.make(&format!("{path}/finalize"), "").await;
    let accepted = stripe.make(&format!("{path}/accept"), "expand[]=invoice").await;
    assert_eq!((accepted.text("/invoice/status"), &accepted.body["subscription"]), ("draft", &Value::Null));
    assert_eq!(accepted.body["invoice"]["total"], 15_000);
}

#[tokio::test]
async fn a_canceled_quote_is_not_finalized() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let path = quote(&stripe, &customer, "").await;
    assert_eq!(stripe.make(&format!("{path}/cancel"), "").await.text("/status"), "canceled");
    assert_eq!(stripe.post(&format!("{path}/finalize"), "").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_plan_is_a_price_by_its_older_name() {
    let stripe = Stripe::new();
    let plan = stripe.make("/v1/plans", "currency=usd&interval=month&amount=2000&product[name]=Plan").await;
    let price = stripe.get(&format!("/v1/prices/{}", plan.id())).await;
    assert_eq!(
        (price.body["unit_amount"].as_i64(), price.text("/recurring/interval")),
        (Some(2_000), "month")
    );
    let path = format!("/v1/plans/{}", plan.id());
    assert_eq!(stripe.make(&path, "metadata[foo]=bar").await.text("/metadata/foo"), "bar");
    assert_eq!(stripe.delete(&path).await.body["deleted"], true);
    assert_eq!(stripe.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stripe.get("/v1/plans").await.body["data"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_source_is_a_card_that_pays() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "email=ada@example.test").await.id();
    let path = format!("/v1/customers/{customer}/sources");
    let card = stripe.make(&path, "source=tok_visa").await;
    assert_eq!((card.text("/object"), card.text("/last4")), ("card", "4242"));
    let price = stripe.monthly_price().await;
    let form = format!("customer={customer}&items[0][price]={price}");
    assert_eq!(stripe.make("/v1/subscriptions", &form).await.text("/status"), "active");
    let own = format!("{path}/{}", card.id());
    assert_eq!(stripe.make(&own, "metadata[foo]=bar").await.text("/metadata/foo"), "bar");
    assert_eq!(stripe.delete(&own).await.body["deleted"], true);
    let methods = stripe.get(&format!("/v1/customers/{customer}/payment_methods")).await;
    assert_eq!(methods.body["data"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_trial_without_a_card_that_is_ended_pauses_if_it_was_made_to() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "email=ada@example.test").await.id();
    let price = stripe.monthly_price().await;
    let form = format!(
        "customer={customer}&items[0][price]={price}&trial_period_days=7\
         &trial_settings[end_behavior][missing_payment_method]=pause"
    );
    let made = stripe.make("/v1/subscriptions", &form).await.id();
    let ended = stripe.make(&format!("/v1/subscriptions/{made}"), "trial_end=now").await;
    assert_eq!(ended.text("/status"), "paused");
    assert!(stripe.event_types().await.iter().any(|name| name == "customer.subscription.paused"));
}
