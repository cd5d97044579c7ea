//! contracts/projects-api.md §2.14, payments.

use perennial_domain::{Currency, Customer, Money, Payment, PaymentFailure, PaymentState};
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

/// A payment of this customer that arrived, but for what `change` says.
async fn payment(
    door: &Door,
    customer: &Customer,
    reference: &'static str,
    change: impl Fn(&mut Payment) + Send + Sync + 'static,
) -> Payment {
    let (customer, euros) = (customer.clone(), Currency::from_code("EUR").unwrap());
    let write = door.app.write(move |cx, tx| {
        let mut payment = rows::payment(cx, &customer, reference, Money::new(1450, euros));
        change(&mut payment);
        tx.payments(customer.project_id).insert(&payment)?;
        Ok(payment)
    });
    write.await
}

#[tokio::test]
async fn a_payment_shows_what_it_was_for_and_who_paid() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let subscription = door.subscription(&customer, &plan).await;
    let id = subscription.id;
    let paid = payment(&door, &customer, "in_1", move |payment| payment.subscription_id = Some(id)).await;

    let mut shown = door.api.get(&format!("/projects/p/payments/{}", paid.id)).await.expect(200);
    assert_eq!(shown["user"].take()["email"], "ada@example.com");
    assert_eq!(
        shown,
        json!({
            "object": "payment", "id": paid.id, "amount": { "amount": 1450, "currency": "EUR" },
            "status": "succeeded", "reason": "subscriptionRenewal", "method": null, "user": null,
            "references": [{ "object": "subscription", "id": id }],
            "failedAttempts": 0, "failureCode": null, "failureMessage": null,
            "refunded": { "amount": 0, "currency": "EUR" }, "refundedAt": null,
            "disputeClosedAt": null, "disputeOutcome": null,
            "attemptedAt": "2031-03-04T05:06:07Z", "createdAt": "2031-03-04T05:06:07Z",
        })
    );
}

#[tokio::test]
async fn payments_are_listed_by_user_subscription_and_status() {
    let door = Door::open().await;
    let (ada, bo) = (door.customer("ada@example.com").await, door.customer("bo@example.com").await);
    payment(&door, &ada, "in_1", |_| {}).await;
    let refuse = |payment: &mut Payment| {
        payment.state = PaymentState::Failed;
        payment.attempts.failed = 1;
        let (code, message) = ("insufficient_funds".to_owned(), "Not enough money.".to_owned());
        payment.attempts.failure = Some(PaymentFailure { code, message });
    };
    payment(&door, &bo, "in_2", refuse).await;
    let list = async |query: String| {
        door.api.get(&format!("/projects/p/payments?{query}")).await.expect(200)["items"].take()
    };
    let count = |items: Value| items.as_array().unwrap().len();

    assert_eq!(count(list(String::new()).await), 2);
    assert_eq!(count(list(format!("user={}", ada.id)).await), 1);
    assert_eq!(count(list("status=pending,refunded".to_owned()).await), 0);
    assert_eq!(count(list("subscription=sub_unknown".to_owned()).await), 0);
    let failed = list("status=failed".to_owned()).await;
    assert_eq!(failed[0]["failureCode"], "paymentCardInsufficientFunds");
    assert_eq!(failed[0]["user"]["id"], bo.id.to_string());
    assert_eq!(door.api.get("/projects/p/payments?status=lost").await.expect_error(422).0, "invalid");
    door.api.get("/projects/p/payments/pay_unknown").await.expect_error(404);
}

#[tokio::test]
async fn payments_of_another_project_are_nobodys() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    let paid = payment(&door, &customer, "in_1", |_| {}).await;
    let (_, key) = door.app.other_project("q").await;
    let other = door.with_key(secrecy::ExposeSecret::expose_secret(&key));
    other.get(&format!("/projects/q/payments/{}", paid.id)).await.expect_error(404);
    assert_eq!(other.get("/projects/q/payments").await.expect(200)["items"], json!([]));
}
