//! What is answered while Stripe or the database is away, and that asking again afterwards is safe.

use std::sync::Arc;

use http::Method;
use jiff::SignedDuration;
use perennial_testkit::{Answer, LineState, Merchant, MerchantOptions};
use serde_json::{Value, json};

use crate::house::{House, code};

#[tokio::test]
async fn once_stripe_is_back_the_portal_opens_and_there_is_one_customer() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    for state in [LineState::Cut, LineState::LosesAnswers, LineState::Nonsense] {
        house.merchant.line.set(state);
        let away = tenant.api.post("/subscriptions/portal", Value::Null).await;
        assert_eq!(code(away, 500), "INTERNAL_ERROR", "{state:?}");
    }
    house.merchant.line.set(LineState::Open);
    let opened = tenant.api.post("/subscriptions/portal", Value::Null).await.expect(200);
    assert!(opened["url"].as_str().unwrap().starts_with("http://stripe.test/p/session/"));
    let customers = house.merchant.stripe().get("/v1/customers").await.expect(200);
    assert_eq!(customers["data"].as_array().unwrap().len(), 1, "the lost answer was of this one");
}

#[tokio::test]
async fn a_purchase_does_not_depend_on_stripes_clock_being_ours() {
    for stripe_behind_seconds in [-2, 2] {
        let options = MerchantOptions { stripe_behind_seconds, ..MerchantOptions::default() };
        let house = House::of(Merchant::with(options).await, |_| {}, &Arc::default()).await;
        let tenant = house.tenant("harbour").await;
        for state in [LineState::LosesAnswers, LineState::Open] {
            house.merchant.line.set(state);
            tenant.buy(&house, "Harbor", "MONTHLY").await;
            house.merchant.test.clock().advance(SignedDuration::from_secs(1));
        }
        let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
        let list = house.merchant.stripe().get("/v1/checkout/sessions").await.expect(200);
        let [session] = list["data"].as_array().unwrap().as_slice() else { panic!("one purchase: {list}") };
        assert_eq!(session["id"], bought["sessionId"]);
        let (project, customer) = (house.merchant.project(), tenant.organization.id);
        let row = house.merchant.test.write(move |_, tx| tx.checkouts(project).undecided_of(customer)).await;
        let closes_at = row.unwrap().expires_at.as_second();
        assert_eq!(session["expires_at"], closes_at, "Stripe's answer is what is kept");
        assert_eq!(closes_at - session["created"].as_i64().unwrap(), 24 * 60 * 60);
    }
}

#[tokio::test]
async fn a_cancellation_whose_answer_is_lost_is_asked_again_or_heard_of_and_recorded_once() {
    for is_heard_of in [false, true] {
        let house = House::open().await;
        let tenant = house.tenant("harbour").await;
        tenant.subscribe(&house, "Harbor", "MONTHLY").await;
        house.merchant.line.set(LineState::LosesAnswers);
        let lost = tenant.api.post("/subscriptions/cancel", Value::Null).await;
        assert_eq!(code(lost, 500), "STRIPE_CANCELLATION_FAILED");
        house.merchant.line.set(LineState::Open);
        if is_heard_of {
            house.merchant.hear_from_stripe().await;
        }
        let again = tenant.api.post("/subscriptions/cancel", Value::Null).await;
        if is_heard_of {
            assert_eq!(code(again, 400), "SUBSCRIPTION_ALREADY_CANCELLED");
        } else {
            again.expect(200);
            house.merchant.hear_from_stripe().await;
        }
        let my = tenant.my().await;
        assert_eq!((&my["status"], &my["autoRenew"]), (&json!("ACTIVE"), &json!(false)));
        let payments = tenant.payments().await;
        assert_eq!(payments.iter().filter(|(state, _)| state == "CANCELLED").count(), 1, "{payments:?}");
    }
}

#[tokio::test]
async fn without_the_database_every_route_says_so_in_the_envelope() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let period = house.period("Harbor", "MONTHLY").await;
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    // Who was charged a moment ago must not read that they were not.
    let internal = |answer: Answer, path: &str| {
        assert!(!answer.body["message"].as_str().unwrap().contains("charged"), "{path}: {}", answer.body);
        assert_eq!(code(answer, 500), "INTERNAL_ERROR", "{path}");
    };
    house.merchant.app().store().clone().close().await;
    for path in ["", "/my", "/payments", "/pending-payment", "/checkout-session/cs_test_1"] {
        internal(tenant.api.get(&format!("/subscriptions{path}")).await, path);
    }
    for (path, body) in
        [("cancel", Value::Null), ("portal", Value::Null), ("buy", json!({ "subscriptionPeriodId": period }))]
    {
        internal(tenant.api.post(&format!("/subscriptions/{path}"), body).await, path);
    }
    internal(tenant.api.delete("/subscriptions/pending-payment").await, "withdrawing");
}

#[tokio::test]
async fn a_webhook_that_cannot_be_kept_is_refused_so_that_stripe_sends_it_again() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    let deliveries = house.merchant.webhooks().await;
    let deliver = async |status: u16| {
        for delivery in &deliveries {
            let stripe = house.anybody().with("stripe-signature", &delivery.signature);
            let answer = stripe.send(Method::POST, "/stripe/webhook", delivery.body.clone()).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        }
    };
    house.merchant.test.fill_disk("stripe_events").await;
    deliver(500).await;
    assert_eq!(tenant.my().await, Value::Null);
    house.merchant.test.free_disk("stripe_events").await;
    deliver(200).await;
    house.merchant.work().await;
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}
