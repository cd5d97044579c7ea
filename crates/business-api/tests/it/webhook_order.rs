//! In which order a receiver hears of a change of plan: the end of the old one first (contract §9.3), and of an app's that it is
//! still there (§9.5).

use jiff::SignedDuration;
use perennial_core::events::{Happening, record};
use perennial_domain::{CancellationCause, Id, Subscription, SubscriptionId};
use perennial_testkit::Manner;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{CATALOG, House};

const SUBSCRIBE: &str = "/platform/v1/webhook/subscribe";

async fn hear(house: &House, events: &[&str]) {
    for event in events {
        let body = json!({ "event": event, "target_url": "https://hooks.example/in" });
        house.api.post(SUBSCRIBE, body).await.expect(201);
    }
}

/// What was sent since the last time: entities with types, and the states that were told.
async fn told(house: &House) -> Vec<String> {
    house.merchant.test.send_webhooks().await;
    let sent = house.merchant.test.listener().take().into_iter();
    let words = sent.map(|sent| {
        let body: Value = serde_json::from_str(&sent.body).unwrap();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let words = [&body["entity_name"], &body["event_type"], &body["data"]["purchase_state"]];
        words.map(word).join(" ").trim_end().to_owned()
    });
    words.collect()
}

/// Another takes the place of a subscription, in one transaction, as a form does it; answers the successor.
async fn succeed(house: &House, uid: &Value) -> Subscription {
    let project = house.merchant.project();
    let id = SubscriptionId::from_uuid(Uuid::parse_str(uid.as_str().unwrap()).unwrap());
    house
        .merchant
        .test
        .write(move |cx, tx| {
            let mut before = tx.subscriptions(project).lock(id)?.unwrap();
            let successor = Subscription { id: cx.id(), replaces_id: Some(id), ..before.clone() };
            before.end(cx.now(), CancellationCause::CancellationRequested);
            tx.subscriptions(project).update(&before)?;
            record(cx, tx, project, Happening::SubscriptionEnded, id)?;
            tx.subscriptions(project).insert(&successor)?;
            record(cx, tx, project, Happening::SubscriptionCreated, successor.id)?;
            Ok(successor)
        })
        .await
}

#[tokio::test]
async fn the_end_of_the_old_plan_is_told_before_the_new_one() {
    let house = House::open().await;
    let first = house.bought("crew_max", "monthly").await;
    hear(&house, &["purchasable_subscription/created", "purchasable_subscription/update"]).await;
    house.merchant.test.listener().at("hooks.example", Manner::Says(500));
    let second = succeed(&house, &first["uid"]).await;
    let ended = "purchasable_subscription update expired";
    assert_eq!(told(&house).await, [ended]);
    succeed(&house, &json!(second.id.uuid())).await;

    // Not taken, it holds up all that comes after it, however often the plan has changed.
    house.pass(SignedDuration::from_mins(5));
    assert_eq!(told(&house).await, [ended]);
    house.merchant.test.listener().at("hooks.example", Manner::Says(200));
    house.pass(SignedDuration::from_mins(5));
    let created = "purchasable_subscription created purchased";
    assert_eq!(told(&house).await, [ended, created, ended, created]);
}

#[tokio::test]
async fn an_app_whose_plan_changes_is_not_told_that_it_is_gone() {
    let house = House::open().await;
    let all = ["installed", "uninstalled"].map(|what| format!("application/{what}"));
    hear(&house, &all.each_ref().map(String::as_str)).await;
    let first = house.bought("booking", "monthly").await;
    assert_eq!(told(&house).await, ["application installed"]);
    let second = succeed(&house, &first["uid"]).await;
    assert!(told(&house).await.is_empty());
    let third = succeed(&house, &json!(second.id.uuid())).await;
    assert!(told(&house).await.is_empty());
    // It is told of the last one's end, though that one came in the place of others.
    house.put(&json!(third.id.uuid()), json!({ "purchase_state": "expired" })).await.expect(200);
    assert_eq!(told(&house).await, ["application uninstalled"]);
    house.bought("booking", "monthly").await;
    assert_eq!(told(&house).await, ["application installed"]);
}

#[tokio::test]
async fn an_app_hears_that_it_came_and_went_in_that_order() {
    let house = House::open().await;
    hear(&house, &["application/installed", "application/uninstalled"]).await;
    house.merchant.test.listener().at("hooks.example", Manner::Says(500));
    for _ in 0..2 {
        let bought = house.bought("booking", "monthly").await;
        house.put(&bought["uid"], json!({ "purchase_state": "expired" })).await.expect(200);
    }
    assert_eq!(told(&house).await, ["application installed"]);
    house.merchant.test.listener().at("hooks.example", Manner::Says(200));
    house.pass(SignedDuration::from_mins(5));
    let (came, went) = ("application installed", "application uninstalled");
    assert_eq!(told(&house).await, [came, went, came, went]);
}

/// A package, and another one that gives another plan of the app along.
const PACKAGES: &str = r#"
[[product]]
key = "booking-team"
kind = "plan"
name = "Booking for teams"
sku = "booking_team"
[product.business]
item_type = "app"
app = "booking"
[[product.price]]
key = "monthly"
amount = 1950
currency = "USD"
every = "1 month"

[[product]]
key = "crew-team"
kind = "plan"
name = "Crew Team"
sku = "crew_team"
[product.business]
item_type = "package"
bundles = ["booking-team"]
[[product.price]]
key = "monthly"
amount = 7900
currency = "USD"
every = "1 month"
"#;

#[tokio::test]
async fn an_app_that_comes_along_with_both_packages_stays_and_what_comes_along_is_told_in_order() {
    let house = House::open().await;
    house.merchant.apply(&format!("{CATALOG}{PACKAGES}")).await;
    let app = ["application/installed", "application/uninstalled"];
    hear(&house, &app).await;
    house.bought("crew_plus", "monthly").await;
    assert_eq!(told(&house).await, ["application installed"]);
    hear(&house, &["purchasable_subscription/created", "purchasable_subscription/update"]).await;
    house.merchant.test.listener().at("hooks.example", Manner::Says(500));
    // Its price by the year, with the same along; and another package, with another plan of the app.
    for (sku, paid) in [("crew_plus", "annualy"), ("crew_team", "monthly")] {
        house.pass(SignedDuration::from_mins(1));
        house.bought(sku, paid).await;
    }
    let ended = "purchasable_subscription update expired";
    // The seats end for good; packages, the app and the seats each have a line.
    assert_eq!(told(&house).await, [ended; 3], "nothing is created before what it replaces is over");
    house.merchant.test.listener().at("hooks.example", Manner::Says(200));
    house.pass(SignedDuration::from_mins(5));
    let told = told(&house).await;
    assert_eq!(told.iter().filter(|it| *it == ended).count(), 6, "{told:?}");
    assert!(told.iter().all(|it| !it.starts_with("application")), "the app is where it was: {told:?}");
    // A package that has nothing to do with the app takes it away.
    house.bought("crew_max", "monthly").await;
    assert!(self::told(&house).await.contains(&"application uninstalled".to_owned()));
}
