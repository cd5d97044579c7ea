//! contracts/projects-api.md §2.6.

mod confirmation;
mod first_payment;

use perennial_domain::Subscription;
use perennial_http::ApiOptions;
use perennial_testkit::{Answer, Caller, Merchant};
use serde_json::{Value, json};

const CHANGES: &str = "/projects/p/subscriptionChanges";

/// The door of a merchant, with the headers that every answer needs.
fn api_of(merchant: &Merchant) -> Caller {
    let routes = perennial_projects_api::router(merchant.app().clone(), &ApiOptions::default());
    merchant.test.caller(perennial_http::server(routes))
}

/// Asks for another plan.
async fn change(
    merchant: &Merchant,
    subscription: &Subscription,
    plan: &'static str,
    when: Option<&str>,
) -> Answer {
    let plan = merchant.product(plan).await.id;
    let mut body = json!({ "subscription": subscription.id, "plan": plan });
    body.as_object_mut().unwrap().extend(when.map(|when| ("when".to_owned(), when.into())));
    api_of(merchant).post(CHANGES, body).await
}

#[tokio::test]
async fn a_change_is_made_shown_listed_and_taken_back() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let api = api_of(&merchant);
    let small = merchant.product("line").await.id;

    let refused = change(&merchant, &subscription, "line", Some("now")).await.expect_error(422);
    assert_eq!(refused.1, "subscriptionChangeAllowanceDecrease");
    let made = change(&merchant, &subscription, "line", None).await.expect(201);
    assert_eq!((&made["status"], &made["plan"]["id"]), (&json!("pending"), &json!(small)));
    assert_eq!(made["requestedChange"], json!({ "plan": small, "sim": Value::Null, "when": "renewal" }));
    assert_eq!(made["scheduledAt"], "2031-04-04T05:06:07Z");

    let path = format!("{CHANGES}/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.expect(200), made);
    let list = format!("{CHANGES}?status=pending&subscription={}", subscription.id);
    assert_eq!(api.get(&list).await.expect(200)["items"], json!([made]));
    for _ in 0..2 {
        assert_eq!(api.delete(&path).await.expect(200)["status"], "deleted");
    }
    change(&merchant, &subscription, "line-large", None).await.expect_error(422);
    api.get(&format!("{CHANGES}/sch_0000000000000000000001")).await.expect_error(404);
}

#[tokio::test]
async fn another_sim_is_not_offered_and_one_of_the_two_has_to_be_asked_for() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let api = api_of(&merchant);
    let plan = merchant.product("line").await.id;
    for body in [
        json!({ "subscription": subscription.id, "sim": "auto" }),
        json!({ "subscription": subscription.id, "plan": plan, "sim": "sim_0000000000000000000001" }),
    ] {
        assert_eq!(api.post(CHANGES, body).await.expect_error(501).0, "notImplemented");
    }
    api.post(CHANGES, json!({ "subscription": subscription.id })).await.expect_error(422);
    assert_eq!(api.get(CHANGES).await.expect(200)["items"], json!([]));
}
