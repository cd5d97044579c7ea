//! What is decided now for later: schedules, pauses, and trials that end without a card.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{DAY, NOON, Stripe};

async fn price(stripe: &Stripe, amount: i64, interval: &str) -> String {
    let form =
        format!("product_data[name]=Plan&currency=eur&unit_amount={amount}&recurring[interval]={interval}");
    stripe.make("/v1/prices", &form).await.id()
}

/// A monthly subscription to ten euros; its id.
async fn subscribe(stripe: &Stripe, more: &str) -> String {
    let price = price(stripe, 1_000, "month").await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&items[0][price]={price}{more}");
    stripe.make("/v1/subscriptions", &form).await.id()
}

async fn invoices(stripe: &Stripe) -> Vec<Value> {
    stripe.get("/v1/invoices?limit=100").await.body["data"].as_array().unwrap().clone()
}

/// A schedule for `subscription` that changes to `next` when the current period ends.
async fn schedule(stripe: &Stripe, subscription: &str, next: &str, more: &str) -> String {
    let made = stripe.make("/v1/subscription_schedules", &format!("from_subscription={subscription}")).await;
    let first = &made.body["phases"][0];
    let form = format!(
        "phases[0][items][0][price]={}&phases[0][start_date]={}&phases[0][end_date]={}&phases[1][items][0][price]={next}{more}",
        first["items"][0]["price"].as_str().unwrap(),
        first["start_date"],
        first["end_date"],
    );
    stripe.make(&format!("/v1/subscription_schedules/{}", made.id()), &form).await.id()
}

#[tokio::test]
async fn a_scheduled_change_counts_from_the_renewal_on_and_then_lets_go() {
    let stripe = Stripe::new();
    let subscription = subscribe(&stripe, "").await;
    let cheaper = price(&stripe, 500, "month").await;
    let schedule = schedule(&stripe, &subscription, &cheaper, "").await;
    let path = format!("/v1/subscriptions/{subscription}");
    assert_eq!(stripe.get(&path).await.text("/schedule"), schedule);
    stripe.advance(31 * DAY).await;
    let renewal = &invoices(&stripe).await[0];
    assert_eq!(
        (&renewal["amount_paid"], &renewal["billing_reason"]),
        (&500.into(), &"subscription_cycle".into())
    );
    assert_eq!(renewal["lines"]["data"].as_array().unwrap().len(), 1);
    stripe.advance(30 * DAY).await;
    let over = stripe.get(&format!("/v1/subscription_schedules/{schedule}")).await;
    assert_eq!(
        (over.text("/status"), over.text("/released_subscription")),
        ("released", subscription.as_str())
    );
    assert_eq!(stripe.get(&path).await.body["schedule"], Value::Null);
    assert_eq!(invoices(&stripe).await[0]["amount_paid"], 500);
}

#[tokio::test]
async fn a_scheduled_change_of_interval_is_billed_once_when_it_comes() {
    let stripe = Stripe::new();
    let subscription = subscribe(&stripe, "").await;
    let yearly = price(&stripe, 10_000, "year").await;
    schedule(&stripe, &subscription, &yearly, "&proration_behavior=none").await;
    stripe.advance(31 * DAY).await;
    let amounts: Vec<Value> =
        invoices(&stripe).await.iter().map(|invoice| invoice["total"].clone()).collect();
    assert_eq!(amounts, [10_000, 1_000]);
}

#[tokio::test]
async fn a_released_schedule_changes_nothing_any_more() {
    let stripe = Stripe::new();
    let subscription = subscribe(&stripe, "").await;
    let cheaper = price(&stripe, 500, "month").await;
    let schedule = schedule(&stripe, &subscription, &cheaper, "").await;
    let path = format!("/v1/subscription_schedules/{schedule}/release");
    assert_eq!(stripe.make(&path, "").await.text("/status"), "released");
    assert_eq!(stripe.post(&path, "").await.status, StatusCode::BAD_REQUEST);
    stripe.advance(31 * DAY).await;
    assert_eq!(invoices(&stripe).await[0]["amount_paid"], 1_000);
}

