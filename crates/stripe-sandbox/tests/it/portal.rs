//! The billing portal, as a customer's browser walks it.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{Answer, Stripe};

async fn submit(stripe: &Stripe, path: &str, form: &str) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    stripe.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

/// A subscriber's session: its path, the customer's and the subscription's ids.
async fn session(stripe: &Stripe) -> (String, String, String) {
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&items[0][price]={price}");
    let subscription = stripe.make("/v1/subscriptions", &form).await.id();
    let form = format!("customer={customer}&return_url=https://shop.example/account");
    let made = stripe.make("/v1/billing_portal/sessions", &form).await;
    (made.text("/url").replace("http://sandbox.test", ""), customer, subscription)
}

#[tokio::test]
async fn a_customer_cancels_and_changes_their_mind() {
    let stripe = Stripe::new();
    let (path, _, subscription) = session(&stripe).await;
    let page = stripe.get(&path).await;
    assert!(page.html().contains("1 × Phone plan, €14.50 a month"), "{}", page.html());
    assert!(page.html().contains("https://shop.example/account"));
    let form = format!("{path}/subscriptions/{subscription}");
    assert_eq!(submit(&stripe, &form, "action=cancel").await.status, StatusCode::SEE_OTHER);
    assert!(stripe.get(&path).await.html().contains("Ends on 1 Apr 2026"));
    let shown = stripe.get(&format!("/v1/subscriptions/{subscription}")).await;
    assert_eq!(shown.body["cancel_at_period_end"], true);
    submit(&stripe, &form, "action=resume").await;
    assert!(stripe.get(&path).await.html().contains("Renews on 1 Apr 2026"));
}

#[tokio::test]
async fn a_new_card_pays_from_now_on_and_a_wrong_one_is_explained() {
    let stripe = Stripe::new();
    let (path, customer, _) = session(&stripe).await;
    let form = format!("{path}/card");
    let good = "card_number=5555555555554444&card_expiry=12%2F34&card_cvc=123";
    assert_eq!(submit(&stripe, &form, good).await.status, StatusCode::SEE_OTHER);
    assert!(stripe.get(&path).await.html().contains("Mastercard ending in 4444"));
    let before = stripe.get(&format!("/v1/customers/{customer}")).await.body;
    let wrong = submit(&stripe, &form, "card_number=4242424242424241&card_expiry=12%2F34&card_cvc=123").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html().contains("Your card number is incorrect."));
    assert_eq!(stripe.get(&format!("/v1/customers/{customer}")).await.body, before);
}

#[tokio::test]
async fn invoices_can_be_printed_by_their_customer_only() {
    let stripe = Stripe::new();
    let (path, _, subscription) = session(&stripe).await;
    let invoice =
        stripe.get(&format!("/v1/subscriptions/{subscription}")).await.text("/latest_invoice").to_owned();
    let print = stripe.get(&format!("{path}/invoices/{invoice}")).await;
    assert!(print.html().contains("1 × Phone plan") && print.html().contains("€14.50"), "{}", print.html());
    let (other, _, _) = session(&stripe).await;
    assert_eq!(stripe.get(&format!("{other}/invoices/{invoice}")).await.status, StatusCode::NOT_FOUND);
    let foreign = submit(&stripe, &format!("{other}/subscriptions/{subscription}"), "action=cancel").await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stripe.get("/p/session/bps_nobody").await.status, StatusCode::NOT_FOUND);
}
