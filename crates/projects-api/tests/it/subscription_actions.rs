//! `POST …/cancel`, `…/resume`, `…/end`, and the older `DELETE`.

use http::StatusCode;
use perennial_domain::Subscription;
use perennial_http::ApiOptions;
use perennial_testkit::{Caller, LineState, Merchant};
use serde_json::json;

async fn subscribed(plan: &'static str) -> (Merchant, Caller, String) {
    let (merchant, Subscription { id, .. }) = Merchant::with_subscriber(plan).await;
    let routes = perennial_projects_api::router(merchant.app().clone(), &ApiOptions::default());
    let api = merchant.test.caller(perennial_http::server(routes));
    (merchant, api, format!("/projects/p/subscriptions/{id}"))
}

#[tokio::test]
async fn a_cancelled_subscription_stays_active_until_its_end() {
    let (_merchant, api, path) = subscribed("line").await;
    let body = json!({ "cancellationDetails": { "userReason": "other", "userComment": "Moving away" } });
    let cancelled = api.post(&format!("{path}/cancel"), body).await;
    assert_eq!(cancelled.status, StatusCode::OK);
    assert_eq!(cancelled.body["status"], "active");
    assert_eq!(cancelled.body["canceledAt"], "2031-03-04T05:06:07Z");
    assert_eq!(cancelled.body["endedAt"], "2031-04-04T05:06:07Z");
    assert_eq!(cancelled.body["cancellationDetails"]["userComment"], "Moving away");

    let again = api.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &cancelled.body));
}

#[tokio::test]
async fn resuming_clears_the_end_and_twice_is_once() {
    let (_merchant, api, path) = subscribed("line").await;
    api.post(&format!("{path}/cancel"), json!({})).await;
    for _ in 0..2 {
        let resumed = api.post(&format!("{path}/resume"), json!({})).await;
        assert_eq!(resumed.status, StatusCode::OK);
        assert!(resumed.body["canceledAt"].is_null() && resumed.body["endedAt"].is_null());
        assert!(resumed.body["cancellationDetails"].is_null());
    }
}

#[tokio::test]
async fn both_spellings_end_it_for_good() {
    for delete in [false, true] {
        let (_merchant, api, path) = subscribed("line").await;
        let ended =
            if delete { api.delete(&path).await } else { api.post(&format!("{path}/end"), json!({})).await };
        assert_eq!((ended.status, &ended.body["status"]), (StatusCode::OK, &json!("ended")));
        for action in ["cancel", "resume"] {
            let refused = api.post(&format!("{path}/{action}"), json!({})).await;
            assert_eq!(
                (refused.status, &refused.body["type"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid"))
            );
        }
    }
}

#[tokio::test]
async fn what_is_paid_once_cannot_be_cancelled() {
    let (_merchant, api, path) = subscribed("prepaid").await;
    let refused = api.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn odd_reasons_and_foreign_ids_are_refused() {
    let (_merchant, api, path) = subscribed("line").await;
    let long = json!({ "userReason": "other", "userComment": "x".repeat(501) });
    let unasked = json!({ "userReason": "unused", "userComment": "x" });
    let odd = [json!({ "userReason": "bored" }), json!({ "userComment": "x" }), json!({ "why": 1 })];
    for details in odd.into_iter().chain([long, unasked, json!(null)]) {
        let body = json!({ "cancellationDetails": details });
        let answer = api.post(&format!("{path}/cancel"), body.clone()).await;
        let expected = if details.is_null() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(answer.status, expected, "{body}");
    }
    let unknown = api.post("/projects/p/subscriptions/sub_0000000000000000000000/cancel", json!({})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn stripe_away_is_503_and_changes_nothing() {
    let (merchant, api, path) = subscribed("line").await;
    merchant.line.set(LineState::Cut);
    let refused = api.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!(
        (refused.status, &refused.body["type"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("serviceUnavailable"))
    );
    assert!(api.get(&path).await.body["canceledAt"].is_null());
}

#[tokio::test]
async fn what_stripe_has_ended_meanwhile_is_told_and_is_no_outage() {
    let (merchant, api, path) = subscribed("line").await;
    let billed = merchant.only_subscription().await.stripe_subscription_id.unwrap();
    merchant.stripe().delete(&format!("/v1/subscriptions/{billed}")).await.expect(200);
    drop(merchant.webhooks().await);
    assert_eq!(api.post(&format!("{path}/cancel"), json!({})).await.expect_error(422).0, "invalid");
    assert_eq!(api.get(&path).await.expect(200)["status"], "ended");
}