#[tokio::test]
async fn a_schedule_that_ends_by_canceling_takes_the_subscription_along() {
    let stripe = Stripe::new();
    let subscription = subscribe(&stripe, "").await;
    let cheaper = price(&stripe, 500, "month").await;
    schedule(&stripe, &subscription, &cheaper, "&end_behavior=cancel&phases[1][iterations]=2").await;
    stripe.advance((31 + 30 + 31) * DAY).await;
    let ended = stripe.get(&format!("/v1/subscriptions/{subscription}")).await;
    assert_eq!((ended.text("/status"), &ended.body["ended_at"]), ("canceled", &(NOON + 92 * DAY).into()));
    assert_eq!(invoices(&stripe).await.len(), 3);
}

#[tokio::test]
async fn canceling_a_subscription_cancels_its_schedule() {
    let stripe = Stripe::new();
    let subscription = subscribe(&stripe, "").await;
    let cheaper = price(&stripe, 500, "month").await;
    let schedule = schedule(&stripe, &subscription, &cheaper, "").await;
    stripe.delete(&format!("/v1/subscriptions/{subscription}")).await;
    let path = format!("/v1/subscription_schedules/{schedule}");
    assert_eq!(stripe.get(&path).await.text("/status"), "canceled");
}

#[tokio::test]
async fn a_schedule_can_begin_a_subscription_later() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let price = price(&stripe, 700, "month").await;
    let start = NOON + 5 * DAY;
    let form = format!(
        "customer={customer}&start_date={start}&phases[0][items][0][price]={price}&phases[0][items][0][quantity]=2"
    );
    let made = stripe.make("/v1/subscription_schedules", &form).await;
    assert_eq!((made.text("/status"), &made.body["subscription"]), ("not_started", &Value::Null));
    stripe.advance(5 * DAY).await;
    let begun = stripe.get(&format!("/v1/subscription_schedules/{}?expand[]=subscription", made.id())).await;
    assert_eq!((begun.text("/status"), begun.text("/subscription/status")), ("active", "active"));
    assert_eq!(
        (&begun.body["subscription"]["created"], &invoices(&stripe).await[0]["amount_paid"]),
        (&start.into(), &1_400.into())
    );
}

/// A subscription that half is taken off from, for three months; its id.
async fn subscribe_for_half(stripe: &Stripe) -> String {
    let form = "percent_off=50&duration=repeating&duration_in_months=3";
    let coupon = stripe.make("/v1/coupons", form).await.id();
    subscribe(stripe, &format!("&discounts[0][coupon]={coupon}")).await
}

#[tokio::test]
async fn a_phase_without_discounts_has_none() {
    let stripe = Stripe::new();
    let subscription = subscribe_for_half(&stripe).await;
    let cheaper = price(&stripe, 800, "month").await;
    schedule(&stripe, &subscription, &cheaper, "").await;
    let found = stripe.get(&format!("/v1/subscriptions/{subscription}")).await;
    assert_eq!(found.body["discounts"].as_array().unwrap().len(), 0, "the running phase had none either");
    stripe.advance(31 * DAY).await;
    assert_eq!(invoices(&stripe).await[0]["amount_paid"], 800);
}

#[tokio::test]
async fn a_discount_that_phases_name_goes_on_and_does_not_begin_again() {
    let stripe = Stripe::new();
    let subscription = subscribe_for_half(&stripe).await;
    let found = stripe.get(&format!("/v1/subscriptions/{subscription}")).await;
    let discount = found.body["discounts"][0].as_str().unwrap().to_owned();
    let made = stripe.make("/v1/subscription_schedules", &format!("from_subscription={subscription}")).await;
    assert_eq!(made.body["phases"][0]["discounts"][0]["discount"], discount);
    stripe.make(&format!("/v1/subscription_schedules/{}/release", made.id()), "").await;

    let cheaper = price(&stripe, 800, "month").await;
    let named =
        format!("&phases[0][discounts][0][discount]={discount}&phases[1][discounts][0][discount]={discount}");
    schedule(&stripe, &subscription, &cheaper, &named).await;
    for (days, paid) in [(31, 400), (30, 400), (31, 800)] {
        stripe.advance(days * DAY).await;
        assert_eq!(invoices(&stripe).await[0]["amount_paid"], paid);
    }
}

