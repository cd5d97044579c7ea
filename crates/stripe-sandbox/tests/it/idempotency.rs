//! Requests sent again under the same key.

use axum::http::StatusCode;

use crate::support::{DAY, Stripe};

const KEY: [(&str, &str); 1] = [("idempotency-key", "once")];

#[tokio::test]
async fn the_same_request_is_answered_from_memory() {
    let stripe = Stripe::new();
    let first = stripe.call("POST", "/v1/customers", "name=Ada&metadata[a]=1", &KEY).await;
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = stripe.call("POST", "/v1/customers", "metadata[a]=1&name=Ada", &KEY).await;
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_eq!(stripe.event_types().await, ["customer.created"]);
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let stripe = Stripe::new();
    stripe.call("POST", "/v1/customers", "name=Ada", &KEY).await;
    for (path, form) in [("/v1/customers", "name=Eve"), ("/v1/products", "name=Ada")] {
        let answer = stripe.call("POST", path, form, &KEY).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.text("/error/type"), "idempotency_error");
    }
}

#[tokio::test]
async fn a_refused_card_is_remembered_but_a_wrong_parameter_is_not() {
    let stripe = Stripe::new();
    let form = "amount=500&currency=eur&confirm=true&payment_method=pm_card_chargeDeclined";
    let first = stripe.call("POST", "/v1/payment_intents", form, &KEY).await;
    let again = stripe.call("POST", "/v1/payment_intents", form, &KEY).await;
    assert_eq!((first.status, again.status), (StatusCode::PAYMENT_REQUIRED, StatusCode::PAYMENT_REQUIRED));
    assert_eq!(first.body, again.body);
    assert_eq!(stripe.get("/v1/payment_intents").await.body["data"].as_array().unwrap().len(), 1);

    let other = [("idempotency-key", "other")];
    let wrong = stripe.call("POST", "/v1/products", "colour=red", &other).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let mended = stripe.call("POST", "/v1/products", "name=Sim", &other).await;
    assert_eq!(mended.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let stripe = Stripe::new();
    let first = stripe.call("POST", "/v1/customers", "name=Ada", &KEY).await;
    stripe.advance(DAY).await;
    let later = stripe.call("POST", "/v1/customers", "name=Eve", &KEY).await;
    assert_eq!(later.status, StatusCode::OK);
    assert_ne!(later.id(), first.id());
}
