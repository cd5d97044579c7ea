//! What an app is told when the database cannot be used: 503, that nothing was changed, and when to ask again.

use http::StatusCode;
use perennial_testkit::Answer;
use serde_json::json;

use crate::door::Door;

fn expect_outage(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.body["type"], "serviceUnavailable");
    assert_eq!(answer.body["code"], "serviceUnavailable");
    assert_eq!(answer.body["hint"], "Nothing was changed. Try again.");
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn a_full_disk_changes_nothing_and_the_next_attempt_works() {
    let door = Door::open().await;
    let create = door.api.with("idempotency-key", "once");
    let user = json!({ "email": "ada@example.com" });

    door.app.fill_disk("customers").await;
    expect_outage(&create.post("/projects/p/users", user.clone()).await);
    assert_eq!(door.api.get("/projects/p/users").await.body["items"], json!([]));

    door.app.free_disk("customers").await;
    assert_eq!(create.post("/projects/p/users", user.clone()).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_lost_database_is_told_as_json_on_every_route() {
    let door = Door::open().await;
    door.app.app().store().clone().close().await;
    for path in ["/projects/p", "/projects/p/plans", "/projects/p/users", "/projects/p/subscriptions"] {
        expect_outage(&door.api.get(path).await);
    }
}