#[tokio::test]
async fn a_phase_that_asks_for_what_is_not_served_is_refused() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let price = price(&stripe, 700, "month").await;
    let form = format!(
        "customer={customer}&start_date=now&phases[0][items][0][price]={price}&phases[0][trial]=true"
    );
    let refused = stripe.post("/v1/subscription_schedules", &form).await;
    assert_eq!(
        (refused.text("/error/code"), refused.text("/error/param")),
        ("sandbox_unserved", "phases[0][trial]")
    );
}

#[tokio::test]
async fn while_collection_is_paused_invoices_are_made_and_not_charged() {
    for (behavior, status) in
        [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")]
    {
        let stripe = Stripe::new();
        let subscription = subscribe(&stripe, "").await;
        let resumes_at = NOON + 40 * DAY;
        let form = format!("pause_collection[behavior]={behavior}&pause_collection[resumes_at]={resumes_at}");
        stripe.make(&format!("/v1/subscriptions/{subscription}"), &form).await;
        stripe.advance(31 * DAY).await;
        assert_eq!(invoices(&stripe).await[0]["status"], status);
        stripe.advance(30 * DAY).await;
        let resumed = stripe.get(&format!("/v1/subscriptions/{subscription}")).await;
        assert_eq!((resumed.text("/status"), &resumed.body["pause_collection"]), ("active", &Value::Null));
        assert_eq!(invoices(&stripe).await[0]["status"], "paid");
    }
}

#[tokio::test]
async fn a_trial_without_a_card_ends_as_it_was_told_to() {
    for (behavior, status) in [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")] {
        let stripe = Stripe::new();
        let price = price(&stripe, 1_000, "month").await;
        let customer = stripe.make("/v1/customers", "name=Ada").await.id();
        let form = format!(
            "customer={customer}&items[0][price]={price}&trial_period_days=7&trial_settings[end_behavior][missing_payment_method]={behavior}"
        );
        let path = format!("/v1/subscriptions/{}", stripe.make("/v1/subscriptions", &form).await.id());
        stripe.advance(7 * DAY).await;
        assert_eq!(stripe.get(&path).await.text("/status"), status);
        let form = "invoice_settings[default_payment_method]=pm_card_visa";
        stripe.make(&format!("/v1/customers/{customer}"), form).await;
        let resumed = stripe.post(&format!("{path}/resume"), "billing_cycle_anchor=now").await;
        if behavior == "pause" {
            assert_eq!(
                (resumed.text("/status"), &invoices(&stripe).await[0]["amount_paid"]),
                ("active", &1_000.into())
            );
        } else {
            assert_eq!(resumed.status, StatusCode::BAD_REQUEST);
        }
    }
}

#[tokio::test]
async fn without_a_card_a_schedule_leaves_open_invoices_and_does_not_stop_the_clock() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "name=Ada").await.id();
    let (monthly, yearly) = (price(&stripe, 700, "month").await, price(&stripe, 7_000, "year").await);
    let start = NOON + DAY;
    let form = format!(
        "customer={customer}&start_date={start}&phases[0][items][0][price]={monthly}&phases[1][items][0][price]={yearly}"
    );
    let path =
        format!("/v1/subscription_schedules/{}", stripe.make("/v1/subscription_schedules", &form).await.id());
    let other = subscribe(&stripe, "").await;
    stripe.advance(DAY).await;
    assert_eq!(
        stripe.get(&format!("{path}?expand[]=subscription")).await.text("/subscription/status"),
        "incomplete"
    );
    stripe.advance(90 * DAY).await;
    assert_eq!(stripe.get(&path).await.text("/status"), "canceled");
    assert_eq!(stripe.get(&format!("/v1/subscriptions/{other}")).await.text("/status"), "active");
}
