//! Hearing of changes, and what is told (contract §10).

use std::collections::BTreeSet;

use perennial_business_api::BusinessTeller;
use perennial_core::events::Happening;
use perennial_core::ports::{Happened, Teller, Telling};
use perennial_domain::{Id, Subscription, SubscriptionId, SubscriptionState, TokenGrant, WebhookFlavour};
use perennial_testkit::Caller;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{BUSINESS, House, OWNER, SUBSCRIPTIONS, make_token};

const SUBSCRIBE: &str = "/platform/v1/webhook/subscribe";
const UNSUBSCRIBE: &str = "/platform/v1/webhook/unsubscribe";
const URL: &str = "https://hooks.example/in";

async fn tell(house: &House, what: Happening, uid: &Value) -> Vec<Telling> {
    let (project, subject) = (house.merchant.project(), Uuid::parse_str(uid.as_str().unwrap()).unwrap());
    house
        .merchant
        .test
        .write(move |cx, tx| {
            let happened = Happened {
                id: cx.id(),
                project,
                what,
                subject,
                name: String::new(),
                known: None,
                at: cx.now(),
            };
            BusinessTeller.tell(tx, &happened)
        })
        .await
}

#[tokio::test]
async fn an_event_is_heard_once_however_it_is_spelt() {
    let house = House::open().await;
    let body = |event: &str| json!({ "event": event, "target_url": URL });
    let made = house.api.post(SUBSCRIBE, body("purchasable_subscription/create")).await.expect(201);
    assert_eq!(made["status"], "OK");
    assert!(made["data"]["subscription_id"].is_string());
    let twice = house.api.post(SUBSCRIBE, body("purchasable_subscription/created")).await;
    assert_eq!(twice.expect(422)["status"], "Error");
    house.api.post(SUBSCRIBE, body("subscription/updated")).await.expect(201);
    let list = house.api.get("/platform/v1/webhooks").await.expect(200);
    assert_eq!(list["response"]["success"], "ok");
    let heard = list["response"]["data"]["subscriptions"].as_array().unwrap();
    assert_eq!(heard.len(), 2);
    let ids = heard.iter().map(|hook| hook["id"].as_str().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), 2, "each event has an id of its own");
    assert!(ids.contains(made["data"]["subscription_id"].as_str().unwrap()));

    let gone = json!({ "data": { "unsubscribed": true }, "status": "OK" });
    let one = body("subscription/update");
    assert_eq!(house.api.post(UNSUBSCRIBE, one).await.expect(200), gone);
    assert_eq!(house.api.post(UNSUBSCRIBE, json!({ "target_url": URL })).await.expect(200), gone);
    let none = house.api.post(UNSUBSCRIBE, json!({ "target_url": URL })).await.expect(200);
    assert_eq!(none["data"]["unsubscribed"], false);
}

#[tokio::test]
async fn what_cannot_be_heard_or_reached_is_refused() {
    let house = House::open().await;
    for body in [
        json!({ "event": "weather/changed", "target_url": URL }),
        json!({ "target_url": URL }),
        json!({ "event": "subscription/create" }),
        json!({ "event": "subscription/create", "target_url": "ftp://hooks.example" }),
        json!({ "event": "subscription/create", "target_url": "http://169.254.169.254/" }),
    ] {
        let refused = house.api.post(SUBSCRIBE, body.clone()).await.expect(400);
        assert_eq!(refused["status"], "Error", "{body}");
    }
    assert_eq!(house.anybody().post(SUBSCRIBE, json!({})).await.expect(401)["status"], "Error");
}

#[tokio::test]
async fn what_breaks_down_is_not_subscribed() {
    let house = House::open().await;
    let lose = "ALTER TABLE webhook_endpoints RENAME TO lost";
    house.merchant.test.write(move |_, tx| tx.execute(lose, &[])).await;
    let wanted = json!({ "event": "subscription/create", "target_url": URL });
    let broken = house.api.post(SUBSCRIBE, wanted).await.expect(500);
    assert_eq!(broken, json!({ "response": "Not Subscribed" }));
}

