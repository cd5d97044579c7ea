//! contracts/projects-api.md §1.7.

use jiff::SignedDuration;
use perennial_http::ApiOptions;
use perennial_testkit::{Answer, Caller, Merchant, rows};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn the_same_call_with_the_same_key_is_done_once() {
    let door = Door::open().await;
    let caller = door.api.with("idempotency-key", "first-try");
    let body = json!({ "email": "ada@example.com" });
    let first = caller.post("/projects/p/users", body.clone()).await;
    let second = caller.post("/projects/p/users", body).await;
    assert_eq!(second.headers["idempotent-replayed"], "true");
    assert!(!first.headers.contains_key("idempotent-replayed"));
    assert_eq!(first.expect(201), second.expect(201));
    assert_eq!(door.api.get("/projects/p/users").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_kept_answer_gives_the_session_its_one_address_again() {
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    let caller = door.api.with("idempotency-key", "visit");
    let body = json!({
        "intent": { "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": plan.id } },
        "userDetails": { "email": "ada@example.com" },
    });
    let first = caller.post("/projects/p/connectSessions", body.clone()).await.expect(200);
    assert_eq!(caller.post("/projects/p/connectSessions", body).await.expect(200)["url"], first["url"]);
}

#[tokio::test]
async fn a_key_belongs_to_one_call() {
    let door = Door::open().await;
    let caller = door.api.with("idempotency-key", "k");
    caller.post("/projects/p/users", json!({ "email": "ada@example.com" })).await.expect(201);
    let other_body = caller.post("/projects/p/users", json!({ "email": "bob@example.com" })).await;
    assert_eq!(other_body.expect_error(409).0, "conflict");
    let other_path = caller.post("/projects/p/users/search", json!({ "email": "ada@example.com" })).await;
    assert_eq!(other_path.expect_error(409).0, "conflict");
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let door = Door::open().await;
    let caller = door.api.with("idempotency-key", "k");
    let user = door.customer("ada@example.com").await;
    let taken = json!({ "email": "ada@example.com" });
    caller.post("/projects/p/users", taken.clone()).await.expect_error(422);

    let path = format!("/projects/p/users/{}", user.id);
    door.api.patch(&path, json!({ "email": "other@example.com" })).await.expect(200);
    caller.post("/projects/p/users", taken).await.expect(201);
}

#[tokio::test]
async fn a_day_later_the_key_is_free() {
    let door = Door::open().await;
    let caller = door.api.with("idempotency-key", "k");
    caller.post("/projects/p/users", json!({ "email": "ada@example.com" })).await.expect(201);
    door.app.clock().advance(SignedDuration::from_hours(24));
    caller.post("/projects/p/users", json!({ "email": "bob@example.com" })).await.expect(201);
}

#[tokio::test]
async fn keys_of_two_projects_never_meet() {
    let door = Door::open().await;
    let (_, other_key) = door.app.other_project("q").await;
    let ours = door.api.with("idempotency-key", "k");
    let theirs = door.with_key(other_key.expose_secret()).with("idempotency-key", "k");
    let body = json!({ "email": "ada@example.com" });
    let first = ours.post("/projects/p/users", body.clone()).await.expect(201);
    assert_ne!(theirs.post("/projects/q/users", body).await.expect(201)["id"], first["id"]);
}

#[tokio::test]
async fn a_key_that_is_too_long_is_refused_and_a_get_needs_none() {
    let door = Door::open().await;
    let caller = door.api.with("idempotency-key", &"k".repeat(256));
    let answer = caller.post("/projects/p/users", json!({ "email": "ada@example.com" })).await;
    assert_eq!(answer.expect_error(422).0, "invalid");
    caller.get("/projects/p/users").await.expect(200);
}

/// Makes a call, and once more with the same key while Stripe is slow to answer the first.
async fn ask_twice(
    merchant: &Merchant,
    slow: &str,
    call: impl AsyncFn(Caller) -> Answer,
) -> (Answer, Answer, Answer) {
    let routes = perennial_projects_api::router(merchant.app().clone(), &ApiOptions::default());
    let caller = merchant.test.caller(perennial_http::server(routes)).with("idempotency-key", "impatient");
    let held = merchant.line.hold(slow);
    let impatient = async {
        held.arrived().await;
        let refused = call(caller.clone()).await;
        held.release();
        refused
    };
    let (first, refused) = tokio::join!(call(caller.clone()), impatient);
    let again = call(caller).await;
    (first, refused, again)
}

#[track_caller]
fn assert_done_once((first, refused, again): (Answer, Answer, Answer), status: u16) {
    assert_eq!(refused.expect_error(409).0, "conflict");
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.expect(status), first.expect(status));
}

#[tokio::test]
async fn who_orders_again_with_the_key_of_an_order_that_still_runs_is_told_so_and_charged_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.keep_card(subscription.customer_id, "pm_card_visa").await;
    let plan = merchant.product("prepaid").await.id;
    let order = json!({ "plan": plan, "user": subscription.customer_id });
    let call = async |caller: Caller| caller.post("/projects/p/subscriptions", order.clone()).await;
    assert_done_once(ask_twice(&merchant, "POST /v1/invoices", call).await, 201);
    let charges = merchant.stripe().get("/v1/charges").await.expect(200);
    let amounts = charges["data"].as_array().unwrap().iter().map(|charge| &charge["amount"]);
    assert_eq!(amounts.collect::<Vec<_>>(), [900, 1450]);
}

#[tokio::test]
async fn who_deletes_again_with_the_key_of_a_call_that_still_runs_is_told_so() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let path = format!("/projects/p/users/{}", subscription.customer_id);
    let call = async |caller: Caller| caller.delete(&path).await;
    assert_done_once(ask_twice(&merchant, "DELETE /v1/subscriptions/", call).await, 200);
    let asked = format!("DELETE /v1/subscriptions/{}", subscription.stripe_subscription_id.unwrap());
    assert_eq!(merchant.line.count(&asked), 1);
}

#[tokio::test]
async fn a_key_that_has_deleted_one_thing_deletes_no_other() {
    let door = Door::open().await;
    let (ada, bob) = (door.customer("ada@example.com").await, door.customer("bob@example.com").await);
    let caller = door.api.with("idempotency-key", "k");
    caller.delete(&format!("/projects/p/users/{}", ada.id)).await.expect(200);
    let other = caller.delete(&format!("/projects/p/users/{}", bob.id)).await;
    assert_eq!(other.expect_error(409).0, "conflict");
    let kept = door.api.get(&format!("/projects/p/users/{}", bob.id)).await.expect(200);
    assert_eq!(kept["status"], "active");
}
