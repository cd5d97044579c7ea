//! `POST /subscriptions/cancel`.

use axum::body::Body;
use http::Method;
use jiff::SignedDuration;
use perennial_core::store::tables::PageRequest;
use perennial_domain::{ArrearsAccess, ArrearsPolicy, CancelMode};
use perennial_testkit::{Answer, LineState};
use serde_json::{Value, json};

use crate::house::{House, Tenant, code};

async fn cancel(tenant: &Tenant) -> Answer {
    tenant.api.send(Method::POST, "/subscriptions/cancel", Body::empty()).await
}

#[tokio::test]
async fn what_is_paid_is_used_up_and_then_it_is_over() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.merchant.test.clock().advance(SignedDuration::from_secs(1));
    assert_eq!(cancel(&tenant).await.expect(200)["success"], true);
    let my = tenant.my().await;
    assert_eq!((&my["status"], &my["autoRenew"]), (&json!("ACTIVE"), &json!(false)));
    assert_eq!(my["dateTo"], "2031-04-04T05:06:07Z");
    let expected = [("CANCELLED".to_owned(), 0), ("COMPLETED".to_owned(), 2400)];
    house.merchant.test.clock().advance(SignedDuration::from_secs(1));
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.payments().await, expected, "Stripe's own event adds no second record");
    assert_eq!(code(cancel(&tenant).await, 400), "SUBSCRIPTION_ALREADY_CANCELLED");

    house.pass(SignedDuration::from_hours(24 * 32)).await;
    let my = tenant.my().await;
    assert_eq!((&my["status"], &my["dateTo"]), (&json!("CANCELLED"), &json!("2031-04-04T05:06:07Z")));
    assert_eq!(tenant.payments().await, expected);
    assert_eq!(code(cancel(&tenant).await, 400), "SUBSCRIPTION_ALREADY_CANCELLED");
    tenant.buy(&house, "Fleet", "YEARLY").await.expect(200);
}

#[tokio::test]
async fn it_ends_at_once_where_the_operator_or_the_call_says_so() {
    let house = House::open().await;
    for (name, settings_say, body) in [
        ("call", CancelMode::PeriodEnd, json!({ "mode": "immediate" })),
        ("operator", CancelMode::Immediate, json!({})),
    ] {
        let mut settings =
            perennial_domain::OrganizationSettings::new("workspace", crate::house::FRONTEND.parse().unwrap());
        settings.cancel_mode = settings_say;
        house.set(settings).await;
        let tenant = house.tenant(name).await;
        tenant.subscribe(&house, "Harbor", "MONTHLY").await;
        house.merchant.test.clock().advance(SignedDuration::from_secs(60));
        tenant.api.post("/subscriptions/cancel", body).await.expect(200);
        let my = tenant.my().await;
        assert_eq!((&my["status"], &my["autoRenew"]), (&json!("CANCELLED"), &json!(false)), "{name}");
        house.merchant.hear_from_stripe().await;
        assert_eq!(tenant.payments().await[0], ("CANCELLED".to_owned(), 0));
        assert_eq!(tenant.payments().await.len(), 2, "one record, whoever says it first");
    }
}

#[tokio::test]
async fn a_body_that_may_be_left_out_may_be_anything_that_says_nothing() {
    let house = House::open().await;
    for (name, body) in [("none", ""), ("object", "{}"), ("null", "null")] {
        let tenant = house.tenant(name).await;
        tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
        tenant.api.send(Method::POST, "/subscriptions/cancel", Body::from(body)).await.expect(200);
        assert_eq!(tenant.my().await["status"], "CANCELLED", "a free plan ends at once");
    }
    let tenant = house.tenant("wrong").await;
    let answer = tenant.api.post("/subscriptions/cancel", json!({ "mode": "later" })).await;
    assert_eq!(code(answer, 400), "INVALID_REQUEST");
}

#[tokio::test]
async fn there_must_be_something_that_can_be_cancelled() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    assert_eq!(code(cancel(&tenant).await, 404), "NO_ACTIVE_SUBSCRIPTION");
    tenant.subscribe(&house, "Harbor", "ALL_TIME").await;
    assert_eq!(code(cancel(&tenant).await, 400), "SUBSCRIPTION_NOT_CANCELLABLE");
}

