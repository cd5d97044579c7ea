//! Subscriptions made by the API, and what time does to them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, DAY, NOON, Stripe};

async fn subscribe(stripe: &Stripe, card: &str, more: &str) -> Answer {
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with(card).await;
    stripe.post("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}{more}")).await
}

fn period_end(subscription: &Answer) -> i64 {
    subscription.body["items"]["data"][0]["current_period_end"].as_i64().unwrap()
}

#[tokio::test]
async fn a_subscription_renews_at_each_end_of_its_period() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "&metadata[a]=b").await;
    assert_eq!((made.text("/status"), period_end(&made)), ("active", NOON + 31 * DAY));
    stripe.advance(31 * DAY - 1).await;
    let path = format!("/v1/subscriptions/{}?expand[]=latest_invoice", made.id());
    assert_eq!(stripe.get(&path).await.text("/latest_invoice/billing_reason"), "subscription_create");
    // April has thirty days; the day of the month is kept. Two periods at once: each gets its invoice.
    stripe.advance(1 + 30 * DAY).await;
    let renewed = stripe.get(&path).await;
    assert_eq!((renewed.text("/status"), period_end(&renewed)), ("active", NOON + (31 + 30 + 31) * DAY));
    assert_eq!(renewed.text("/latest_invoice/billing_reason"), "subscription_cycle");
    assert_eq!(renewed.text("/latest_invoice/status"), "paid");
    let invoices = stripe.get(&format!("/v1/invoices?subscription={}", made.id())).await;
    assert_eq!(invoices.body["data"].as_array().unwrap().len(), 3);
    assert_ne!(invoices.text("/data/0/number"), invoices.text("/data/1/number"));
    let changes = stripe.get("/v1/events?type=customer.subscription.updated").await;
    let previous = &changes.body["data"][0]["data"]["previous_attributes"];
    assert!(previous["items"]["data"][0]["current_period_end"].is_i64(), "{previous:#}");
}

#[tokio::test]
async fn a_subscription_shows_the_billing_mode_that_was_asked_for() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "&billing_mode[type]=classic").await;
    assert_eq!(made.text("/billing_mode/type"), "classic");
}

#[tokio::test]
async fn a_cancellation_at_the_end_of_the_period_can_be_undone_until_then() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let path = format!("/v1/subscriptions/{}", made.id());
    let canceling = stripe.make(&path, "cancel_at_period_end=true").await;
    assert_eq!(canceling.body["cancel_at"], period_end(&made));
    let undone = stripe.make(&path, "cancel_at_period_end=false").await;
    assert_eq!((&undone.body["cancel_at"], &undone.body["canceled_at"]), (&Value::Null, &Value::Null));
    stripe.make(&path, "cancel_at_period_end=true").await;
    stripe.advance(31 * DAY).await;
    assert_eq!(stripe.get(&path).await.text("/status"), "canceled");
    assert_eq!(stripe.event_types().await.last().unwrap(), "customer.subscription.deleted");
    assert_eq!(stripe.get("/v1/invoices").await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_cancellation_on_a_day_ends_on_that_day_and_by_a_word_with_the_period() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let path = format!("/v1/subscriptions/{}", made.id());
    let day = NOON + 100 * DAY;
    let canceling = stripe.make(&path, &format!("cancel_at={day}")).await;
    assert_eq!(
        (&canceling.body["cancel_at"], &canceling.body["cancel_at_period_end"]),
        (&json!(day), &json!(false))
    );
    let canceling = stripe.make(&path, "cancel_at=min_period_end").await;
    assert_eq!(canceling.body["cancel_at"], period_end(&made));
}

#[tokio::test]
async fn a_canceled_subscription_is_listed_only_when_asked_for() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let path = format!("/v1/subscriptions/{}", made.id());
    let canceled = stripe.delete(&path).await;
    assert_eq!((canceled.text("/status"), &canceled.body["ended_at"]), ("canceled", &NOON.into()));
    assert_eq!(stripe.delete(&path).await.status, StatusCode::NOT_FOUND);
    let count = async |query: &str| stripe.get(query).await.body["data"].as_array().unwrap().len();
    assert_eq!(count("/v1/subscriptions").await, 0);
    assert_eq!(count("/v1/subscriptions?status=all").await, 1);
    stripe.advance(40 * DAY).await;
    assert_eq!(count("/v1/invoices").await, 1);
}

