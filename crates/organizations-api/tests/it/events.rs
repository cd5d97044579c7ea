//! What Stripe tells (contract §11): every state of a payment is reached by driving the sandbox, and no order of events
//! changes where they end.

use http::Method;
use jiff::SignedDuration;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{ArrearsEnd, ArrearsPolicy, PaymentMethods};
use perennial_testkit::{Dunning, LastResort};
use serde_json::{Value, json};
use stripe_sandbox::checkout::PayInput;

use crate::house::{House, Tenant, code};

pub(crate) const PAYS_LATER: &str = "DE08370400440532013003";
const REFUSES_LATER: &str = "DE78370400440532013004";

/// Buys a period and pays by direct debit; answers the session.
pub(crate) async fn debit(house: &House, tenant: &Tenant, plan: &str, rhythm: &str, iban: &str) -> String {
    let bought = tenant.buy(house, plan, rhythm).await.expect(200);
    let session = bought["sessionId"].as_str().unwrap().to_owned();
    let input = PayInput { name: "Ada Quill".to_owned(), iban: Some(iban.to_owned()), ..PayInput::default() };
    house.merchant.sandbox.pay(&session, input).await.unwrap().unwrap();
    house.merchant.hear_from_stripe().await;
    session
}

async fn with_debits() -> (House, Tenant) {
    let house = House::with(|settings| settings.payment_methods = PaymentMethods::CardsAndSepaDebits).await;
    let tenant = house.tenant("harbour").await;
    (house, tenant)
}

fn states(payments: &[(String, i64)]) -> Vec<&str> {
    payments.iter().map(|(state, _)| state.as_str()).collect()
}

