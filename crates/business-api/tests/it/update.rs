//! Cancelling and expiring (contract §5, §7.3, §8.3).

use http::Method;
use jiff::SignedDuration;
use perennial_core::business::{SuspendError, suspend, unsuspend};
use perennial_domain::{Id, SubscriptionId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, SUBSCRIPTIONS, code, fields};

fn expired() -> Value {
    json!({ "purchase_state": "expired" })
}

fn canceled() -> Value {
    json!({ "purchase_state": "canceled" })
}

fn id(uid: &Value) -> SubscriptionId {
    SubscriptionId::from_uuid(Uuid::parse_str(uid.as_str().unwrap()).unwrap())
}

#[tokio::test]
async fn what_expires_is_over_at_once_whatever_date_is_sent() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    house.pass(SignedDuration::from_mins(5));
    let state = json!({ "purchase_state": "expired", "expiration_date": "2032-01-01T00:00:00Z" });
    let answer = house.put(&bought["uid"], state).await.expect(200);
    let after = &answer["data"]["subscription"];
    assert_eq!((&after["purchase_state"], &after["is_active"]), (&json!("expired"), &json!(false)));
    assert_eq!(after["expiration_date"], "2031-03-04T05:11:07.000Z");
    assert_eq!(after["cancellation_date"], after["expiration_date"]);
    assert_eq!(after["updated_at"], after["expiration_date"]);
    assert_eq!(after["purchase_price"], 49);
    // A step of a changed plan that is tried again does no harm.
    house.pass(SignedDuration::from_mins(5));
    let again = house.put(&bought["uid"], expired()).await.expect(200);
    assert_eq!(again["data"]["subscription"], *after);
}

#[tokio::test]
async fn what_is_cancelled_lasts_to_the_end_of_what_is_paid() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    let answer = house.put(&bought["uid"], canceled()).await.expect(200);
    let after = &answer["data"]["subscription"];
    assert_eq!((&after["purchase_state"], &after["is_active"]), (&json!("canceled"), &json!(true)));
    assert_eq!(after["cancellation_date"], "2031-03-04T05:06:07.000Z");
    assert_eq!(after["expiration_date"], "2031-04-04T05:06:07.000Z");
    // Cancelled again without a date it stays as it is, and with one it moves.
    assert_eq!(house.put(&bought["uid"], canceled()).await.expect(200), answer);
    let moved = json!({ "purchase_state": "cancelled", "expiration_date": "2031-03-20 12:30" });
    let moved = house.put(&bought["uid"], moved).await.expect(200);
    assert_eq!(moved["data"]["subscription"]["expiration_date"], "2031-03-20T12:30:00.000Z");
    assert_eq!(moved["data"]["subscription"]["cancellation_date"], after["cancellation_date"]);
    let expired = house.put(&bought["uid"], expired()).await.expect(200);
    assert_eq!(expired["data"]["subscription"]["cancellation_date"], after["cancellation_date"]);
}

#[tokio::test]
async fn an_end_that_has_come_shows_before_any_job_has_run() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    house.put(&bought["uid"], canceled()).await.expect(200);
    house.pass(SignedDuration::from_hours(24 * 31));
    let before = house.get(&bought["uid"]).await;
    assert_eq!((&before["purchase_state"], &before["is_active"]), (&json!("expired"), &json!(false)));
    for (filter, total) in
        [("purchase_state]=expired", 1), ("is_active]=true", 0), ("purchase_state]=canceled", 0)]
    {
        let list = house.api.get(&format!("{SUBSCRIPTIONS}?filter[{filter}")).await.expect(200);
        assert_eq!(list["total"], total, "{filter}");
    }
    let again = house.put(&bought["uid"], expired()).await.expect(200)["data"]["subscription"].clone();
    assert_eq!(again, before, "what has ended ends no other day");
    house.turn().await;
    let after = house.get(&bought["uid"]).await;
    assert_eq!(after["expiration_date"], before["expiration_date"]);
    assert_eq!(after["purchase_state"], "expired");
}

