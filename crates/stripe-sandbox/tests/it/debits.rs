//! Bank debits: sessions that are complete before they are paid, and subscriptions that are paid by debit.

use axum::http::StatusCode;

use crate::support::{DAY, Stripe};

const PAYS: &str = "AT611904300234573201";
const PAYS_LATER: &str = "AT321904300235473204";
const REFUSES: &str = "AT861904300235473202";

/// A session that takes debits, and its id.
async fn session(stripe: &Stripe, mode: &str) -> String {
    let recurring = if mode == "subscription" { "&recurring[interval]=month" } else { "" };
    let price = format!("product_data[name]=Plan&currency=eur&unit_amount=1450{recurring}");
    let price = stripe.make("/v1/prices", &price).await.id();
    let form = format!(
        "mode={mode}&payment_method_types[0]=card&payment_method_types[1]=sepa_debit\
         &line_items[0][price]={price}&line_items[0][quantity]=1&success_url=https://shop.test/done"
    );
    stripe.make("/v1/checkout/sessions", &form).await.id()
}

async fn debit(stripe: &Stripe, session: &str, iban: &str) -> StatusCode {
    let form = format!("method=sepa_debit&email=ada@example.test&iban={iban}&card_name=Ada");
    stripe.post(&format!("/c/pay/{session}"), &form).await.status
}

async fn states(stripe: &Stripe, session: &str) -> (String, String) {
    let shown = stripe.get(&format!("/v1/checkout/sessions/{session}")).await;
    (shown.text("/status").to_owned(), shown.text("/payment_status").to_owned())
}

fn pair(status: &str, payment_status: &str) -> (String, String) {
    (status.to_owned(), payment_status.to_owned())
}

#[tokio::test]
async fn a_debit_completes_the_session_and_pays_it_later() {
    let stripe = Stripe::new();
    let session = session(&stripe, "payment").await;
    assert_eq!(debit(&stripe, &session, PAYS_LATER).await, StatusCode::SEE_OTHER);
    assert_eq!(states(&stripe, &session).await, pair("complete", "unpaid"));
    assert!(stripe.get(&format!("/c/pay/{session}")).await.html().contains("Your order is placed"));
    stripe.advance(179).await;
    assert_eq!(states(&stripe, &session).await, pair("complete", "unpaid"));
    stripe.advance(1).await;
    assert_eq!(states(&stripe, &session).await, pair("complete", "paid"));
    let types = stripe.event_types().await;
    let told: Vec<&str> =
        types.iter().map(String::as_str).filter(|name| name.starts_with("checkout.session")).collect();
    assert_eq!(told, ["checkout.session.completed", "checkout.session.async_payment_succeeded"]);
    assert!(types.iter().any(|name| name == "payment_intent.processing"));
}

#[tokio::test]
async fn a_debit_that_the_bank_refuses_leaves_the_session_unpaid() {
    let stripe = Stripe::new();
    let session = session(&stripe, "payment").await;
    debit(&stripe, &session, REFUSES).await;
    stripe.advance(0).await;
    assert_eq!(states(&stripe, &session).await, pair("complete", "unpaid"));
    let types = stripe.event_types().await;
    assert_eq!(types.last().map(String::as_str), Some("checkout.session.async_payment_failed"));
    let intents = stripe.get("/v1/payment_intents").await;
    assert_eq!(intents.text("/data/0/status"), "requires_payment_method");
    assert_eq!(stripe.get("/v1/charges").await.text("/data/0/status"), "failed");
}

#[tokio::test]
async fn a_subscription_runs_while_its_debit_is_under_way() {
    let stripe = Stripe::new();
    let session = session(&stripe, "subscription").await;
    debit(&stripe, &session, PAYS_LATER).await;
    let shown = stripe.get("/v1/subscriptions?expand[]=data.latest_invoice").await;
    assert_eq!(
        (shown.text("/data/0/status"), shown.text("/data/0/latest_invoice/status")),
        ("active", "open")
    );
    stripe.advance(180).await;
    let shown = stripe.get("/v1/subscriptions?expand[]=data.latest_invoice").await;
    assert_eq!(shown.text("/data/0/latest_invoice/status"), "paid");
    assert_eq!(states(&stripe, &session).await, pair("complete", "paid"));
    // The next month is debited in the same way.
    stripe.advance(31 * DAY).await;
    let shown = stripe.get("/v1/subscriptions?expand[]=data.latest_invoice").await;
    assert_eq!(
        (shown.text("/data/0/status"), shown.text("/data/0/latest_invoice/status")),
        ("active", "paid")
    );
    assert_eq!(stripe.get("/v1/charges").await.body["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_subscription_whose_debit_comes_back_is_past_due_and_ends() {
    let stripe = Stripe::new();
    let session = session(&stripe, "subscription").await;
    debit(&stripe, &session, REFUSES).await;
    stripe.advance(0).await;
    assert_eq!(stripe.get("/v1/subscriptions").await.text("/data/0/status"), "past_due");
    stripe.advance(8 * DAY).await;
    assert_eq!(stripe.get("/v1/subscriptions?status=all").await.text("/data/0/status"), "canceled");
}

#[tokio::test]
async fn the_overview_answers_for_the_bank() {
    let stripe = Stripe::new();
    let session = session(&stripe, "payment").await;
    debit(&stripe, &session, PAYS_LATER).await;
    let overview = stripe.get("/_sandbox").await;
    let form =
        overview.html().split('"').find(|text| text.starts_with("/_sandbox/debits/")).unwrap().to_owned();
    assert_eq!(stripe.post(&form, "outcome=pay").await.status, StatusCode::SEE_OTHER);
    assert_eq!(states(&stripe, &session).await, pair("complete", "paid"));
    assert_eq!(stripe.post(&form, "outcome=refuse").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_test_account_is_pointed_out() {
    let stripe = Stripe::new();
    let session = session(&stripe, "payment").await;
    for iban in ["", "AT00"] {
        assert_eq!(debit(&stripe, &session, iban).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(states(&stripe, &session).await, pair("open", "unpaid"));
}

#[tokio::test]
async fn an_intent_takes_a_debit_through_the_api() {
    let stripe = Stripe::new();
    let form = format!("type=sepa_debit&sepa_debit[iban]={PAYS}&billing_details[name]=Ada");
    let method = stripe.make("/v1/payment_methods", &form).await;
    assert_eq!(method.text("/sepa_debit/last4"), "3201");
    let form = format!(
        "amount=900&currency=eur&payment_method_types[0]=sepa_debit&payment_method={}&confirm=true",
        method.id()
    );
    let intent = stripe.make("/v1/payment_intents", &form).await;
    assert_eq!(intent.text("/status"), "processing");
    stripe.advance(0).await;
    let shown = stripe.get(&format!("/v1/payment_intents/{}", intent.id())).await;
    assert_eq!((shown.text("/status"), shown.body["amount_received"].as_i64()), ("succeeded", Some(900)));
}
