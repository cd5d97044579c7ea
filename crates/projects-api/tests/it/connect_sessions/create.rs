use perennial_domain::ProjectSettings;
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

const PATH: &str = "/projects/p/connectSessions";

/// An intent that needs nothing.
fn view() -> Value {
    json!({ "type": "viewSubscriptions" })
}

fn query_of(url: &Value, name: &str) -> Option<String> {
    let url = url.as_str().unwrap().parse::<url::Url>().unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_session_for_a_user_shows_every_property_and_its_address_once() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let body = json!({
        "intent": view(), "user": user.id, "callbackUrl": "https://shop.example/plans?ref=7",
        "appearance": { "theme": "dark" },
    });
    let mut session = door.api.post(PATH, body).await.expect(200);
    let url = session["url"].take();
    assert_eq!(
        session,
        json!({
            "object": "connectSession", "id": session["id"], "appearance": { "theme": "dark" },
            "callbackUrl": "https://shop.example/plans?ref=7", "intent": { "type": "viewSubscriptions" },
            "url": null, "user": user.id,
        })
    );
    assert!(url.as_str().unwrap().starts_with("https://connect.example/portal/entry?session="), "{url}");
    assert_eq!(query_of(&url, "session").as_deref(), session["id"].as_str());
    assert_eq!(query_of(&url, "token").map(|token| token.len()), Some(64));

    let path = format!("{PATH}/{}", session["id"].as_str().unwrap());
    assert_eq!(door.api.get(&path).await.expect(200), session);
}

#[tokio::test]
async fn the_token_is_kept_as_a_hash_alone() {
    let door = Door::open().await;
    let body = json!({ "intent": view(), "userDetails": { "email": "ada@example.com" } });
    let session = door.api.post(PATH, body).await.expect(200);
    let token = query_of(&session["url"], "token").unwrap();
    let id: perennial_domain::ConnectSessionId = session["id"].as_str().unwrap().parse().unwrap();
    let project = door.app.project().id;
    let kept = door.app.write(move |_, tx| tx.connect_sessions(project).find(id)).await.unwrap();
    assert!(!format!("{kept:?}").contains(&token));
    assert!(kept.customer_id.is_none(), "the user is made on entry");
    assert!(session["user"].is_null());
}

#[tokio::test]
async fn without_a_user_the_address_carries_no_token() {
    let door = Door::open().await;
    let session = door.api.post(PATH, json!({ "intent": view() })).await.expect(200);
    assert_eq!(query_of(&session["url"], "token"), None);
    assert_eq!(query_of(&session["url"], "session").as_deref(), session["id"].as_str());
}

#[tokio::test]
async fn who_comes_is_said_in_one_way_and_must_be_able_to() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let deleted = door.customer("gone@example.com").await;
    door.api.delete(&format!("/projects/p/users/{}", deleted.id)).await.expect(200);
    let new = json!({ "email": "new@example.com" });
    for (body, code) in [
        (json!({ "user": user.id, "userDetails": new }), ""),
        (json!({ "user": "usr_0000000000000000000001" }), ""),
        (json!({ "user": deleted.id }), ""),
        (json!({ "userDetails": { "email": "ADA@example.com" } }), "userAlreadyExists"),
        (json!({ "userDetails": { "email": "new@example.com", "birthday": "2031-03-05" } }), ""),
        (json!({ "userDetails": { "email": "new@example.com", "preferredLocale": "english" } }), ""),
        (json!({ "userDetails": {} }), ""),
    ] {
        let mut request = body.clone();
        request["intent"] = view();
        let answer = door.api.post(PATH, request).await;
        assert_eq!(answer.expect_error(422), ("invalid".to_owned(), code.to_owned()), "{body}");
    }
}

#[tokio::test]
async fn a_way_back_that_runs_code_is_refused() {
    let door = Door::open().await;
    for callback in [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "/phone-plans",
        "",
    ] {
        let answer =
            door.api.post(PATH, json!({ "intent": view(), "callbackUrl": callback })).await.expect(422);
        assert_eq!(answer["details"][0]["property"], "callbackUrl", "{callback:?}");
    }
    for callback in ["https://shop.example/", "http://localhost:3000/phone-plans", "heron-app://back"] {
        door.api.post(PATH, json!({ "intent": view(), "callbackUrl": callback })).await.expect(200);
    }
}

#[tokio::test]
async fn an_operator_can_allow_some_ways_back_alone() {
    let door = Door::open().await;
    let mut project = door.app.project().clone();
    project.settings = ProjectSettings {
        callback_allow_list: vec!["https://shop.example/app".parse().unwrap()],
        ..ProjectSettings::default()
    };
    door.app.write(move |_, tx| tx.projects().update(&project)).await;
    let ask = |callback: &'static str| {
        let api = door.api.clone();
        async move { api.post(PATH, json!({ "intent": view(), "callbackUrl": callback })).await.status.as_u16() }
    };
    assert_eq!(ask("https://shop.example/app/plans").await, 200);
    assert_eq!(ask("https://shop.example.evil/app").await, 422);
    assert_eq!(ask("heron-app://back").await, 422);
}

#[tokio::test]
async fn the_area_of_the_address_follows_the_intent() {
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    let intent = json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": plan.id } });
    let session = door.api.post(PATH, json!({ "intent": intent })).await.expect(200);
    assert!(session["url"].as_str().unwrap().starts_with("https://connect.example/checkout/entry?"));
    assert_eq!(session["intent"], intent);
}