#[tokio::test]
async fn patch_is_put_and_the_bare_body_is_the_wrapped_one() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    let path = format!("{SUBSCRIPTIONS}/{}", bought["uid"].as_str().unwrap());
    let answer = house.api.send(Method::PATCH, &path, canceled().to_string()).await.expect(200);
    assert_eq!(answer["data"]["subscription"]["purchase_state"], "canceled");
    let answer = house.api.send(Method::PUT, &format!("{path}/"), expired().to_string()).await.expect(200);
    assert_eq!(answer["data"]["subscription"]["purchase_state"], "expired");
}

#[tokio::test]
async fn transitions_that_do_not_exist_are_refused() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    for state in ["active", "purchased", "suspended", "paused", ""] {
        let wrong = house.put(&bought["uid"], json!({ "purchase_state": state })).await;
        assert_eq!(fields(wrong), ["purchase_state"], "{state}");
    }
    assert_eq!(fields(house.put(&bought["uid"], json!({})).await), ["purchase_state"]);
    for date in ["2031-03-04T05:06:07Z", "2030-01-01", "tomorrow"] {
        let state = json!({ "purchase_state": "canceled", "expiration_date": date });
        assert_eq!(fields(house.put(&bought["uid"], state).await), ["expiration_date"], "{date}");
    }
    house.put(&bought["uid"], expired()).await.expect(200);
    assert_eq!(fields(house.put(&bought["uid"], canceled()).await), ["purchase_state"]);
    for uid in ["none", "00000000-0000-4000-8000-000000000000"] {
        assert_eq!(code(house.put(&json!(uid), expired()).await, 404), "not_found");
    }
}

#[tokio::test]
async fn what_has_no_cycle_is_cancelled_to_a_date() {
    let house = House::open().await;
    let bought = house.bought("import", "single_charge").await;
    assert_eq!(fields(house.put(&bought["uid"], canceled()).await), ["expiration_date"]);
    let state = json!({ "purchase_state": "canceled", "expiration_date": "2031-05-01" });
    let answer = house.put(&bought["uid"], state).await.expect(200);
    assert_eq!(answer["data"]["subscription"]["expiration_date"], "2031-05-01T00:00:00.000Z");
}

#[tokio::test]
async fn a_bundle_ends_with_its_parent_and_not_alone() {
    let house = House::open().await;
    let parent = house.bought("crew_plus", "monthly").await;
    let children = house.all().await.into_iter().filter(|it| it["payment_type"] == "bundled");
    let children = children.map(|it| it["uid"].clone()).collect::<Vec<_>>();
    assert_eq!(children.len(), 2);
    for child in &children {
        assert_eq!(fields(house.put(child, canceled()).await), ["purchase_state"]);
        assert_eq!(fields(house.put(child, expired()).await), ["purchase_state"]);
    }
    house.pass(SignedDuration::from_mins(1));
    for state in [canceled(), expired()] {
        let after = house.put(&parent["uid"], state).await.expect(200)["data"]["subscription"].clone();
        for child in &children {
            let child = house.get(child).await;
            for field in ["purchase_state", "cancellation_date", "expiration_date"] {
                assert_eq!(child[field], after[field], "{field}");
            }
        }
    }
}

#[tokio::test]
async fn only_the_operator_suspends_and_nothing_that_is_charged_for() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    let (app, project, held) = (house.merchant.app(), house.merchant.project(), id(&bought["uid"]));
    app.write(move |cx, tx| suspend(cx, tx, project, held)).await.unwrap();
    let off = house.get(&bought["uid"]).await;
    assert_eq!((&off["purchase_state"], &off["is_active"]), (&json!("suspended"), &json!(false)));
    assert_eq!(fields(house.put(&bought["uid"], canceled()).await), ["purchase_state"]);
    app.write(move |cx, tx| unsuspend(cx, tx, project, held)).await.unwrap();
    assert_eq!(house.get(&bought["uid"]).await["purchase_state"], "active");
    house.put(&bought["uid"], expired()).await.expect(200);
    let charged = id(&house.sell_by_stripe("crew-max").await["uid"]);
    let refused = app.write(move |cx, tx| suspend(cx, tx, project, charged)).await;
    assert!(matches!(refused, Err(SuspendError::Billed)), "{refused:?}");
}