#[tokio::test]
async fn a_purchase_and_its_end_are_told_in_both_shapes() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    let told = tell(&house, Happening::SubscriptionCreated, &bought["uid"]).await;
    let types = told.iter().map(|telling| telling.message_type.as_str()).collect::<Vec<_>>();
    assert_eq!(types, ["purchasable_subscription/created", "subscription/created"]);
    let data = &told[0].data;
    for (field, expected) in [
        ("uid", bought["uid"].clone()),
        ("subscription_uid", bought["uid"].clone()),
        ("business_id", json!(BUSINESS)),
        ("buyer_uid", json!(OWNER)),
        ("purchase_price", json!("49.00")),
        ("purchase_state", json!("purchased")),
        ("expiration_date", Value::Null),
        ("is_active", json!(true)),
    ] {
        assert_eq!(data[field], expected, "{field}");
    }
    assert_eq!(told[0].customer, Some(house.business.business.customer_id));
    assert_eq!(told[0].lane, Some(Uuid::parse_str(bought["uid"].as_str().unwrap()).unwrap()));
    assert_eq!(told[1].data["sku"], "crew_max");
    house.put(&bought["uid"], json!({ "purchase_state": "canceled" })).await.expect(200);
    let told = tell(&house, Happening::SubscriptionCanceled, &bought["uid"]).await;
    assert_eq!(told[0].message_type, "purchasable_subscription/update");
    assert_eq!(
        (&told[0].data["purchase_state"], &told[0].data["is_active"]),
        (&json!("canceled"), &json!(true))
    );
    assert!(told[0].data["cancellation_date"].is_string());
    assert!(tell(&house, Happening::SubscriptionRenewed, &bought["uid"]).await.is_empty());
}

#[tokio::test]
async fn an_app_hears_where_it_is_installed() {
    let house = House::open().await;
    let bought = house.bought("booking", "monthly").await;
    let told = tell(&house, Happening::SubscriptionEnded, &bought["uid"]).await;
    let uninstalled = told.iter().find(|telling| telling.message_type == "application/uninstalled").unwrap();
    assert_eq!(uninstalled.app.as_deref(), Some("booking"));
    let expected = json!({
        "business_id": BUSINESS, "app_code_name": "booking", "event_time": "2031-03-04T05:06:07.000Z"
    });
    assert_eq!(uninstalled.data, expected);
}

#[tokio::test]
async fn a_directory_hears_of_its_own_businesses_only() {
    let house = House::open().await;
    let other = house.elsewhere("m4x7c2vn81bbq6za").await;
    let elsewhere = TokenGrant { directory_id: Some(other.business.directory_id), ..TokenGrant::default() };
    let callers =
        [house.token(house.of_directory()).await, house.token(elsewhere).await, house.admin().await];
    let wanted = json!({ "event": "subscription/create", "target_url": URL });
    for caller in &callers {
        caller.post(SUBSCRIBE, wanted.clone()).await.expect(201);
        let listed = caller.get("/platform/v1/webhooks").await.expect(200);
        assert_eq!(listed["response"]["data"]["subscriptions"].as_array().unwrap().len(), 1);
    }

    let bought_here = house.bought("crew_max", "monthly").await["uid"].clone();
    let (_, price) = house.price("crew_max", "monthly", "USD").await;
    let body = json!({ "business_uid": other.uid, "subscription": { "purchasable_price_uid": price } });
    let bought = callers[1].post(SUBSCRIPTIONS, body).await.expect(201);
    let bought_elsewhere = bought["data"]["subscription"]["uid"].clone();

    let project = house.merchant.project();
    let receivers = house.merchant.test.write(move |_, tx| tx.webhook_endpoints(project).all()).await;
    assert!(receivers.iter().all(|receiver| receiver.flavour == WebhookFlavour::Business));
    for (uid, owner) in [(&bought_here, &house.business), (&bought_elsewhere, &other)] {
        let directory = owner.business.directory_id;
        let told = tell(&house, Happening::SubscriptionCreated, uid).await.remove(1);
        let hearing = receivers.iter().filter(|receiver| {
            receiver.audience.includes(told.customer, told.directory, told.app.as_deref())
        });
        let directories = hearing.map(|receiver| receiver.audience.directory).collect::<Vec<_>>();
        assert!(directories.len() == 2 && directories.contains(&Some(directory)), "{directories:?}");
        assert!(directories.contains(&None), "whoever sees everything hears everything");
    }
}

