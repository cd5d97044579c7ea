//! In which order a purchase is refused (contract §8.3): what cannot be read, what is not sold, what is had already, and
//! only then what Stripe says.

use serde_json::json;

use crate::house::{House, Tenant, code};

const UNKNOWN: &str = "00000000-0000-7000-8000-000000000000";

async fn refusal(tenant: &Tenant, body: serde_json::Value, status: u16) -> String {
    code(tenant.api.post("/subscriptions/buy", body).await, status)
}

/// Takes Harbor's monthly price off sale at Stripe, which tells of it.
async fn break_harbor(house: &House) {
    let (project, product) = (house.merchant.project(), house.merchant.product("harbor").await.id);
    let prices = house.merchant.test.write(move |_, tx| tx.prices(project).of_product(product)).await;
    let price = prices.into_iter().find(|price| price.reference == "monthly").unwrap();
    let path = format!("/v1/prices/{}", price.stripe_price_id.unwrap());
    house.merchant.stripe().post_form(&path, "active=false").await.expect(200);
    house.merchant.hear_from_stripe().await;
}

#[tokio::test]
async fn what_cannot_be_read_or_is_not_sold_is_said_before_what_is_had() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    break_harbor(&house).await;
    assert_eq!(refusal(&tenant, json!({ "subscriptionPeriodId": 7 }), 400).await, "INVALID_REQUEST");
    let unknown = json!({ "subscriptionPeriodId": UNKNOWN });
    assert_eq!(refusal(&tenant, unknown, 404).await, "SUBSCRIPTION_PERIOD_NOT_FOUND");
    let unreadable = json!({ "subscriptionPeriodId": UNKNOWN, "uiMode": "fullscreen" });
    assert_eq!(refusal(&tenant, unreadable, 400).await, "INVALID_REQUEST");
}

#[tokio::test]
async fn what_is_had_is_said_before_what_is_wrong_with_a_price() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Fleet", "MONTHLY").await;
    break_harbor(&house).await;
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    let newcomer = house.tenant("newcomer").await;
    assert_eq!(code(newcomer.buy(&house, "Harbor", "MONTHLY").await, 400), "STRIPE_PRICE_INACTIVE");
}

#[tokio::test]
async fn a_price_that_cannot_be_bought_leaves_the_pending_payment_open() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let pending = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    break_harbor(&house).await;
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 400), "STRIPE_PRICE_INACTIVE");
    let kept = tenant.api.get("/subscriptions/pending-payment").await.expect(200)["data"].clone();
    assert_eq!((&kept["stripePaymentId"], &kept["sessionStatus"]), (&pending["sessionId"], &json!("open")));
}
