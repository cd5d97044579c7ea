//! contracts/projects-api.md §1.2.

use http::Method;
use jiff::SignedDuration;
use perennial_http::ApiOptions;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn without_a_valid_key_nothing_else_is_looked_at() {
    let door = Door::open().await;
    let anonymous = door.api.without("authorization");
    let callers = [
        anonymous.clone(),
        anonymous.with("authorization", "Basic cDpw"),
        anonymous.with("authorization", "Bearer pk_nobody"),
        anonymous.with("authorization", "Bearer"),
    ];
    for caller in callers {
        for path in ["/projects/p/plans", "/projects/nowhere/plans", "/projects/p/nothing", "/projects"] {
            let answer = caller.get(path).await;
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert_eq!(answer.expect_error(401).0, "unauthenticated", "{path}");
        }
        let broken = caller.send(Method::POST, "/projects/p/users", "{").await;
        assert_eq!(broken.expect_error(401).0, "unauthenticated");
    }
}

#[tokio::test]
async fn a_key_opens_its_own_project_and_tells_nothing_of_others() {
    let door = Door::open().await;
    let (_, other_key) = door.app.other_project("q").await;
    for (caller, path) in [
        (door.api.clone(), "/projects/q/plans"),
        (door.api.clone(), "/projects/no-such-project/plans"),
        (door.with_key(other_key.expose_secret()), "/projects/p/plans"),
    ] {
        assert_eq!(caller.get(path).await.expect_error(403).0, "permissionDenied", "{path}");
    }
    door.with_key(other_key.expose_secret()).get("/projects/q/plans").await.expect(200);
}

#[tokio::test]
async fn rows_of_another_project_do_not_exist() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    let (_, other_key) = door.app.other_project("q").await;
    let stranger = door.with_key(other_key.expose_secret());

    let path = format!("/projects/q/users/{}", customer.id);
    stranger.get(&path).await.expect_error(404);
    stranger.patch(&path, json!({ "fullName": "Eve" })).await.expect_error(404);
    stranger.delete(&path).await.expect_error(404);
    let found = stranger.post("/projects/q/users/search", json!({ "email": "ada@example.com" })).await;
    assert_eq!(found.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn an_expired_key_stops_on_time_even_while_it_is_remembered() {
    let door = Door::with(ApiOptions::default()).await;
    let until = door.app.app().now() + SignedDuration::from_mins(5);
    let key = door.app.key_until(until).await;
    let caller = door.with_key(key.expose_secret());
    caller.get("/projects/p/plans").await.expect(200);

    door.app.clock().advance(SignedDuration::from_mins(5));
    assert_eq!(caller.get("/projects/p/plans").await.expect_error(401).0, "unauthenticated");
}

#[tokio::test]
async fn a_browser_of_any_origin_may_ask_first() {
    let door = Door::open().await;
    let browser = door
        .api
        .without("authorization")
        .with("origin", "https://shop.example")
        .with("access-control-request-method", "PATCH")
        .with("access-control-request-headers", "authorization,content-type,idempotency-key");
    let answer = browser.send(Method::OPTIONS, "/projects/p/users/usr_1", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let allowed = answer.headers["access-control-allow-headers"].to_str().unwrap();
    assert!(allowed.contains("authorization") && allowed.contains("idempotency-key"), "{allowed}");
}

#[tokio::test]
async fn who_asks_too_fast_is_told_when_to_come_back() {
    let options = ApiOptions { requests_per_second: std::num::NonZeroU32::new(2), ..ApiOptions::default() };
    let door = Door::with(options).await;
    for _ in 0..2 {
        door.api.get("/projects/p/plans").await.expect(200);
    }
    let answer = door.api.get("/projects/p/plans").await;
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(answer.expect_error(429).0, "tooManyRequests");
}