#[tokio::test]
async fn a_first_payment_that_fails_leaves_it_incomplete_and_then_expired() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_chargeCustomerFail", "").await;
    assert_eq!((made.status, made.text("/status")), (StatusCode::OK, "incomplete"));
    stripe.advance(DAY).await;
    let path = format!("/v1/subscriptions/{}?expand[]=latest_invoice", made.id());
    let expired = stripe.get(&path).await;
    assert_eq!(
        (expired.text("/status"), expired.text("/latest_invoice/status")),
        ("incomplete_expired", "void")
    );
}

#[tokio::test]
async fn error_if_incomplete_leaves_nothing_behind() {
    let stripe = Stripe::new();
    let refused =
        subscribe(&stripe, "pm_card_chargeCustomerFail", "&payment_behavior=error_if_incomplete").await;
    assert_eq!((refused.status, refused.text("/error/type")), (StatusCode::PAYMENT_REQUIRED, "card_error"));
    for path in ["/v1/subscriptions?status=all", "/v1/invoices", "/v1/charges"] {
        assert!(stripe.get(path).await.body["data"].as_array().unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn default_incomplete_waits_for_its_invoice_to_be_paid() {
    let stripe = Stripe::new();
    let more = "&payment_behavior=default_incomplete&expand[]=latest_invoice.payments";
    let made = subscribe(&stripe, "pm_card_visa", more).await;
    assert_eq!((made.text("/status"), made.text("/latest_invoice/status")), ("incomplete", "open"));
    let intent = made.text("/latest_invoice/payments/data/0/payment/payment_intent");
    stripe.make(&format!("/v1/payment_intents/{intent}/confirm"), "payment_method=pm_card_visa").await;
    let path = format!("/v1/subscriptions/{}?expand[]=latest_invoice", made.id());
    let live = stripe.get(&path).await;
    assert_eq!((live.text("/status"), live.text("/latest_invoice/status")), ("active", "paid"));
    let types = stripe.event_types().await;
    assert_eq!(types.last().unwrap(), "customer.subscription.updated", "{types:?}");
}

#[tokio::test]
async fn a_better_card_mends_a_subscription_that_is_past_due() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let customer = format!("/v1/customers/{}", made.text("/customer"));
    stripe.make(&customer, "invoice_settings[default_payment_method]=pm_card_chargeCustomerFail").await;
    stripe.advance(31 * DAY).await;
    let invoice = stripe.get("/v1/invoices?limit=1").await.text("/data/0/id").to_owned();
    stripe.make(&customer, "invoice_settings[default_payment_method]=pm_card_visa").await;
    let paid = stripe.make(&format!("/v1/invoices/{invoice}/pay"), "").await;
    assert_eq!(paid.text("/status"), "paid");
    assert_eq!(stripe.get(&format!("/v1/subscriptions/{}", made.id())).await.text("/status"), "active");
}

#[tokio::test]
async fn deleting_a_customer_ends_the_subscriptions() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let path = format!("/v1/customers/{}", made.text("/customer"));
    assert_eq!(stripe.delete(&path).await.body["deleted"], true);
    assert_eq!(stripe.get(&path).await.body["deleted"], true);
    assert_eq!(stripe.get(&format!("/v1/subscriptions/{}", made.id())).await.text("/status"), "canceled");
    assert!(stripe.get("/v1/customers").await.body["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_renewal_whose_bank_asks_waits_for_the_customer() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let customer = format!("/v1/customers/{}", made.text("/customer"));
    stripe.make(&customer, "invoice_settings[default_payment_method]=pm_card_authenticationRequired").await;
    stripe.advance(31 * DAY).await;
    let path = format!("/v1/subscriptions/{}?expand[]=latest_invoice.payments", made.id());
    let late = stripe.get(&path).await;
    assert_eq!(late.text("/status"), "past_due");
    let intent = late.text("/latest_invoice/payments/data/0/payment/payment_intent").to_owned();
    let types = stripe.event_types().await;
    assert!(types.iter().any(|found| found == "invoice.payment_action_required"), "{types:?}");
    stripe.sandbox.complete_challenge(&intent, true).await.unwrap();
    let mended = stripe.get(&path).await;
    assert_eq!((mended.text("/status"), mended.text("/latest_invoice/status")), ("active", "paid"));
}

#[tokio::test]
async fn the_end_of_a_trial_is_told_three_days_before() {
    let stripe = Stripe::new();
    let told = async || {
        let events = stripe.get("/v1/events?type=customer.subscription.trial_will_end").await;
        events.body["data"].as_array().unwrap().len()
    };
    let made = subscribe(&stripe, "pm_card_visa", "&trial_period_days=10").await;
    assert_eq!((made.text("/status"), told().await), ("trialing", 0));
    stripe.advance(7 * DAY).await;
    assert_eq!(told().await, 1);
    stripe.advance(DAY).await;
    assert_eq!(told().await, 1);
    subscribe(&stripe, "pm_card_visa", "&trial_period_days=2").await;
    assert_eq!(told().await, 2);
}

#[tokio::test]
async fn default_payment_methods_can_be_cleared() {
    let stripe = Stripe::new();
    let made = subscribe(&stripe, "pm_card_visa", "").await;
    let customer = format!("/v1/customers/{}", made.text("/customer"));
    let card = stripe.get(&customer).await.text("/invoice_settings/default_payment_method").to_owned();
    let path = format!("/v1/subscriptions/{}", made.id());
    let set = stripe.make(&path, &format!("default_payment_method={card}")).await;
    assert_eq!(set.text("/default_payment_method"), card);
    assert_eq!(
        stripe.make(&path, "default_payment_method=").await.body["default_payment_method"],
        Value::Null
    );
    let cleared = stripe.make(&customer, "invoice_settings[default_payment_method]=").await;
    assert_eq!(cleared.body["invoice_settings"]["default_payment_method"], Value::Null);
}

#[tokio::test]
async fn a_customer_who_is_sent_an_invoice_is_trusted_to_pay_it() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let customer = stripe.make("/v1/customers", "email=ada@example.test").await.id();
    let form = format!("customer={customer}&items[0][price]={price}&collection_method=send_invoice");
    let refused = stripe.post("/v1/subscriptions", &form).await;
    assert_eq!(refused.text("/error/param"), "days_until_due");
    let made =
        stripe.make("/v1/subscriptions", &format!("{form}&days_until_due=14&expand[]=latest_invoice")).await;
    assert_eq!((made.text("/status"), made.text("/latest_invoice/status")), ("active", "open"));
    assert_eq!(made.body["latest_invoice"]["due_date"], NOON + 14 * DAY);
    assert_eq!(stripe.event_types().await.last().unwrap(), "customer.subscription.created");
}

#[tokio::test]
async fn a_customer_without_a_card_cannot_be_charged() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let customer = stripe.make("/v1/customers", "email=ada@example.test").await.id();
    let form = format!("customer={customer}&items[0][price]={price}");
    let refused = stripe.post("/v1/subscriptions", &form).await;
    assert_eq!((refused.status, refused.text("/error/code")), (StatusCode::BAD_REQUEST, "resource_missing"));
    assert!(stripe.get("/v1/invoices").await.body["data"].as_array().unwrap().is_empty());
    let trial = stripe.make("/v1/subscriptions", &format!("{form}&trial_period_days=7")).await;
    assert_eq!(trial.text("/status"), "trialing");
    stripe.advance(7 * DAY).await;
    assert_eq!(stripe.get(&format!("/v1/subscriptions/{}", trial.id())).await.text("/status"), "past_due");
}
