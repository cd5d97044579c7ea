use perennial_testkit::rows;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn a_deleted_user_stays_for_the_books_and_frees_the_address() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    let path = format!("/projects/p/users/{}", customer.id);
    let deleted = door.api.delete(&path).await.expect(200);
    assert_eq!((&deleted["status"], &deleted["email"]), (&"deleted".into(), &"".into()));
    assert!(deleted["fullName"].is_null());

    assert_eq!(door.api.delete(&path).await.expect(200), deleted);
    assert_eq!(door.api.get(&path).await.expect(200), deleted);
    door.api.patch(&path, json!({ "fullName": "Ada" })).await.expect_error(422);
    door.api.post("/projects/p/users", json!({ "email": "ada@example.com" })).await.expect(201);
}

#[tokio::test]
async fn subscriptions_of_a_deleted_user_end() {
    let door = Door::open().await;
    let plan = door.plan("heron", 0, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    let subscription = door.subscription(&customer, &plan).await;
    door.api.delete(&format!("/projects/p/users/{}", customer.id)).await.expect(200);

    let ended = door.api.get(&format!("/projects/p/subscriptions/{}", subscription.id)).await.expect(200);
    assert_eq!(ended["status"], "ended");
    assert_eq!(ended["cancellationDetails"]["cause"], "userDeleted");
    assert_eq!(ended["user"]["status"], "deleted");
}

#[tokio::test]
async fn while_stripe_is_away_nobody_who_is_charged_is_deleted() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    door.subscription_with(&customer, &plan, |subscription| {
        subscription.stripe_subscription_id = Some("sub_1".to_owned());
    })
    .await;
    let path = format!("/projects/p/users/{}", customer.id);
    assert_eq!(door.api.delete(&path).await.expect_error(503).0, "serviceUnavailable");
    assert_eq!(door.api.get(&path).await.expect(200)["status"], "blocked");
}