/// What is heard, as the list says it.
async fn heard(api: &Caller, query: &str) -> Vec<(String, String)> {
    let list = api.get(&format!("/platform/v1/webhooks?{query}")).await.expect(200);
    let heard = list["response"]["data"]["subscriptions"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    heard.iter().map(|it| (text(&it["entity"]), text(&it["event_type"]))).collect()
}

#[tokio::test]
async fn webhooks_are_found_by_every_spelling_and_no_filter_is_passed_over() {
    let house = House::open().await;
    for event in ["subscription/create", "purchasable_subscription/update"] {
        let wanted = json!({ "event": event, "target_url": URL });
        house.api.post(SUBSCRIBE, wanted).await.expect(201);
    }
    let created = [("subscription".to_owned(), "created".to_owned())];
    for query in
        ["filter[event_type]=create", "[filter][event_type]=created", "[filter][entity]=subscription"]
    {
        assert_eq!(heard(&house.api, query).await, created, "{query}");
    }
    assert_eq!(heard(&house.api, "filter[entity]=subscription&filter[event_type]=update").await, []);
    for query in ["filter[uid]=1", "entity=subscription", "filter[entity][gt]=a"] {
        let refused = house.api.get(&format!("/platform/v1/webhooks?{query}")).await.expect(400);
        assert_eq!(refused["status"], "Error", "{query}");
    }
}

#[tokio::test]
async fn nobody_fills_a_project_with_addresses() {
    let house = House::open().await;
    let wanted =
        |number: u32| json!({ "event": "subscription/create", "target_url": format!("{URL}?{number}") });
    for number in 0..20 {
        house.api.post(SUBSCRIBE, wanted(number)).await.expect(201);
    }
    assert_eq!(house.api.post(SUBSCRIBE, wanted(20)).await.expect(400)["status"], "Error");
    let more = json!({ "event": "subscription/update", "target_url": format!("{URL}?1") });
    house.api.post(SUBSCRIBE, more).await.expect(201);
    let directory = house.token(house.of_directory()).await;
    directory.post(SUBSCRIBE, wanted(20)).await.expect(201);
}

#[tokio::test]
async fn what_a_token_asked_for_is_told_no_more_once_it_is_taken_back() {
    let house = House::open().await;
    let (token, other) =
        (make_token(&house.merchant, house.of_business()).await, house.token(house.of_business()).await);
    let asking = house.bearer(&token);
    for url in [URL, "https://hooks.example/kept"] {
        let wanted = json!({ "event": "subscription/create", "target_url": url });
        asking.post(SUBSCRIBE, wanted).await.expect(201);
    }
    let once_more = json!({ "event": "subscription/update", "target_url": "https://hooks.example/kept" });
    other.post(SUBSCRIBE, once_more).await.expect(201);
    house.api.post("/platform/v1/tokens/revoke", json!({ "token": token })).await.expect(201);
    let kept = ["created", "update"].map(|event| ("subscription".to_owned(), event.to_owned()));
    assert_eq!(heard(&other, "").await, kept, "another token asks for it still");
}

#[tokio::test]
async fn another_plan_of_an_app_takes_it_from_nobody() {
    let house = House::open().await;
    let before = house.bought("booking", "monthly").await;
    let (project, id) = (house.merchant.project(), before["uid"].as_str().unwrap().to_owned());
    let after = house
        .merchant
        .test
        .write(move |cx, tx| {
            let id = SubscriptionId::from_uuid(Uuid::parse_str(&id).unwrap());
            let mut ended = tx.subscriptions(project).lock(id)?.unwrap();
            let heir = Subscription { id: cx.id(), replaces_id: Some(id), ..ended.clone() };
            ended.state = SubscriptionState::Ended;
            ended.ended_at = Some(cx.now());
            tx.subscriptions(project).update(&ended)?;
            tx.subscriptions(project).insert(&heir)?;
            Ok(heir.id)
        })
        .await;
    let about_the_app = |told: Vec<Telling>| {
        told.into_iter().filter(|telling| telling.message_type.starts_with("app")).count()
    };
    assert_eq!(about_the_app(tell(&house, Happening::SubscriptionEnded, &before["uid"]).await), 0);
    let after = json!(after.uuid());
    assert_eq!(about_the_app(tell(&house, Happening::SubscriptionCreated, &after).await), 0);
    house.put(&after, json!({ "purchase_state": "expired" })).await.expect(200);
    let told = tell(&house, Happening::SubscriptionEnded, &after).await;
    let lanes = told.iter().map(|telling| telling.lane).collect::<Vec<_>>();
    assert_eq!(about_the_app(told), 2);
    assert!(
        lanes[2] == lanes[3] && lanes[2] != lanes[0],
        "that an app comes and goes has an order of its own"
    );
}
