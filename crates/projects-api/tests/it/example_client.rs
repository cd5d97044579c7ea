//! The calls of the official example client, as it makes them (contracts/projects-api.md §4): a double slash after
//! the project, a header named `cache`, JSON headers on GET too, and nothing but 200 for success.

use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

#[tokio::test]
async fn the_official_example_client_finds_what_it_reads() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    door.addon("boost", &plan.0).await;
    let client = door
        .api
        .with("accept", "application/json")
        .with("content-type", "application/json")
        .with("cache", "no-cache");

    let plans = client.get("/projects/p//plans").await.expect(200);
    let shown = &plans["items"][0];
    assert_eq!(shown["price"], json!({ "amount": 1450, "currency": "EUR" }));
    assert_eq!(
        shown["allowances"],
        json!({ "dataBytes": 12_000_000_000_u64, "voiceSeconds": null, "smsMessages": 250 })
    );

    // Nobody is logged in, and then somebody new is.
    let nobody = client.post("/projects/p//users/search", json!({ "email": "" })).await.expect(422);
    assert!(nobody["message"].is_string());
    let search = json!({ "email": "ada@example.com" });
    let unknown = client.post("/projects/p//users/search", search.clone()).await.expect(200);
    assert_eq!(unknown["items"][0], Value::Null);

    let session = client
        .post(
            "/projects/p//connectSessions",
            json!({
                "callbackUrl": "http://localhost:3000/phone-plans",
                "intent": { "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": shown["id"] } },
                "userDetails": {
                    "birthday": "1990-02-03", "email": "ada@example.com",
                    "fullName": "Ada Quill", "preferredLocale": "en-US"
                },
            }),
        )
        .await
        .expect(200);
    assert!(
        session["url"].as_str().unwrap().starts_with("https://connect.example/checkout/entry?session=csn_")
    );
    let path = format!("/projects/p//connectSessions/{}", session["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.expect(200)["intent"]["type"], "checkoutNewSubscription");

    let customer = door.customer("ada@example.com").await;
    door.subscription(&customer, &plan).await;
    let user = client.post("/projects/p//users/search", search).await.expect(200)["items"][0]["id"].clone();
    let user = user.as_str().unwrap();
    let bought =
        client.get(&format!("/projects/p//subscriptions?user={user}&status=active")).await.expect(200);
    let bought = &bought["items"][0];
    assert_eq!(bought["plan"], *shown);

    let provider = bought["plan"]["provider"].as_str().unwrap();
    let addons =
        client.get(&format!("/projects/p//addons?status=available&provider={provider}")).await.expect(200);
    let addon = addons["items"][0]["id"].clone();
    for intent in [
        json!({ "type": "changeSubscription", "changeSubscription": { "subscription": bought["id"] } }),
        json!({ "type": "cancelSubscription", "cancelSubscription": { "subscription": bought["id"] } }),
        json!({ "type": "checkoutAddon", "checkoutAddon": { "addons": [addon], "subscription": bought["id"] } }),
    ] {
        let body =
            json!({ "callbackUrl": "http://localhost:3000/phone-plans", "intent": intent, "user": user });
        assert!(client.post("/projects/p//connectSessions", body).await.expect(200)["url"].is_string());
    }
}
