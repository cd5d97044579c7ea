//! Faults on demand: what the caller sees, and whether anything was done.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use stripe_sandbox::faults::{FaultPlan, RequestFault, RequestRule};
use tower::ServiceExt;

use crate::support::{Answer, Stripe};

fn rule(call: &str, fault: RequestFault, times: u32) -> RequestRule {
    RequestRule { call: call.to_owned(), fault, delay_ms: 0, times: Some(times) }
}

fn plan(call: &str, fault: RequestFault, times: u32) -> FaultPlan {
    FaultPlan { requests: vec![rule(call, fault, times)], ..FaultPlan::default() }
}

async fn customers(stripe: &Stripe) -> usize {
    stripe.get("/v1/customers").await.body["data"].as_array().unwrap().len()
}

async fn control(stripe: &Stripe, method: &str, content_type: &str, body: &Value) -> Answer {
    let request =
        Request::builder().method(method).uri("/_sandbox/faults").header(header::CONTENT_TYPE, content_type);
    stripe.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_refused_request_does_nothing_and_the_next_one_goes_through() {
    let stripe = Stripe::new();
    let faults = [
        (RequestFault::TooManyRequests, StatusCode::TOO_MANY_REQUESTS),
        (RequestFault::ServerError, StatusCode::INTERNAL_SERVER_ERROR),
    ];
    for (done, (fault, status)) in faults.into_iter().enumerate() {
        stripe.sandbox.set_faults(plan("POST /v1/customers", fault, 1));
        assert_eq!(stripe.post("/v1/customers", "name=Ada").await.status, status);
        assert_eq!(customers(&stripe).await, done);
        stripe.make("/v1/customers", "name=Ada").await;
    }
}

#[tokio::test]
async fn a_lost_answer_was_still_work_done_and_its_key_brings_it_back() {
    let stripe = Stripe::new();
    stripe.sandbox.set_faults(plan("POST *", RequestFault::LoseAnswer, 1));
    let request = Request::post("/v1/customers")
        .header(header::AUTHORIZATION, "Bearer sk_test_123")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("idempotency-key", "once");
    let request = request.body(Body::from("name=Ada")).unwrap();
    let answer = stripe.sandbox.router().oneshot(request).await.unwrap();
    assert!(answer.into_body().collect().await.is_err());
    assert_eq!(customers(&stripe).await, 1);
    let again = stripe.call("POST", "/v1/customers", "name=Ada", &[("idempotency-key", "once")]).await;
    assert_eq!((again.text("/name"), again.header("idempotent-replayed")), ("Ada", "true"));
    assert_eq!(customers(&stripe).await, 1);
}

#[tokio::test]
async fn a_late_request_is_overtaken_by_the_next_one_and_done_all_the_same() {
    let stripe = Stripe::new();
    let late = RequestRule { delay_ms: 20, ..rule("POST /v1/customers", RequestFault::Delay, 1) };
    stripe.sandbox.set_faults(FaultPlan { requests: vec![late], ..FaultPlan::default() });
    let (slow, quick) = (stripe.make("/v1/customers", "name=Ada"), stripe.make("/v1/customers", "name=Bob"));
    let (slow, ()) = tokio::join!(slow, async {
        quick.await;
        assert_eq!(customers(&stripe).await, 1, "the first one is still on its way");
    });
    assert_eq!(slow.text("/name"), "Ada");
    assert_eq!(customers(&stripe).await, 2);
}

#[tokio::test]
async fn the_plan_is_set_shown_and_ended_by_http() {
    let stripe = Stripe::new();
    let plan = json!({ "requests": [{ "call": "GET /v1/balance", "fault": "server_error", "times": 2 }] });
    let form = control(&stripe, "POST", "text/plain", &plan).await;
    assert_eq!(form.status, StatusCode::BAD_REQUEST);
    assert_eq!(control(&stripe, "POST", "application/json", &plan).await.status, StatusCode::OK);
    assert_eq!(stripe.get("/v1/balance").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let left = control(&stripe, "GET", "text/plain", &Value::Null).await;
    assert_eq!(left.body["requests"][0]["times"], 1);
    control(&stripe, "DELETE", "text/plain", &Value::Null).await;
    assert_eq!(stripe.get("/v1/balance").await.status, StatusCode::OK);
    let unknown = control(&stripe, "POST", "application/json", &json!({ "request": [] })).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}
