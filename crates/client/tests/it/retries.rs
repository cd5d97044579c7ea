use std::time::Duration;

use axum::http::StatusCode;
use perennial_client::{
    CheckoutNewSubscription, Client, Error, ErrorKind, Intent, NewConnectSession, NewUser, PlanFilter,
    RetryPolicy,
};
use serde_json::json;

use crate::fake::{FakeApi, Reply, ok, refusal};
use crate::samples;

fn ada() -> NewUser {
    NewUser { email: "ada@shop.example".into(), ..NewUser::default() }
}

fn busy() -> Reply {
    Reply::TryLater(StatusCode::TOO_MANY_REQUESTS, 0)
}

#[tokio::test]
async fn every_try_of_a_creation_carries_the_same_key() {
    let unavailable =
        Reply::Json(StatusCode::SERVICE_UNAVAILABLE, refusal("serviceUnavailable", "Back in a moment."));
    let created = Reply::Json(StatusCode::CREATED, samples::user("usr_1", "ada@shop.example"));
    let api = FakeApi::answering([unavailable, busy(), created]).await;

    let user = api.client().users().create(&ada()).await.unwrap();

    assert_eq!(user.id.as_str(), "usr_1");
    let asked = api.asked();
    let keys: Vec<_> = asked.iter().map(|asked| asked.header("idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0] && !key.is_empty()), "{keys:?}");
    assert!(asked.iter().all(|asked| asked.body == json!({ "email": "ada@shop.example" })));
}

#[tokio::test]
async fn two_creations_of_the_same_content_have_different_keys() {
    let session = || ok(samples::session("csn_1", &json!({ "type": "viewSubscriptions" })));
    let api = FakeApi::answering([session(), session()]).await;
    let client = api.client();
    let visit = NewConnectSession::new(Intent::ViewSubscriptions);

    client.connect_sessions().create(&visit).await.unwrap();
    client.connect_sessions().create(&visit).await.unwrap();

    let asked = api.asked();
    assert_ne!(asked[0].header("idempotency-key"), asked[1].header("idempotency-key"));
}

#[tokio::test]
async fn a_key_of_the_callers_is_sent_as_it_is() {
    let api = FakeApi::answering([ok(samples::user("usr_1", "ada@shop.example"))]).await;

    api.client().users().create(&ada()).idempotency_key("order-17/user").await.unwrap();

    assert_eq!(api.asked_once().header("idempotency-key"), Some("order-17/user"));
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_refused_before_anything_is_sent() {
    let api = FakeApi::answering([]).await;
    let client = api.client();

    for key in ["", "two words", "line\nbreak", "schlüssel", &"x".repeat(256)] {
        let outcome = client.users().create(&ada()).idempotency_key(key).await;
        assert!(matches!(outcome, Err(Error::IdempotencyKey)), "{key:?}: {outcome:?}");
    }
    assert!(api.asked().is_empty());
}

#[tokio::test]
async fn silence_is_tried_again_and_then_reported() {
    let api = FakeApi::answering([Reply::Silence, Reply::Silence]).await;
    let retries = RetryPolicy { tries: 2, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };
    let client = Client::builder()
        .timeout(Duration::from_millis(50))
        .retries(retries)
        .build(&api.base_url, "demo", "key_for_tests")
        .unwrap();

    let error = client.plans().list(&PlanFilter::default()).await.unwrap_err();

    assert!(matches!(&error, Error::NoAnswer { tries: 2, source, .. } if source.is_timeout()), "{error:?}");
    assert_eq!(error.to_string(), "no answer to GET /plans (tries: 2)");
}

#[tokio::test]
async fn a_conflict_with_an_unanswered_try_of_its_own_is_waited_out() {
    let under_way = || Reply::Json(StatusCode::CONFLICT, refusal("conflict", "Still under way."));
    let replayed = ok(samples::user("usr_1", "ada@shop.example"));
    let api = FakeApi::answering([Reply::HangUp, under_way(), replayed]).await;

    let user = api.client().users().create(&ada()).await.unwrap();

    assert_eq!(user.id.as_str(), "usr_1");
}

#[tokio::test]
async fn a_conflict_at_first_try_is_an_answer() {
    let api =
        FakeApi::answering([Reply::Json(StatusCode::CONFLICT, refusal("conflict", "Key in use."))]).await;

    let error = api.client().users().create(&ada()).await.unwrap_err();

    assert!(matches!(error, Error::Api(refusal) if refusal.kind == ErrorKind::Conflict));
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    let refused = Reply::Json(StatusCode::UNPROCESSABLE_ENTITY, refusal("invalid", "There is no such plan."));
    let api = FakeApi::answering([refused]).await;
    let plan = CheckoutNewSubscription::of("pln_gone".parse().unwrap());

    let session = NewConnectSession::new(Intent::CheckoutNewSubscription(plan));
    let outcome = api.client().connect_sessions().create(&session).await;

    assert!(matches!(outcome, Err(Error::Api(_))));
    assert_eq!(api.asked().len(), 1);
}

#[tokio::test]
async fn a_server_that_stays_busy_is_reported_after_the_last_try() {
    let api = FakeApi::answering([busy(), busy(), busy()]).await;

    let error = api.client().plans().list(&PlanFilter::default()).await.unwrap_err();

    assert!(matches!(error, Error::Api(refusal) if refusal.status == StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(api.asked().len(), 3);
}

#[tokio::test]
async fn a_longer_wait_than_the_policy_allows_is_the_callers_to_decide() {
    let api = FakeApi::answering([Reply::TryLater(StatusCode::TOO_MANY_REQUESTS, 60)]).await;

    let outcome = api.client().plans().list(&PlanFilter::default()).await;

    assert!(matches!(outcome, Err(Error::Api(_))));
    assert_eq!(api.asked().len(), 1);
}
