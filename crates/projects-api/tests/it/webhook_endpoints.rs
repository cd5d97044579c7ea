//! Receivers of webhooks: an extension (contracts/projects-api.md §2.17 leaves them to a dashboard).

use jiff::SignedDuration;
use perennial_testkit::{Caller, Manner};
use serde_json::{Value, json};

use crate::door::Door;

const ENDPOINTS: &str = "/projects/p/webhookEndpoints";
const URL: &str = "https://receiver.example/hooks";

async fn add(door: &Door, body: Value) -> Value {
    door.api.post(ENDPOINTS, body).await.expect(201)
}

fn path(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["id"].as_str().unwrap())
}

/// Something happens.
async fn user(door: &Door, email: &str) {
    door.api.post("/projects/p/users", json!({ "email": email })).await.expect(201);
}

async fn deliveries(api: &Caller, endpoint: &Value, query: &str) -> Vec<Value> {
    let listed = api.get(&format!("{}/deliveries{query}", path(endpoint))).await.expect(200);
    listed["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_receiver_is_shown_whole_and_its_secret_once() {
    let door = Door::open().await;
    let body = json!({ "url": format!("{URL}#part"), "events": ["user.*", "com.gigs.payment.failed"], "description": " Ours " });
    let mut made = add(&door, body).await;
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    made.as_object_mut().unwrap().remove("secret");
    assert_eq!(
        made,
        json!({
            "object": "webhookEndpoint", "id": made["id"], "url": URL, "flavour": "projects",
            "events": ["payment.failed", "user.*"], "description": "Ours", "enabled": true,
            "disabledReason": null, "disabledAt": null, "failingSince": null, "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    assert_eq!(door.api.get(&path(&made)).await.expect(200), made);
    let everything = add(&door, json!({ "url": "https://other.example/" })).await;
    assert_eq!(everything["events"], json!(["*"]));
    let listed = door.api.get(ENDPOINTS).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains("whsec_"));
    let page = door.api.get(&format!("{ENDPOINTS}?limit=1")).await.expect(200);
    assert_eq!(page["moreItemsAfter"], everything["id"]);
}

#[tokio::test]
async fn a_receiver_that_is_made_twice_with_one_key_is_one() {
    let door = Door::open().await;
    let api = door.api.with("idempotency-key", "once");
    let body = json!({ "url": URL });
    let made = api.post(ENDPOINTS, body.clone()).await.expect(201);
    let again = api.post(ENDPOINTS, body.clone()).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(201), made);
    let taken = door.api.post(ENDPOINTS, body).await.expect_error(422);
    assert_eq!(taken.1, "webhookEndpointAlreadyExists");
}

#[tokio::test]
async fn what_cannot_be_a_receiver_is_refused_by_its_property() {
    let door = Door::open().await;
    let made = add(&door, json!({ "url": URL })).await;
    for (body, property) in [
        (json!({ "url": "ftp://receiver.example" }), "url"),
        (json!({ "url": "https://ada:secret@receiver.example" }), "url"),
        (json!({ "url": "http://169.254.169.254/latest" }), "url"),
        (json!({ "url": "http://localhost:9000" }), "url"),
        (json!({ "events": [] }), "events"),
        (json!({ "events": ["subscr*"] }), "events"),
        (json!({ "events": vec!["user.*"; 101] }), "events"),
        (json!({ "description": "x".repeat(501) }), "description"),
        (json!({ "description": " " }), "description"),
        (json!({ "secret": "whsec_AAAA" }), "secret"),
    ] {
        let changed = door.api.patch(&path(&made), body.clone()).await;
        assert_eq!(changed.body["details"][0]["property"], property, "{body}");
        changed.expect_error(422);
        let mut whole = json!({ "url": "https://other.example" });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let refused = door.api.post(ENDPOINTS, whole).await;
        assert_eq!(refused.body["details"][0]["property"], property, "{body}");
        refused.expect_error(422);
    }
    let wrong = json!({ "url": "https://other.example", "flavour": "salty" });
    door.api.post(ENDPOINTS, wrong).await.expect_error(422);
    door.api.post(ENDPOINTS, json!({})).await.expect_error(422);
    assert_eq!(door.api.get(ENDPOINTS).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_receiver_moves_and_hears_something_else() {
    let door = Door::open().await;
    let made = add(&door, json!({ "url": URL, "description": "Ours" })).await;
    door.app.listener().at("receiver.example", Manner::Silent);
    user(&door, "ada@example.com").await;
    door.app.send_webhooks().await;
    assert!(door.api.get(&path(&made)).await.expect(200)["failingSince"].is_string());

    let elsewhere =
        json!({ "url": "https://elsewhere.example/", "events": ["payment.*"], "description": null });
    let moved = door.api.patch(&path(&made), elsewhere).await.expect(200);
    assert_eq!((&moved["failingSince"], &moved["description"]), (&Value::Null, &Value::Null));
    user(&door, "bo@example.com").await;
    door.app.clock().advance(SignedDuration::from_mins(2));
    door.app.listener().take();
    door.app.send_webhooks().await;
    let sent = door.app.listener().take();
    // What waited before the move goes where it listens now.
    assert_eq!(sent.iter().map(|sent| sent.url.as_str()).collect::<Vec<_>>(), ["https://elsewhere.example/"]);
    let other = add(&door, json!({ "url": URL })).await;
    let taken = door.api.patch(&path(&other), json!({ "url": "https://elsewhere.example/" })).await;
    assert_eq!(taken.expect_error(422).1, "webhookEndpointAlreadyExists");
}

#[tokio::test]
async fn a_receiver_is_stopped_started_and_taken_away() {
    let door = Door::open().await;
    let made = add(&door, json!({ "url": URL })).await;
    let stopped = door.api.patch(&path(&made), json!({ "enabled": false })).await.expect(200);
    assert_eq!((&stopped["enabled"], &stopped["disabledReason"]), (&json!(false), &json!("operator")));
    user(&door, "ada@example.com").await;
    assert_eq!(door.app.send_webhooks().await, 0);
    let started = door.api.patch(&path(&made), json!({ "enabled": true })).await.expect(200);
    assert_eq!((&started["enabled"], &started["disabledAt"]), (&json!(true), &Value::Null));
    door.app.send_webhooks().await;
    assert_eq!(door.app.listener().take_types(), ["user.created"]);

    let removed = door.api.delete(&path(&made)).await.expect(200);
    assert_eq!(removed, started);
    door.api.delete(&path(&made)).await.expect_error(404);
    door.api.get(&path(&made)).await.expect_error(404);
    door.api.patch(&path(&made), json!({ "enabled": true })).await.expect_error(404);
    assert_eq!(door.api.get(ENDPOINTS).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn what_was_sent_is_listed_and_sent_once_more() {
    let door = Door::open().await;
    let made = add(&door, json!({ "url": URL })).await;
    door.app.listener().at("receiver.example", Manner::Says(500));
    user(&door, "ada@example.com").await;
    door.app.send_webhooks().await;
    let waiting = deliveries(&door.api, &made, "?state=waiting").await.remove(0);
    assert_eq!((&waiting["type"], &waiting["attempts"]), (&json!("user.created"), &json!(1)));
    assert_eq!((&waiting["responseStatus"], &waiting["responseBody"]), (&json!(500), &json!("thanks")));
    assert!(waiting["nextAttemptAt"].is_string() && waiting["event"].as_str().unwrap().starts_with("evt_"));

    door.app.listener().at("receiver.example", Manner::Says(200));
    door.app.clock().advance(SignedDuration::from_mins(1));
    door.app.send_webhooks().await;
    user(&door, "bo@example.com").await;
    door.app.send_webhooks().await;
    let sent = deliveries(&door.api, &made, "?state=delivered").await;
    assert_eq!((sent.len(), &sent[0]["nextAttemptAt"]), (2, &Value::Null));
    let page = deliveries(&door.api, &made, &format!("?after={}", sent[0]["id"].as_str().unwrap())).await;
    assert_eq!(page, sent[1..]);

    door.app.listener().take();
    let again = format!("{}/replay", path(&made));
    for (what, count) in [
        (json!({ "event": waiting["event"] }), 1),
        (json!({ "since": "2031-03-04T05:06:08Z" }), 1),
        (json!({ "failed": true }), 0),
    ] {
        let replayed = door.api.post(&again, what).await.expect(200);
        assert_eq!(replayed, json!({ "object": "webhookReplay", "count": count }));
    }
    door.app.send_webhooks().await;
    assert_eq!(door.app.listener().take().len(), 2);
    for body in [json!({}), json!({ "failed": true, "since": "2031-03-04T05:06:08Z" })] {
        door.api.post(&again, body).await.expect_error(422);
    }
    let query = format!("{}/deliveries?state=lost", path(&made));
    door.api.get(&query).await.expect_error(422);
}

#[tokio::test]
async fn a_secret_is_replaced_and_a_receiver_is_tried() {
    let door = Door::open().await;
    let made = add(&door, json!({ "url": URL })).await;
    let rotate = format!("{}/rotateSecret", path(&made));
    let rotated = door.api.post(&rotate, json!({ "overlapSeconds": 60 })).await.expect(200);
    assert_eq!(rotated["id"], made["id"]);
    assert_ne!(rotated["secret"], made["secret"]);
    let signatures = async || {
        door.api.post(&format!("{}/test", path(&made)), json!({})).await.expect(200);
        let sent = door.app.listener().take().remove(0);
        sent.headers.iter().find(|(name, _)| *name == "webhook-signature").unwrap().1.split(' ').count()
    };
    assert_eq!(signatures().await, 2);
    door.app.clock().advance(SignedDuration::from_secs(60));
    assert_eq!(signatures().await, 1);
    let longer = door.api.post(&rotate, json!({ "overlapSeconds": 2_592_001 })).await;
    assert_eq!(longer.body["details"][0]["property"], "overlapSeconds");
    longer.expect_error(422);

    let test = format!("{}/test", path(&made));
    let tried = door.api.post(&test, json!({})).await.expect(200);
    let expected = json!({
        "object": "webhookTest", "taken": true, "responseStatus": 200, "responseBody": "thanks", "error": null,
    });
    assert_eq!(tried, expected);
    door.app.listener().at("receiver.example", Manner::Silent);
    let tried = door.api.post(&test, json!({})).await.expect(200);
    assert_eq!((&tried["taken"], &tried["error"]), (&json!(false), &json!("no answer in time")));
}

#[tokio::test]
async fn receivers_of_another_project_are_nobodys() {
    let door = Door::open().await;
    let made = add(&door, json!({ "url": URL })).await;
    let (_, key) = door.app.other_project("q").await;
    let other = door.with_key(secrecy::ExposeSecret::expose_secret(&key));
    let theirs = format!("/projects/q/webhookEndpoints/{}", made["id"].as_str().unwrap());
    other.get(&theirs).await.expect_error(404);
    other.patch(&theirs, json!({ "enabled": false })).await.expect_error(404);
    other.delete(&theirs).await.expect_error(404);
    other.get(&format!("{theirs}/deliveries")).await.expect_error(404);
    for (action, body) in
        [("rotateSecret", json!({})), ("test", json!({})), ("replay", json!({ "failed": true }))]
    {
        other.post(&format!("{theirs}/{action}"), body).await.expect_error(404);
    }
    assert_eq!(other.get("/projects/q/webhookEndpoints").await.expect(200)["items"], json!([]));
    other.post("/projects/q/webhookEndpoints", json!({ "url": URL })).await.expect(201);
}