#[tokio::test]
async fn who_owes_is_told_that_it_ended_and_not_that_a_period_is_paid() {
    for access in [ArrearsAccess::Keep, ArrearsAccess::Restrict] {
        let house = House::open().await;
        let project = house.merchant.project();
        let policy = move |arrears| ArrearsPolicy { access, ..arrears };
        let set = house.merchant.test.write(move |_, tx| {
            let mut row = tx.projects().find(project)?.expect("it is there");
            row.settings.arrears = policy(row.settings.arrears);
            tx.projects().update(&row)
        });
        set.await;
        let tenant = house.tenant("harbour").await;
        tenant.subscribe(&house, "Harbor", "MONTHLY").await;
        house.use_card(&tenant, "pm_card_chargeCustomerFail").await;
        house.pass(SignedDuration::from_hours(24 * 31 + 2)).await;
        let cancelled = cancel(&tenant).await.expect(200);
        assert_eq!(cancelled["message"], "The subscription has ended.", "{access:?}");
        assert_eq!(tenant.my().await["status"], "CANCELLED", "{access:?}");
    }
}

#[tokio::test]
async fn while_stripe_is_away_nothing_is_cancelled() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.merchant.line.set(LineState::Cut);
    assert_eq!(code(cancel(&tenant).await, 500), "STRIPE_CANCELLATION_FAILED");
    let immediate = tenant.api.post("/subscriptions/cancel", json!({ "mode": "immediate" })).await;
    assert_eq!(code(immediate, 500), "STRIPE_CANCELLATION_FAILED");
    assert_eq!(tenant.my().await["autoRenew"], true);
    house.merchant.line.set(LineState::Open);
    cancel(&tenant).await.expect(200);
}

#[tokio::test]
async fn what_ended_at_stripe_unheard_of_is_cancelled_already() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let stripe = house.merchant.stripe();
    let billed = stripe.get("/v1/subscriptions").await.expect(200);
    let path = format!("/v1/subscriptions/{}", billed["data"][0]["id"].as_str().unwrap());
    stripe.delete(&path).await.expect(200);
    for _ in 0..2 {
        assert_eq!(code(cancel(&tenant).await, 400), "SUBSCRIPTION_ALREADY_CANCELLED");
    }
    assert_eq!(tenant.my().await["status"], "CANCELLED");
}

#[tokio::test]
async fn while_a_change_is_being_paid_nothing_is_cancelled() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let held = house.merchant.only_subscription().await;
    crate::step_down::begin_change(&house, &held).await;
    let now = json!({ "mode": "immediate" });
    let refused = tenant.api.post("/subscriptions/cancel", now).await;
    assert_eq!(code(refused, 500), "STRIPE_CANCELLATION_FAILED");
    assert_eq!(house.merchant.only_subscription().await.ended_at, None);
    let billed = house.merchant.stripe().get("/v1/subscriptions").await.expect(200);
    assert_eq!(billed["data"][0]["status"], "active", "what is being paid comes true first");
}

#[tokio::test]
async fn while_the_database_fails_it_is_not_stripe_that_refused() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.merchant.test.fill_disk("events").await;
    assert_eq!(code(cancel(&tenant).await, 500), "INTERNAL_ERROR");
    house.merchant.test.free_disk("events").await;
    cancel(&tenant).await.expect(200);
}

#[tokio::test]
async fn what_is_cancelled_and_resumed_at_stripe_shows_here() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let session = tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let status = tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await.expect(200);
    let path = format!("/v1/subscriptions/{}", status["subscriptionId"].as_str().unwrap());
    house.merchant.test.clock().advance(SignedDuration::from_secs(60));

    house.merchant.stripe().post_form(&path, "cancel_at_period_end=true").await.expect(200);
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.my().await["autoRenew"], false);
    assert_eq!(tenant.payments().await[0], ("CANCELLED".to_owned(), 0));

    house.merchant.stripe().post_form(&path, "cancel_at_period_end=false").await.expect(200);
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.my().await["autoRenew"], true);
    assert_eq!(tenant.payments().await, [("COMPLETED".to_owned(), 2400)], "the record is gone again");

    house.merchant.stripe().delete(&path).await.expect(200);
    house.merchant.hear_from_stripe().await;
    let my = tenant.my().await;
    assert_eq!((&my["status"], &my["dateTo"]), (&json!("CANCELLED"), &json!("2031-03-04T05:07:07Z")));
    assert_eq!(tenant.payments().await[0], ("CANCELLED".to_owned(), 0));
    assert_ne!(tenant.my().await, Value::Null);
}

#[tokio::test]
async fn what_a_member_does_is_told_in_their_name() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    cancel(&tenant).await.expect(200);
    let project = house.merchant.project();
    let request = PageRequest { after: None, before: None, limit: 50 };
    let events = house.merchant.app().read(move |_, tx| tx.events(project).page(request)).await.unwrap();
    let canceled =
        events.items.into_iter().find(|event| event.event_type == "subscription.canceled").unwrap();
    assert_eq!(canceled.actor, Some(json!({ "type": "member", "member": tenant.member.id.to_string() })));
}
