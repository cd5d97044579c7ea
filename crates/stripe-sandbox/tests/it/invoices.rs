//! Invoices made by hand.

use axum::http::StatusCode;

use crate::support::Stripe;

async fn draft(stripe: &Stripe, card: &str) -> String {
    let customer = stripe.customer_with(card).await;
    stripe
        .make("/v1/invoiceitems", &format!("customer={customer}&amount=2000&currency=usd&description=Set-up"))
        .await;
    let invoice = stripe.make("/v1/invoices", &format!("customer={customer}&auto_advance=false")).await;
    assert_eq!((invoice.text("/status"), &invoice.body["amount_due"]), ("draft", &2000.into()));
    invoice.id()
}

#[tokio::test]
async fn an_invoice_that_is_sent_is_due_after_as_many_days_as_are_asked_for() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&collection_method=send_invoice&days_until_due");
    let invoice = stripe.make("/v1/invoices", &format!("{form}=30")).await;
    let due = |invoice: &crate::support::Answer| invoice.body["due_date"].as_i64().unwrap();
    let created = invoice.body["created"].as_i64().unwrap();
    assert_eq!(due(&invoice), created + 30 * 86_400);
    let later = stripe.make(&format!("/v1/invoices/{}", invoice.id()), "days_until_due=45").await;
    assert_eq!(due(&later), created + 45 * 86_400);
}

#[tokio::test]
async fn paying_a_draft_finalizes_it_first() {
    let stripe = Stripe::new();
    let id = draft(&stripe, "pm_card_visa").await;
    let paid = stripe.make(&format!("/v1/invoices/{id}/pay"), "").await;
    assert_eq!((paid.text("/status"), &paid.body["amount_paid"]), ("paid", &2000.into()));
    let lines = stripe.get(&format!("/v1/invoices/{id}/lines")).await;
    assert_eq!(lines.text("/data/0/description"), "Set-up");
    let payments = stripe.get(&format!("/v1/invoice_payments?invoice={id}")).await;
    assert_eq!(
        (payments.text("/data/0/status"), &payments.body["data"][0]["amount_paid"]),
        ("paid", &2000.into())
    );
    let types = stripe.event_types().await;
    for expected in ["invoiceitem.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]
    {
        assert!(types.iter().any(|found| found == expected), "{expected} in {types:?}");
    }
    let again = stripe.post(&format!("/v1/invoices/{id}/pay"), "").await;
    assert_eq!((again.status, again.text("/error/code")), (StatusCode::BAD_REQUEST, "invoice_already_paid"));
}

#[tokio::test]
async fn a_refused_payment_leaves_the_invoice_open_and_says_so() {
    let stripe = Stripe::new();
    let id = draft(&stripe, "pm_card_chargeCustomerFail").await;
    let refused = stripe.post(&format!("/v1/invoices/{id}/pay"), "").await;
    assert_eq!((refused.status, refused.text("/error/type")), (StatusCode::PAYMENT_REQUIRED, "card_error"));
    let invoice = stripe.get(&format!("/v1/invoices/{id}")).await;
    assert_eq!((invoice.text("/status"), &invoice.body["attempt_count"]), ("open", &1.into()));
    let types = stripe.event_types().await;
    for expected in
        ["invoice.finalized", "invoice.payment_failed", "charge.failed", "payment_intent.payment_failed"]
    {
        assert!(types.iter().any(|found| found == expected), "{expected} in {types:?}");
    }
}

#[tokio::test]
async fn a_voided_invoice_cannot_be_paid() {
    let stripe = Stripe::new();
    let id = draft(&stripe, "pm_card_visa").await;
    stripe.make(&format!("/v1/invoices/{id}/finalize"), "").await;
    assert_eq!(stripe.make(&format!("/v1/invoices/{id}/void"), "").await.text("/status"), "void");
    assert_eq!(stripe.post(&format!("/v1/invoices/{id}/pay"), "").await.status, StatusCode::BAD_REQUEST);
    let intents = stripe.get("/v1/payment_intents").await;
    assert_eq!(intents.text("/data/0/status"), "canceled");
}

#[tokio::test]
async fn a_draft_can_be_deleted_and_an_open_one_cannot() {
    let stripe = Stripe::new();
    let id = draft(&stripe, "pm_card_visa").await;
    assert_eq!(stripe.delete(&format!("/v1/invoices/{id}")).await.body["deleted"], true);
    let id = draft(&stripe, "pm_card_visa").await;
    stripe.make(&format!("/v1/invoices/{id}/finalize"), "").await;
    assert_eq!(stripe.delete(&format!("/v1/invoices/{id}")).await.status, StatusCode::BAD_REQUEST);
}
