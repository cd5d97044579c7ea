//! Time travel: test clocks, and an owner's clock that jumps.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Answer, DAY, NOON, Stripe};

const YEAR: i64 = 365 * DAY;

async fn clock(stripe: &Stripe, time: i64) -> Answer {
    stripe.make("/v1/test_helpers/test_clocks", &format!("frozen_time={time}")).await
}

async fn subscribe(stripe: &Stripe, more: &str) -> String {
    let price = stripe.monthly_price().await;
    let form =
        format!("payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa{more}");
    let customer = stripe.make("/v1/customers", &form).await.id();
    let form = format!("customer={customer}&items[0][price]={price}");
    stripe.make("/v1/subscriptions", &form).await.id()
}

async fn count(stripe: &Stripe, path: &str) -> usize {
    let mut found = 0;
    let mut page = stripe.get(&format!("{path}&limit=100")).await.body;
    loop {
        let data = page["data"].as_array().unwrap();
        found += data.len();
        let Some(last) = data.last().filter(|_| page["has_more"] == true) else { return found };
        let after = last["id"].as_str().unwrap();
        page = stripe.get(&format!("{path}&limit=100&starting_after={after}")).await.body;
    }
}

#[tokio::test]
async fn what_is_bound_to_a_clock_lives_in_its_time() {
    let stripe = Stripe::new();
    // 27 February of 2036, a leap year.
    let start = NOON + 10 * YEAR;
    let clock = clock(&stripe, start).await.id();
    let bound = subscribe(&stripe, &format!("&test_clock={clock}")).await;
    let free = subscribe(&stripe, "").await;
    let path = format!("/v1/subscriptions/{bound}");
    let made = stripe.get(&path).await;
    assert_eq!((&made.body["created"], made.text("/test_clock")), (&start.into(), clock.as_str()));
    let advance = format!("/v1/test_helpers/test_clocks/{clock}/advance");
    let ready = stripe.make(&advance, &format!("frozen_time={}", start + 366 * DAY)).await;
    assert_eq!((ready.text("/status"), &ready.body["frozen_time"]), ("ready", &(start + 366 * DAY).into()));
    assert_eq!(count(&stripe, &format!("/v1/invoices?subscription={bound}")).await, 13);
    assert_eq!(count(&stripe, &format!("/v1/invoices?subscription={free}")).await, 1);
    stripe.make(&path, "cancel_at_period_end=true").await;
    assert_eq!(stripe.get(&path).await.body["canceled_at"], start + 366 * DAY);
    // The owner's clock does not reach into a test clock's time.
    stripe.advance(20 * YEAR).await;
    assert_eq!(stripe.get(&path).await.text("/status"), "active");
}

#[tokio::test]
async fn a_test_clock_only_moves_forward_and_takes_its_customers_with_it() {
    let stripe = Stripe::new();
    let clock = clock(&stripe, NOON).await.id();
    let subscription = subscribe(&stripe, &format!("&test_clock={clock}")).await;
    let path = format!("/v1/test_helpers/test_clocks/{clock}");
    let back = stripe.post(&format!("{path}/advance"), &format!("frozen_time={NOON}")).await;
    assert_eq!((back.status, back.text("/error/param")), (StatusCode::BAD_REQUEST, "frozen_time"));
    assert_eq!(stripe.delete(&path).await.body["deleted"], true);
    assert_eq!(stripe.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stripe.get(&format!("/v1/subscriptions/{subscription}")).await.text("/status"), "canceled");
}

#[tokio::test]
async fn one_long_jump_ends_like_many_small_steps() {
    let (jump, steps) = (Stripe::new(), Stripe::new());
    let years = 3;
    for stripe in [&jump, &steps] {
        subscribe(stripe, "").await;
        let late = subscribe(stripe, "").await;
        let customer = stripe.get(&format!("/v1/subscriptions/{late}")).await.text("/customer").to_owned();
        let form = "invoice_settings[default_payment_method]=pm_card_chargeCustomerFail";
        stripe.make(&format!("/v1/customers/{customer}"), form).await;
        let ending = subscribe(stripe, "").await;
        let form = format!("cancel_at={}", NOON + 100 * DAY);
        stripe.make(&format!("/v1/subscriptions/{ending}"), &form).await;
    }
    jump.advance(years * YEAR).await;
    for _ in 0..years * 73 {
        steps.advance(5 * DAY).await;
    }
    for path in ["/v1/events?", "/v1/invoices?", "/v1/charges?", "/v1/subscriptions?status=all&"] {
        let (jumped, stepped) = (history(&jump, path).await, history(&steps, path).await);
        assert!(!jumped.is_empty());
        assert_eq!(jumped, stepped, "{path}");
    }
}

/// What stands in a list, without the ids, which are random.
async fn history(stripe: &Stripe, path: &str) -> Vec<(i64, String)> {
    let mut history = Vec::new();
    let mut page = stripe.get(&format!("{path}limit=100")).await.body;
    loop {
        let data = page["data"].as_array().unwrap();
        history.extend(data.iter().map(facts));
        let Some(last) = data.last().filter(|_| page["has_more"] == true) else { return history };
        let after = last["id"].as_str().unwrap();
        page = stripe.get(&format!("{path}limit=100&starting_after={after}")).await.body;
    }
}

fn facts(object: &Value) -> (i64, String) {
    let names = ["type", "status", "amount_due", "attempt_count", "ended_at", "amount"];
    let words: Vec<String> = names.iter().map(|name| object[*name].to_string()).collect();
    (object["created"].as_i64().unwrap(), words.join(" "))
}