#[tokio::test]
async fn a_debit_is_processing_until_the_bank_says_yes() {
    for rhythm in ["MONTHLY", "ALL_TIME"] {
        let (house, tenant) = with_debits().await;
        let session = debit(&house, &tenant, "Harbor", rhythm, PAYS_LATER).await;
        assert_eq!(states(&tenant.payments().await), ["PROCESSING"], "{rhythm}");
        let status = tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await.expect(200);
        assert_eq!((&status["status"], &status["payment_status"]), (&json!("complete"), &json!("unpaid")));
        let pending = tenant.api.get("/subscriptions/pending-payment").await.expect(200)["data"].clone();
        assert_eq!(
            (&pending["status"], &pending["sessionStatus"]),
            (&json!("PROCESSING"), &json!("complete"))
        );
        assert_eq!(tenant.my().await, Value::Null);
        // The bank may still say yes: another purchase could be paid twice.
        assert_eq!(code(tenant.buy(&house, "Fleet", "YEARLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
        assert_eq!(
            code(tenant.api.delete("/subscriptions/pending-payment").await, 404),
            "NO_PENDING_PAYMENT"
        );

        house.pass(SignedDuration::from_mins(4)).await;
        assert_eq!(states(&tenant.payments().await), ["COMPLETED"], "{rhythm}");
        assert_eq!(tenant.my().await["status"], "ACTIVE");
    }
}

#[tokio::test]
async fn a_debit_that_the_bank_refuses_has_failed_and_makes_room() {
    for rhythm in ["MONTHLY", "ALL_TIME"] {
        let (house, tenant) = with_debits().await;
        debit(&house, &tenant, "Harbor", rhythm, REFUSES_LATER).await;
        house.pass(SignedDuration::from_mins(4)).await;
        assert_eq!(states(&tenant.payments().await), ["FAILED"], "{rhythm}");
        assert_eq!(tenant.my().await, Value::Null);
        assert_eq!(still_billed(&house).await, 0, "Stripe tries no debit again that failed here");
        tenant.subscribe(&house, "Harbor", "MONTHLY").await;
        assert_eq!(tenant.my().await["status"], "ACTIVE");
        assert_eq!(still_billed(&house).await, 1);
    }
}

/// What Stripe would charge, now or later: subscriptions that run, and invoices that are open.
async fn still_billed(house: &House) -> usize {
    let mut billed = 0;
    for list in ["/v1/subscriptions", "/v1/invoices?status=open"] {
        billed += house.merchant.stripe().get(list).await.expect(200)["data"].as_array().unwrap().len();
    }
    billed
}

#[tokio::test]
async fn a_session_that_nobody_pays_expires() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    assert_eq!(states(&tenant.payments().await), ["PENDING"]);
    house.pass(SignedDuration::from_hours(25)).await;
    assert_eq!(states(&tenant.payments().await), ["EXPIRED"]);
}

#[tokio::test]
async fn a_renewal_that_fails_is_failed_then_completed_or_unpaid() {
    for recovers in [true, false] {
        let house = House::open().await;
        let tenant = house.tenant("harbour").await;
        tenant.subscribe(&house, "Harbor", "MONTHLY").await;
        house.use_card(&tenant, "pm_card_chargeCustomerFail").await;
        house.pass(SignedDuration::from_hours(24 * 31 + 2)).await;
        assert_eq!(states(&tenant.payments().await), ["FAILED", "COMPLETED"]);
        assert_eq!(tenant.my().await["status"], "ACTIVE", "within its grace");
        house.pass(SignedDuration::from_hours(24)).await;
        assert_eq!(tenant.my().await["status"], "EXPIRED");
        if recovers {
            house.use_card(&tenant, "pm_card_visa").await;
        }
        for _ in 0..40 {
            house.pass(SignedDuration::from_hours(24)).await;
        }
        let payments = tenant.payments().await;
        if recovers {
            assert!(states(&payments).iter().all(|state| *state == "COMPLETED"), "{payments:?}");
            assert_eq!(tenant.my().await["status"], "ACTIVE");
        } else {
            assert_eq!(states(&payments), ["CANCELLED", "UNPAID", "COMPLETED"]);
            assert_eq!(tenant.my().await["status"], "CANCELLED");
        }
    }
}

#[tokio::test]
async fn a_month_that_stripes_retry_pays_beside_another_plan_goes_back() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.use_card(&tenant, "pm_card_chargeCustomerFail").await;
    for hours in [24 * 31 + 2, 24, 24] {
        house.pass(SignedDuration::from_hours(hours)).await;
    }
    assert_eq!(tenant.my().await["status"], "EXPIRED");
    let bought = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    assert_eq!(bought["isSubscriptionChange"], false, "what is used up is not changed");
    assert_eq!(bought["previousSubscription"], Value::Null);
    house.use_card(&tenant, "pm_card_visa").await;
    house.pass(SignedDuration::from_hours(23)).await;
    assert_eq!(tenant.my().await["status"], "ACTIVE", "the retry was quicker than the page");

    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    house.merchant.hear_from_stripe().await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.my().await["name"], "Fleet");
    let refunds = house.merchant.stripe().get("/v1/refunds").await.expect(200);
    let amounts = refunds["data"].as_array().unwrap().iter().map(|refund| refund["amount"].clone());
    assert_eq!(amounts.collect::<Vec<_>>(), [json!(2400)], "the month that nobody wanted any more");
}

#[tokio::test]
async fn a_renewal_that_stripe_marks_unpaid_and_leaves_is_unpaid_here() {
    let dunning = Dunning { last_resort: LastResort::MarkUnpaid, ..Dunning::default() };
    let house = House::with_dunning(dunning).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.use_card(&tenant, "pm_card_chargeCustomerFail").await;
    house.pass(SignedDuration::from_hours(24 * 31 + 2)).await;
    for _ in 0..16 {
        house.pass(SignedDuration::from_hours(24)).await;
    }
    assert_eq!(states(&tenant.payments().await), ["CANCELLED", "UNPAID", "COMPLETED"]);
    assert_eq!(tenant.my().await["status"], "CANCELLED");
}

