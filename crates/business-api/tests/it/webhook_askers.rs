//! Who hears, and for how long: as many as one may ask for, and as long as one of the tokens works that asked.

use jiff::SignedDuration;
use perennial_core::business::{revoke_token, token_by_secret};
use perennial_domain::{AppKind, CustomerStatus, DeliveryState, Id, Member, TokenGrant};
use perennial_store::tables::{DeliveryFilter, DeliveryRow};
use perennial_testkit::Caller;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::house::{House, make_token, make_token_until};

const SUBSCRIBE: &str = "/platform/v1/webhook/subscribe";

/// Asks to hear of purchases at this address.
async fn ask(caller: &Caller, url: &str, status: u16) {
    let body = json!({ "event": "purchasable_subscription/created", "target_url": url });
    caller.post(SUBSCRIBE, body).await.expect(status);
}

/// How many purchases were told since the last time, once the business has bought something more.
async fn told_of_a_purchase(house: &House) -> usize {
    house.bought("seats", "monthly").await;
    house.merchant.test.send_webhooks().await;
    house.merchant.test.listener().take().len()
}

async fn revoke(house: &House, secret: &str) {
    let (project, secret) = (house.merchant.project(), secret.to_owned());
    let revoked = house.merchant.test.write(move |cx, tx| {
        let token = token_by_secret(tx, &secret)?.unwrap();
        revoke_token(cx, tx, project, token.id)
    });
    assert!(revoked.await);
}

async fn deliveries(house: &House) -> Vec<DeliveryRow> {
    let project = house.merchant.project();
    house
        .merchant
        .test
        .write(move |_, tx| tx.webhook_deliveries(project).newest(DeliveryFilter::default(), 100))
        .await
}

#[tokio::test]
async fn what_is_heard_ends_with_the_last_token_that_asked_for_it() {
    let house = House::open().await;
    let [first, second] = [
        make_token(&house.merchant, house.of_business()).await,
        make_token(&house.merchant, house.of_business()).await,
    ];
    ask(&house.bearer(&first), "https://hooks.example/in", 201).await;
    ask(&house.bearer(&second), "https://hooks.example/in", 201).await;
    ask(&house.bearer(&second), "https://hooks.example/in", 422).await;
    revoke(&house, &first).await;
    assert_eq!(told_of_a_purchase(&house).await, 1);

    // Nor is sent what waits for it.
    house.bought("seats", "monthly").await;
    revoke(&house, &second).await;
    house.merchant.test.send_webhooks().await;
    assert!(house.merchant.test.listener().take().is_empty());
    assert_eq!(told_of_a_purchase(&house).await, 0);
    let listed = house.api.get("/platform/v1/webhooks").await.expect(200);
    assert_eq!(listed["response"]["data"]["subscriptions"], json!([]));
}

#[tokio::test]
async fn what_is_heard_ends_when_the_token_expires() {
    let house = House::open().await;
    let until = house.merchant.app().now() + SignedDuration::from_hours(1);
    let token = make_token_until(&house.merchant, house.of_business(), Some(until)).await;
    ask(&house.bearer(&token), "https://hooks.example/in", 201).await;
    assert_eq!(told_of_a_purchase(&house).await, 1);

    house.bought("seats", "monthly").await;
    house.pass(SignedDuration::from_hours(1));
    assert_eq!(told_of_a_purchase(&house).await, 0);
    let delivery = deliveries(&house).await.remove(0);
    assert_eq!(delivery.state, DeliveryState::Failed, "what waited is given up");
    assert!(delivery.last_error.unwrap().contains("no token works any more"));
    // Who asks again with another token has it again.
    ask(&house.api, "https://hooks.example/in", 201).await;
    assert_eq!(told_of_a_purchase(&house).await, 1);
}

#[tokio::test]
async fn a_blocked_business_hears_nothing_until_it_may_act_again() {
    let house = House::open().await;
    ask(&house.api, "https://hooks.example/in", 201).await;
    let held = house.bought("seats", "monthly").await;
    ask_for_updates(&house.api).await;
    house.merchant.test.send_webhooks().await;
    house.merchant.test.listener().take();
    house.turn_customer(CustomerStatus::Blocked).await;
    let path = format!("{}/{}", crate::house::SUBSCRIPTIONS, held["uid"].as_str().unwrap());
    let expired = json!({ "subscription": { "purchase_state": "expired" } }).to_string();
    house.admin().await.send(http::Method::PUT, &path, expired).await.expect(200);
    house.merchant.test.send_webhooks().await;
    assert!(house.merchant.test.listener().take().is_empty());

    house.turn_customer(CustomerStatus::Active).await;
    assert_eq!(told_of_a_purchase(&house).await, 1);
}

#[tokio::test]
async fn who_left_the_staff_hears_nothing_by_their_token() {
    let house = House::open().await;
    let owner = house.business.business.owner_id;
    let grant = TokenGrant { member_id: Some(owner), ..house.of_business() };
    ask(&house.token(grant).await, "https://hooks.example/in", 201).await;
    let turn = async |is_active| {
        let project = house.merchant.project();
        let turned = house.merchant.test.write(move |_, tx| {
            let member = tx.members(project).find(owner)?.unwrap();
            tx.members(project).update(&Member { is_active, ..member })
        });
        turned.await;
    };
    for (is_active, heard) in [(true, 1), (false, 0), (true, 1)] {
        turn(is_active).await;
        assert_eq!(told_of_a_purchase(&house).await, heard, "active: {is_active}");
    }
}

async fn ask_for_updates(caller: &Caller) {
    let body =
        json!({ "event": "purchasable_subscription/update", "target_url": "https://hooks.example/in" });
    caller.post(SUBSCRIBE, body).await.expect(201);
}

#[tokio::test]
async fn what_an_app_asked_for_outlives_the_hour_of_its_token() {
    let house = House::open().await;
    let (app, secret) = house.app("billing", AppKind::Billing).await;
    let fetched = async || {
        let body = json!({ "service_id": app.id.uuid(), "service_secret": secret.expose_secret() });
        let answer = house.anybody().post("/oauth/service/token", body).await.expect(200);
        answer["access_token"].as_str().unwrap().to_owned()
    };
    ask(&house.bearer(&fetched().await), "https://hooks.example/in", 201).await;
    house.pass(SignedDuration::from_hours(2));
    assert_eq!(told_of_a_purchase(&house).await, 1);
    let latest = fetched().await;
    ask(&house.bearer(&latest), "https://hooks.example/in", 422).await;
    revoke(&house, &latest).await;
    assert_eq!(told_of_a_purchase(&house).await, 0);
}

#[tokio::test]
async fn one_audience_hears_at_twenty_addresses_at_the_most() {
    let house = House::open().await;
    for number in 0..20 {
        ask(&house.api, &format!("https://hooks.example/{number}"), 201).await;
    }
    ask(&house.api, "https://hooks.example/one-more", 400).await;
    // Others are not kept from hearing.
    ask(&house.admin().await, "https://hooks.example/one-more", 201).await;
    assert_eq!(told_of_a_purchase(&house).await, 21);
    let directory = house.token(house.of_directory()).await;
    let gone = json!({ "target_url": "https://hooks.example/0" });
    house.api.post("/platform/v1/webhook/unsubscribe", gone).await.expect(200);
    ask(&house.api, "https://hooks.example/one-more", 201).await;
    ask(&directory, "https://hooks.example/one-more", 201).await;
}
