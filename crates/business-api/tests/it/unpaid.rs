//! Renewals that are not paid, as businesses see them: the subscription is what it was until dunning has failed, and over then
//! (contract §5, §13.11).

use perennial_domain::{ArrearsAccess, ArrearsPolicy};
use perennial_testkit::days;
use serde_json::{Value, json};

use crate::house::{House, SUBSCRIPTIONS};

/// A card that pays for nothing from now on.
const EMPTY: &str = "pm_card_chargeCustomerFail";

/// What was told since the last time.
async fn told(house: &House) -> Vec<Value> {
    house.merchant.test.send_webhooks().await;
    let sent = house.merchant.test.listener().take().into_iter();
    sent.map(|sent| serde_json::from_str::<Value>(&sent.body).unwrap()["data"].clone()).collect()
}

#[tokio::test]
async fn what_is_given_along_is_off_while_its_parent_is_not_paid() {
    let house = House::open().await;
    let project = house.merchant.project();
    let set = house.merchant.test.write(move |_, tx| {
        let mut row = tx.projects().find(project)?.expect("it is there");
        row.settings.arrears = ArrearsPolicy { access: ArrearsAccess::Restrict, ..row.settings.arrears };
        tx.projects().update(&row)
    });
    set.await;
    house.sell_by_stripe("crew-plus").await;
    let standing = async || {
        let all = house.all().await;
        all.iter().map(|it| it["purchase_state"].clone()).collect::<Vec<_>>()
    };
    house.merchant.use_card(EMPTY).await;
    house.merchant.pass(days(33)).await;
    assert_eq!(standing().await, vec![json!("suspended"); 3]);
    house.merchant.use_card("pm_card_visa").await;
    house.merchant.pass(days(3)).await;
    assert_eq!(standing().await, vec![json!("purchased"); 3]);
}

#[tokio::test]
async fn what_dunning_could_not_collect_is_over_and_says_so_with_all_that_came_along() {
    let house = House::open().await;
    let sold = house.sell_by_stripe("crew-plus").await;
    let hook =
        json!({ "event": "purchasable_subscription/update", "target_url": "https://hooks.example/in" });
    house.api.post("/platform/v1/webhook/subscribe", hook).await.expect(201);
    house.merchant.use_card(EMPTY).await;
    house.merchant.live(days(32)).await;
    let owed = house.get(&sold["uid"]).await;
    assert_eq!((&owed["purchase_state"], &owed["cancellation_date"]), (&json!("active"), &json!("")));
    assert!(told(&house).await.iter().all(|data| data["purchase_state"] == "purchased"));

    for _ in 0..4 {
        house.merchant.live(days(10)).await;
    }

    let all = house.all().await;
    assert_eq!(all.len(), 3);
    let ended_at = all[0]["expiration_date"].as_str().unwrap();
    for row in &all {
        assert_eq!((&row["purchase_state"], &row["is_active"]), (&json!("expired"), &json!(false)));
        assert_eq!(
            (&row["cancellation_date"], &row["expiration_date"]),
            (&json!(ended_at), &json!(ended_at))
        );
    }
    let alone = house.get(&sold["uid"]).await;
    assert_eq!(alone["cancellation_date"], ended_at);
    let third = house.api.get(&format!("/v3/license/subscriptions/{}", sold["uid"].as_str().unwrap())).await;
    assert_eq!(third.expect(200)["data"]["cancellation_date"], ended_at);
    house.merchant.test.send_webhooks().await;
    let told = house.merchant.test.listener().take();
    assert_eq!(told.len(), 3);
    for shipment in told {
        let data = serde_json::from_str::<Value>(&shipment.body).unwrap()["data"].clone();
        assert_eq!(
            (&data["purchase_state"], &data["cancellation_date"]),
            (&json!("expired"), &json!(ended_at))
        );
    }
    let live = house.api.get(&format!("{SUBSCRIPTIONS}?filter[is_active]=true")).await.expect(200);
    assert_eq!(live["total"], 0);
}