#[tokio::test]
async fn a_renewal_that_nobody_waits_for_is_unpaid_until_it_is_paid_after_all() {
    let dunning = Dunning { last_resort: LastResort::MarkUnpaid, ..Dunning::default() };
    let house = House::with_dunning(dunning).await;
    let project = house.merchant.project();
    let arrears = ArrearsPolicy { after: ArrearsEnd::Restrict, ..ArrearsPolicy::default() };
    let patch = ProjectPatch { arrears: Some(arrears), ..ProjectPatch::default() };
    house.merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.use_card(&tenant, "pm_card_chargeCustomerFail").await;
    house.pass(SignedDuration::from_hours(24 * 31 + 2)).await;
    assert_eq!(states(&tenant.payments().await), ["FAILED", "COMPLETED"]);
    for _ in 0..16 {
        house.pass(SignedDuration::from_hours(24)).await;
    }
    assert_eq!(states(&tenant.payments().await), ["UNPAID", "COMPLETED"]);
    assert_eq!(tenant.my().await["status"], "EXPIRED");

    house.use_card(&tenant, "pm_card_visa").await;
    let stripe = house.merchant.stripe();
    let open = stripe.get("/v1/invoices?status=open").await.expect(200);
    let owed = open["data"][0]["id"].as_str().unwrap();
    stripe.post_form(&format!("/v1/invoices/{owed}/pay"), "").await.expect(200);
    house.merchant.hear_from_stripe().await;
    assert_eq!(states(&tenant.payments().await), ["COMPLETED", "COMPLETED"]);
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_lifetime_that_is_given_back_is_over() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let session = tenant.subscribe(&house, "Harbor", "ALL_TIME").await;
    let shown = house.merchant.stripe().get(&format!("/v1/checkout/sessions/{session}")).await.expect(200);
    let intent = shown["payment_intent"].as_str().unwrap();
    house.merchant.test.clock().advance(SignedDuration::from_secs(60));
    let half = format!("payment_intent={intent}&amount=1000");
    house.merchant.stripe().post_form("/v1/refunds", &half).await.expect(200);
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.my().await["status"], "ACTIVE", "a part of it changes nothing");

    house.merchant.stripe().post_form("/v1/refunds", &format!("payment_intent={intent}")).await.expect(200);
    house.merchant.hear_from_stripe().await;
    let my = tenant.my().await;
    assert_eq!((&my["status"], &my["dateTo"]), (&json!("CANCELLED"), &json!("2031-03-04T05:07:07Z")));
    assert_eq!(states(&tenant.payments().await), ["CANCELLED", "COMPLETED"]);
    tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
}

#[tokio::test]
async fn events_in_any_order_and_number_end_in_the_same_state() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    let deliveries = house.merchant.webhooks().await;
    for delivery in deliveries.iter().rev().chain(&deliveries) {
        house.merchant.receive(delivery).await.unwrap();
        house.merchant.work().await;
    }
    assert_eq!(tenant.payments().await, [("COMPLETED".to_owned(), 2400)]);
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}

#[tokio::test]
async fn both_addresses_take_stripes_events_and_forgeries_nowhere() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    for (index, delivery) in house.merchant.webhooks().await.iter().enumerate() {
        let path = ["/stripe/webhook", "/webhooks/stripe", "/organizations/p/stripe/webhook"][index % 3];
        let forged = house.anybody().with("stripe-signature", "t=1,v1=00");
        assert_eq!(
            code(forged.send(Method::POST, path, delivery.body.clone()).await, 400),
            "INVALID_SIGNATURE"
        );
        let signed = house.anybody().with("stripe-signature", &delivery.signature);
        signed.send(Method::POST, path, delivery.body.clone()).await.expect(200);
        signed.send(Method::POST, path, delivery.body.clone()).await.expect(200);
    }
    house.merchant.work().await;
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}