#[tokio::test]
async fn what_is_given_along_is_not_suspended_alone() {
    let house = House::open().await;
    let parent = id(&house.bought("crew_plus", "monthly").await["uid"]);
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let all = house.all().await;
    let child = id(&all.iter().find(|it| it["payment_type"] == "bundled").unwrap()["uid"]);
    for is_off in [false, true] {
        if is_off {
            app.write(move |cx, tx| suspend(cx, tx, project, parent)).await.unwrap();
        }
        let off = app.write(move |cx, tx| suspend(cx, tx, project, child)).await;
        let on = app.write(move |cx, tx| unsuspend(cx, tx, project, child)).await;
        for refused in [off, on] {
            assert!(matches!(refused, Err(SuspendError::Bundled(of)) if of == parent), "{refused:?}");
        }
    }
    assert!(house.all().await.iter().all(|it| it["purchase_state"] == "suspended"));
}

#[tokio::test]
async fn what_expires_here_is_charged_no_more_at_stripe() {
    let house = House::open().await;
    let sold = house.sell_by_stripe("crew-max").await;
    house.put(&sold["uid"], expired()).await.expect(200);
    let list = house.merchant.stripe().get("/v1/subscriptions?status=all").await.expect(200);
    assert_eq!(list["data"][0]["status"], "canceled");
}

#[tokio::test]
async fn a_date_that_is_told_here_holds_at_stripe() {
    let house = House::open().await;
    let sold = house.sell_by_stripe("crew-max").await;
    let state = json!({ "purchase_state": "canceled", "expiration_date": "2031-03-20T00:00:00Z" });
    let answer = house.put(&sold["uid"], state).await.expect(200);
    assert_eq!(answer["data"]["subscription"]["expiration_date"], "2031-03-20T00:00:00.000Z");
    let list = house.merchant.stripe().get("/v1/subscriptions").await.expect(200);
    assert_eq!(list["data"][0]["cancel_at"], 1_931_731_200);
}

#[tokio::test]
async fn an_end_within_the_second_is_in_the_past_for_stripe_and_for_us() {
    let house = House::open().await;
    let sold = house.sell_by_stripe("crew-max").await;
    house.pass(SignedDuration::from_millis(200));
    let state = json!({ "purchase_state": "canceled", "expiration_date": "2031-03-04T05:06:07.900Z" });
    assert_eq!(fields(house.put(&sold["uid"], state.clone()).await), ["expiration_date"]);
    let canceled = house.put(&sold["uid"], canceled()).await.expect(200);
    assert_eq!(fields(house.put(&sold["uid"], state).await), ["expiration_date"]);
    assert_eq!(house.get(&sold["uid"]).await, canceled["data"]["subscription"]);
}

#[tokio::test]
async fn a_date_that_stripe_refuses_is_refused_here() {
    let house = House::open().await;
    let sold = house.sell_by_stripe("crew-max").await;
    for is_canceled in [false, true] {
        let before = house.get(&sold["uid"]).await;
        let soon = house.merchant.app().now() + SignedDuration::from_secs(5);
        let state = json!({ "purchase_state": "canceled", "expiration_date": soon.to_string() });
        let held = house.merchant.line.hold("POST /v1/subscriptions/");
        let late = async {
            held.arrived().await;
            house.pass(SignedDuration::from_secs(10));
            held.release();
        };
        let (refused, ()) = tokio::join!(house.put(&sold["uid"], state), late);
        assert_eq!(fields(refused), ["expiration_date"], "canceled: {is_canceled}");
        let after = house.get(&sold["uid"]).await;
        for field in ["purchase_state", "cancellation_date", "expiration_date"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        house.put(&sold["uid"], canceled()).await.expect(200);
    }
}

#[tokio::test]
async fn what_is_given_along_is_off_and_on_with_its_parent() {
    let house = House::open().await;
    let parent = id(&house.bought("crew_plus", "monthly").await["uid"]);
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let standing = async || {
        let all = house.all().await;
        all.iter().map(|it| (it["purchase_state"].clone(), it["is_active"].clone())).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        app.write(move |cx, tx| suspend(cx, tx, project, parent)).await.unwrap();
        assert_eq!(standing().await, vec![(json!("suspended"), json!(false)); 3]);
    }
    for _ in 0..2 {
        app.write(move |cx, tx| unsuspend(cx, tx, project, parent)).await.unwrap();
        assert_eq!(standing().await, vec![(json!("purchased"), json!(true)); 3]);
    }
}
