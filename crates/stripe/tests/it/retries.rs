//! What is asked again, under which key, and after how long.

use std::time::Duration;

use perennial_core::ports::{CustomerDraft, PaymentsError};
use serde_json::json;

use crate::script::{Script, Step, id, ok, status};

fn customer() -> CustomerDraft {
    CustomerDraft {
        id: id(1),
        email: None,
        name: None,
        locale: "en".to_owned(),
        organization: None,
        replaces: None,
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_request_and_key() {
    let script = Script::of([Step::Lost, ok(&json!({ "id": "cus_1" }))]);
    assert_eq!(script.account().create_customer(&customer()).await.unwrap(), "cus_1");
    let sent = script.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].form, sent[1].form);
    assert!(sent[0].idempotency_key.is_some());
    assert_eq!(sent[0].idempotency_key, sent[1].idempotency_key);
}

#[tokio::test]
async fn a_held_key_an_overload_and_a_fault_of_stripe_pass() {
    let held = status(409, &[], r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}"#);
    let script =
        Script::of([held, status(429, &[], "{}"), status(503, &[], "<html>"), ok(&json!({ "id": "cus_1" }))]);
    assert_eq!(script.account().create_customer(&customer()).await.unwrap(), "cus_1");
    let waits = script.waits();
    assert_eq!(waits.len(), 3);
    assert!(waits.is_sorted(), "{waits:?}");
    assert!(waits.iter().sum::<Duration>() < Duration::from_secs(4));
}

#[tokio::test]
async fn the_fourth_failure_in_a_row_is_no_answer() {
    let script = Script::of([status(500, &[], ""), Step::Lost, status(502, &[], ""), Step::Lost]);
    let error = script.account().create_customer(&customer()).await.unwrap_err();
    let PaymentsError::NoAnswer(words) = error else { panic!("{error}") };
    assert_eq!(words, "POST /v1/customers: the answer broke off: connection reset");
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test]
async fn retry_after_is_waited_for_unless_it_is_too_long() {
    let script = Script::of([status(429, &[("retry-after", "3")], "{}"), ok(&json!({ "id": "cus_1" }))]);
    assert!(script.account().create_customer(&customer()).await.is_ok());
    assert_eq!(script.waits(), [Duration::from_secs(3)]);

    let script = Script::of([status(429, &[("retry-after", "120")], "{}")]);
    let error = script.account().create_customer(&customer()).await.unwrap_err();
    assert!(matches!(error, PaymentsError::NoAnswer(_)), "{error}");
    assert!(script.waits().is_empty());
}

#[tokio::test]
async fn stripes_own_word_on_retrying_counts() {
    let never = status(500, &[("stripe-should-retry", "false")], "{}");
    let script = Script::of([never]);
    assert!(matches!(script.account().create_customer(&customer()).await, Err(PaymentsError::NoAnswer(_))));
    assert_eq!(script.sent().len(), 1);

    let please = status(400, &[("stripe-should-retry", "true")], "{}");
    let script = Script::of([please, ok(&json!({ "id": "cus_1" }))]);
    assert_eq!(script.account().create_customer(&customer()).await.unwrap(), "cus_1");
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    let script =
        Script::of([status(400, &[], r#"{"error":{"type":"invalid_request_error","message":"no"}}"#)]);
    assert!(matches!(script.account().create_customer(&customer()).await, Err(PaymentsError::Refused(_))));
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test]
async fn a_stripe_that_says_nothing_is_given_up() {
    let script = Script::of([Step::Silence]);
    let error = script.hurried_account().create_customer(&customer()).await.unwrap_err();
    let PaymentsError::NoAnswer(words) = error else { panic!("{error}") };
    assert_eq!(words, "POST /v1/customers took over 5ms");
}
