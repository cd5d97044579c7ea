//! What is given back: credit notes, the customer's balance, and the rest of a period.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{DAY, Stripe};

/// A customer with one paid invoice of 14.50 euros from a subscription: the customer's, the subscription's and the
/// invoice's ids.
async fn subscriber(stripe: &Stripe) -> (String, String, String) {
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&items[0][price]={price}");
    let made = stripe.make("/v1/subscriptions", &form).await;
    (customer, made.id(), made.text("/latest_invoice").to_owned())
}

async fn balance(stripe: &Stripe, customer: &str) -> Value {
    stripe.get(&format!("/v1/customers/{customer}")).await.body["balance"].take()
}

#[tokio::test]
async fn a_credit_note_on_a_paid_invoice_refunds_and_credits() {
    let stripe = Stripe::new();
    let (customer, _, invoice) = subscriber(&stripe).await;
    let form = format!("invoice={invoice}&amount=1000&refund_amount=600&credit_amount=400");
    let note = stripe.make("/v1/credit_notes", &form).await;
    assert_eq!((note.text("/type"), note.text("/status")), ("post_payment", "issued"));
    assert_eq!(stripe.get("/v1/refunds").await.body["data"][0]["amount"], 600);
    assert_eq!(balance(&stripe, &customer).await, -400);
    let rest = stripe.post("/v1/credit_notes", &format!("invoice={invoice}&credit_amount=451")).await;
    assert_eq!((rest.status, rest.text("/error/param")), (StatusCode::BAD_REQUEST, "amount"));
    let unequal =
        stripe.post("/v1/credit_notes", &format!("invoice={invoice}&amount=10&credit_amount=5")).await;
    assert_eq!(unequal.text("/error/param"), "amount");
    assert_eq!(balance(&stripe, &customer).await, -400);
}

#[tokio::test]
async fn a_credit_note_on_an_open_invoice_lowers_what_is_due() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    stripe.make("/v1/invoiceitems", &format!("customer={customer}&amount=900&currency=eur")).await;
    let invoice = stripe.make("/v1/invoices", &format!("customer={customer}")).await.id();
    stripe.make(&format!("/v1/invoices/{invoice}/finalize"), "").await;
    stripe.make("/v1/credit_notes", &format!("invoice={invoice}&amount=300")).await;
    let mistake = stripe.make("/v1/credit_notes", &format!("invoice={invoice}&amount=200")).await.id();
    let voided = stripe.make(&format!("/v1/credit_notes/{mistake}/void"), "").await;
    assert_eq!(voided.text("/status"), "void");
    let paid = stripe.make(&format!("/v1/invoices/{invoice}/pay"), "").await;
    assert_eq!((paid.text("/status"), &paid.body["amount_paid"]), ("paid", &600.into()));
    assert_eq!(stripe.get("/v1/charges").await.body["data"][0]["amount"], 600);
}

#[tokio::test]
async fn an_adjusted_balance_is_added_to_the_next_invoice() {
    let stripe = Stripe::new();
    let (customer, _, _) = subscriber(&stripe).await;
    let path = format!("/v1/customers/{customer}/balance_transactions");
    let made = stripe.make(&path, "amount=250&currency=eur&description=Fee").await;
    assert_eq!((made.text("/type"), &made.body["ending_balance"]), ("adjustment", &250.into()));
    assert_eq!(stripe.get(&format!("{path}/{}", made.id())).await.text("/description"), "Fee");
    stripe.advance(31 * DAY).await;
    assert_eq!(stripe.get("/v1/invoices?limit=1").await.body["data"][0]["amount_paid"], 1_700);
    assert_eq!(balance(&stripe, &customer).await, 0);
    assert_eq!(stripe.get(&path).await.text("/data/0/type"), "applied_to_invoice");
}

#[tokio::test]
async fn a_cancellation_gives_back_the_rest_of_the_period_when_asked_to() {
    let stripe = Stripe::new();
    let (customer, subscription, _) = subscriber(&stripe).await;
    stripe.advance(10 * DAY).await;
    let ended =
        stripe.delete(&format!("/v1/subscriptions/{subscription}?prorate=true&invoice_now=true")).await;
    assert_eq!(ended.text("/status"), "canceled");
    // 1450 × 21/31 = 982.26 are left of the month.
    assert_eq!(balance(&stripe, &customer).await, -982);
}
