//! What the log tells of requests that are refused or put off: enough to find them, and nothing that opens a door.

use http::Method;
use jiff::SignedDuration;
use perennial_testkit::{Log, rows};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn a_refused_request_leaves_no_key_token_query_or_body_in_the_log() {
    let log = Log::of_this_process();
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    let key = door.app.key_until(door.app.app().now() + SignedDuration::from_mins(5)).await;
    let caller = door.with_key(key.expose_secret());
    let session = json!({
        "intent": { "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": plan.id } },
        "userDetails": { "email": "quiet@example.com", "fullName": "Quiet Quill" },
    });
    let opened = caller.post("/projects/p/connectSessions", session.clone()).await.expect(200);
    let url = opened["url"].as_str().unwrap();
    let (_, token) = url.split_once("token=").unwrap();

    door.with_key("pk_mistyped_key").get("/projects/p/plans").await.expect_error(401);
    caller.get("/projects/p/plans?token=query-secret").await.expect_error(422);
    caller.send(Method::POST, "/projects/p/users", "{\"fullName\": broken-secret").await.expect_error(400);
    caller.post("/projects/p/users", json!({ "password": "hunter-secret" })).await.expect_error(422);
    door.app.clock().advance(SignedDuration::from_mins(5));
    caller.get("/projects/p/plans").await.expect_error(401);
    door.app.app().store().clone().close().await;
    door.api.post("/projects/p/connectSessions", session).await.expect_error(503);

    let secrets = [
        key.expose_secret(),
        token,
        "pk_mistyped_key",
        "query-secret",
        "broken-secret",
        "hunter-secret",
        "quiet@example.com",
        "Quiet Quill",
    ];
    log.says_without("a request had to be put off", &secrets);
}
