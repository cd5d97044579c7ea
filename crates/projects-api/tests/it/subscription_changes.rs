//! contracts/projects-api.md §2.6.

mod confirmation;
mod first_payment;

use perennial_domain::{ArrearsAccess, ArrearsPolicy, Subscription};
use perennial_http::ApiOptions;
use perennial_testkit::{Answer, Caller, Merchant, days};
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

#[tokio::test]
async fn changes_are_listed_by_whose_they_are() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let stranger = merchant.customer("bea@example.com").await;
    let made = change(&merchant, &subscription, "line", None).await.expect(201);
    for (user, expected) in [(subscription.customer_id, json!([made])), (stranger.id, json!([]))] {
        let list = api_of(&merchant).get(&format!("{CHANGES}?user={user}")).await.expect(200);
        assert_eq!(list["items"], expected, "{user}");
    }
}

#[tokio::test]
async fn a_change_that_came_true_is_not_taken_back() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let made = change(&merchant, &subscription, "line-large", Some("now")).await.expect(201);
    assert_eq!(made["status"], "applied");
    let path = format!("{CHANGES}/{}", made["id"].as_str().unwrap());
    assert_eq!(api_of(&merchant).delete(&path).await.expect_error(422).0, "invalid");
    assert_eq!(api_of(&merchant).get(&path).await.expect(200), made);
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
}

#[tokio::test]
async fn what_is_restricted_keeps_its_plan() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (project, id) = (merchant.project(), subscription.id);
    let policy = ArrearsPolicy { access: ArrearsAccess::Restrict, ..ArrearsPolicy::default() };
    merchant
        .test
        .write(move |cx, tx| {
            let mut row = tx.subscriptions(project).lock(id)?.expect("it is there");
            row.fall_behind(&policy, cx.now()).expect("it is active");
            tx.subscriptions(project).update(&row)
        })
        .await;
    for when in ["now", "renewal"] {
        let refused = change(&merchant, &subscription, "line-large", Some(when)).await;
        assert_eq!(refused.expect_error(422).0, "invalid", "{when}");
    }
    assert_eq!(api_of(&merchant).get(CHANGES).await.expect(200)["items"], json!([]));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

/// The merchant's catalogue, and a line that is paid by the year.
fn with_a_yearly_line() -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let yearly = line
        .replace("key = \"line\"", "key = \"line-yearly\"")
        .replace("amount = 1450", "amount = 14500")
        .replace("every = \"1 month\"", "every = \"1 year\"");
    format!("{catalog}\n[[product]]{yearly}")
}

#[tokio::test]
async fn another_rhythm_waits_for_the_renewal_even_if_it_is_asked_for_now() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.apply(&with_a_yearly_line()).await;
    let made = change(&merchant, &subscription, "line-yearly", Some("now")).await.expect(201);
    assert_eq!((&made["status"], &made["scheduledAt"]), (&json!("pending"), &json!("2031-04-04T05:06:07Z")));
    assert_eq!(made["requestedChange"]["when"], "now");

    merchant.pass(days(31)).await;

    let shown = as_the_api_shows(&merchant, &subscription, &made).await;
    assert_eq!(shown.0["status"], "applied");
    assert_eq!(shown.0["appliedAt"], "2031-04-04T05:06:07Z");
    let year = json!({ "number": 1, "start": "2031-04-04T05:06:07Z", "end": "2032-04-04T05:06:07Z" });
    assert_eq!((&shown.1["plan"]["id"], &shown.1["currentPeriod"]), (&made["plan"]["id"], &year));
    assert_eq!(payments(&merchant, &subscription).await, [14_500, 1450]);
}

#[tokio::test]
async fn months_in_place_of_a_year_begin_when_the_year_is_over() {
    let merchant = Merchant::new().await;
    merchant.apply(&with_a_yearly_line()).await;
    let subscription = merchant.sell("line-yearly").await;
    let made = change(&merchant, &subscription, "line", None).await.expect(201);
    assert_eq!((&made["status"], &made["scheduledAt"]), (&json!("pending"), &json!("2032-03-04T05:06:07Z")));

    merchant.pass(days(366)).await;

    let shown = as_the_api_shows(&merchant, &subscription, &made).await;
    assert_eq!(shown.0["status"], "applied");
    let month = json!({ "number": 1, "start": "2032-03-04T05:06:07Z", "end": "2032-04-04T05:06:07Z" });
    assert_eq!((&shown.1["plan"]["id"], &shown.1["currentPeriod"]), (&made["plan"]["id"], &month));
    assert_eq!(payments(&merchant, &subscription).await, [1450, 14_500]);
}

/// A change and its subscription by now.
async fn as_the_api_shows(
    merchant: &Merchant,
    subscription: &Subscription,
    change: &Value,
) -> (Value, Value) {
    let api = api_of(merchant);
    let change = api.get(&format!("{CHANGES}/{}", change["id"].as_str().unwrap())).await.expect(200);
    (change, api.get(&format!("/projects/p/subscriptions/{}", subscription.id)).await.expect(200))
}

/// What was paid for a subscription, in cents, newest first.
async fn payments(merchant: &Merchant, subscription: &Subscription) -> Vec<i64> {
    let path = format!("/projects/p/payments?subscription={}&status=succeeded", subscription.id);
    let list = api_of(merchant).get(&path).await.expect(200);
    let items = list["items"].as_array().unwrap().iter();
    items.map(|payment| payment["amount"]["amount"].as_i64().unwrap()).collect()
}
