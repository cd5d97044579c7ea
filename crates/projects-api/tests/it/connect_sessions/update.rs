use perennial_testkit::rows;
use serde_json::json;

use crate::door::Door;

const PATH: &str = "/projects/p/connectSessions";

#[tokio::test]
async fn naming_the_user_later_gives_the_session_its_token() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let session = door.api.post(PATH, json!({ "intent": { "type": "viewSubscriptions" } })).await.expect(200);
    let path = format!("{PATH}/{}", session["id"].as_str().unwrap());

    let attached = door.api.patch(&path, json!({ "user": user.id })).await.expect(200);
    assert_eq!(attached["user"], user.id.to_string());
    assert!(attached["url"].as_str().unwrap().contains("&token="));
    assert!(door.api.get(&path).await.expect(200)["url"].is_null());

    let other = door.customer("bob@example.com").await;
    for body in [json!({ "user": other.id }), json!({ "userDetails": { "email": "new@example.com" } })] {
        let answer = door.api.patch(&path, body.clone()).await.expect(422);
        assert_eq!(answer["details"][0]["property"], "user", "{body}");
    }
}

#[tokio::test]
async fn looks_and_the_way_back_can_change_and_the_intent_cannot() {
    let door = Door::open().await;
    let body = json!({ "intent": { "type": "viewSubscriptions" }, "callbackUrl": "https://shop.example/" });
    let session = door.api.post(PATH, body).await.expect(200);
    let path = format!("{PATH}/{}", session["id"].as_str().unwrap());

    let changed =
        door.api.patch(&path, json!({ "appearance": { "theme": "dark" }, "callbackUrl": null })).await;
    let changed = changed.expect(200);
    assert_eq!(changed["appearance"], json!({ "theme": "dark" }));
    assert!(changed["callbackUrl"].is_null() && changed["url"].is_null());

    for (body, property) in [
        (json!({ "intent": { "type": "viewSubscriptions" } }), "intent"),
        (json!({ "callbackUrl": "javascript:alert(1)" }), "callbackUrl"),
        (json!({ "appearance": { "theme": "neon" } }), "appearance.theme"),
        (json!({ "appearance": null }), "appearance"),
    ] {
        let answer = door.api.patch(&path, body.clone()).await.expect(422);
        assert_eq!(answer["details"][0]["property"], property, "{body}");
    }
    door.api.patch(&format!("{PATH}/csn_0000000000000000000001"), json!({})).await.expect_error(404);
}

#[tokio::test]
async fn a_user_whom_the_intent_is_not_for_cannot_be_named_later() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let [ada, bob] = [door.customer("ada@example.com").await, door.customer("bob@example.com").await];
    let subscription = door.subscription(&ada, &plan).await.id;
    let intent = json!({ "type": "viewSubscription", "viewSubscription": { "subscription": subscription } });
    let session = door.api.post(PATH, json!({ "intent": intent })).await.expect(200);
    let path = format!("{PATH}/{}", session["id"].as_str().unwrap());
    let answer = door.api.patch(&path, json!({ "user": bob.id })).await.expect(422);
    assert_eq!(answer["details"][0]["property"], "user");
    door.api.patch(&path, json!({ "user": ada.id })).await.expect(200);
}
