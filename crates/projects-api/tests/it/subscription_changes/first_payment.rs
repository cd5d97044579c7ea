//! From a free plan to one that costs something: by the card that Stripe keeps, or not at all.

use perennial_testkit::Merchant;
use serde_json::json;

use super::{CHANGES, api_of, change};

#[tokio::test]
async fn a_saved_card_pays_for_the_plan_at_once_and_once_for_the_same_key() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let api = api_of(&merchant).with("idempotency-key", "change-1");
    let plan = merchant.product("line").await.id;
    let body = json!({ "subscription": subscription.id, "plan": plan, "when": "now" });
    let made = api.post(CHANGES, body.clone()).await.expect(201);
    assert_eq!((&made["status"], &made["plan"]["id"]), (&json!("applied"), &json!(plan)));
    assert_eq!(api.post(CHANGES, body).await.expect(201), made);

    let shown = api.get(&format!("/projects/p/subscriptions/{}", subscription.id)).await.expect(200);
    assert_eq!((&shown["plan"]["id"], &shown["currentPeriod"]["number"]), (&json!(plan), &json!(1)));
    let charges = merchant.stripe().get("/v1/charges").await.expect(200);
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_card_a_connect_session_is_needed() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let refused = change(&merchant, &subscription, "line", Some("now")).await.expect_error(422);
    assert_eq!(refused.1, "paymentMethodRequired");
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

#[tokio::test]
async fn a_card_that_is_declined_is_told_by_the_change() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_chargeCustomerFail").await;
    let failed = change(&merchant, &subscription, "line", Some("now")).await.expect(201);
    assert_eq!((&failed["status"], &failed["failureCode"]), (&json!("failed"), &json!("generic_decline")));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}
