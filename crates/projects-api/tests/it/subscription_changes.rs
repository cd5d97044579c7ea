//! contracts/projects-api.md §2.6.

use perennial_http::ApiOptions;
use perennial_testkit::Merchant;
use serde_json::{Value, json};

#[tokio::test]
async fn a_change_is_made_shown_listed_and_taken_back() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line-large").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let api =
        merchant.test.caller(perennial_projects_api::router(merchant.app().clone(), &ApiOptions::default()));
    let (small, large) = (merchant.product("line").await.id, subscription.product_id);

    let wanted = json!({ "subscription": subscription.id, "plan": small });
    let at_once = json!({ "subscription": subscription.id, "plan": small, "when": "now" });
    let refused = api.post("/projects/p/subscriptionChanges", at_once).await.expect_error(422);
    assert_eq!(refused.1, "subscriptionChangeAllowanceDecrease");
    let made = api.post("/projects/p/subscriptionChanges", wanted).await.expect(201);
    assert_eq!((&made["status"], &made["plan"]["id"]), (&json!("pending"), &json!(small)));
    assert_eq!(made["requestedChange"], json!({ "plan": small, "sim": Value::Null, "when": "renewal" }));
    assert_eq!(made["scheduledAt"], "2031-04-04T05:06:07Z");

    let path = format!("/projects/p/subscriptionChanges/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.expect(200), made);
    let list = format!("/projects/p/subscriptionChanges?status=pending&subscription={}", subscription.id);
    assert_eq!(api.get(&list).await.expect(200)["items"], json!([made]));
    for _ in 0..2 {
        assert_eq!(api.delete(&path).await.expect(200)["status"], "deleted");
    }
    let same = json!({ "subscription": subscription.id, "plan": large });
    api.post("/projects/p/subscriptionChanges", same).await.expect_error(422);
    api.get("/projects/p/subscriptionChanges/sch_0000000000000000000001").await.expect_error(404);
}
