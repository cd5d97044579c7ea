//! `GET /subscriptions/checkout-session/{id}`.

use perennial_testkit::LineState;
use serde_json::{Value, json};

use crate::house::{House, Tenant, code};

async fn status(tenant: &Tenant, session: &str) -> Value {
    tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await.expect(200)
}

#[tokio::test]
async fn a_session_is_open_then_complete_and_the_page_need_not_wait_for_the_webhook() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let session = bought["sessionId"].as_str().unwrap();
    let open = json!({ "success": true, "id": session, "status": "open", "payment_status": "unpaid", "subscriptionId": null });
    assert_eq!(status(&tenant, session).await, open);

    house.merchant.pay_session(session).await;
    let paid = status(&tenant, session).await;
    assert_eq!((&paid["status"], &paid["payment_status"]), (&json!("complete"), &json!("paid")));
    assert!(paid["subscriptionId"].as_str().unwrap().starts_with("sub_"));
    assert_eq!(tenant.my().await["status"], "ACTIVE");
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.payments().await, [("COMPLETED".to_owned(), 2400)], "the webhook adds nothing");
}

#[tokio::test]
async fn a_lifetime_has_no_subscription_at_stripe() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let session = tenant.subscribe(&house, "Harbor", "ALL_TIME").await;
    let paid = status(&tenant, &session).await;
    assert_eq!((&paid["payment_status"], &paid["subscriptionId"]), (&json!("paid"), &Value::Null));
}

#[tokio::test]
async fn a_session_that_was_withdrawn_is_expired() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    tenant.api.delete("/subscriptions/pending-payment").await.expect(200);
    let told = status(&tenant, bought["sessionId"].as_str().unwrap()).await;
    assert_eq!((&told["status"], &told["payment_status"]), (&json!("expired"), &json!("unpaid")));
}

#[tokio::test]
async fn a_session_of_nobody_or_of_another_organization_is_invalid() {
    let house = House::open().await;
    let (tenant, other) = (house.tenant("harbour").await, house.tenant("other").await);
    let theirs = other.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let free = house.tenant("free").await.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    let (theirs, free) = (theirs["sessionId"].as_str().unwrap(), free["sessionId"].as_str().unwrap());
    for session in [theirs, free, "cs_test_unknown", "sub_1", "free_sub_orgharbour_1", "..%2f..", "%00"] {
        let answer = tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await;
        assert_eq!(code(answer, 400), "INVALID_SESSION", "{session}");
    }
}

#[tokio::test]
async fn while_stripe_is_away_our_own_row_answers() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let session = bought["sessionId"].as_str().unwrap();
    house.merchant.pay_session(session).await;
    house.merchant.line.set(LineState::Cut);
    assert_eq!(status(&tenant, session).await["status"], "open", "the last that was known");
    house.merchant.line.set(LineState::Open);
    assert_eq!(status(&tenant, session).await["status"], "complete");
}

#[tokio::test]
async fn what_is_paid_and_cannot_be_kept_yet_is_told_as_paid_and_cannot_be_paid_again() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let session = bought["sessionId"].as_str().unwrap();
    house.merchant.pay_session(session).await;
    house.merchant.test.fill_disk("subscriptions").await;
    let path = format!("/subscriptions/checkout-session/{session}");
    let status = tenant.api.get(&path).await.expect(200);
    assert_eq!(
        json!([status["status"], status["payment_status"], status["subscriptionId"]]),
        json!(["complete", "paid", null])
    );
    let pending = tenant.api.get("/subscriptions/pending-payment").await.expect(200)["data"].clone();
    assert_eq!(
        json!([pending["status"], pending["sessionStatus"], pending["checkoutUrl"]]),
        json!(["PROCESSING", "complete", null])
    );
    house.merchant.test.free_disk("subscriptions").await;
    let status = tenant.api.get(&path).await.expect(200);
    assert!(status["subscriptionId"].as_str().unwrap().starts_with("sub_"), "{status}");
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}
