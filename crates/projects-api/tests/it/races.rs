//! Two requests at once about the same subscription: each is told the truth, and what is billed is what is shown.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::checkout::sweep_checkouts;
use perennial_domain::{Subscription, SubscriptionChange};
use perennial_http::ApiOptions;
use perennial_testkit::{Answer, Caller, LineState, Merchant};
use serde_json::{Value, json};

async fn subscribed(plan: &'static str) -> (Merchant, Caller, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber(plan).await;
    let routes = perennial_projects_api::router(merchant.app().clone(), &ApiOptions::default());
    let api = merchant.test.caller(perennial_http::server(routes));
    (merchant, api, subscription)
}

/// Asks for another plan and for something else, both at once.
async fn change_beside(
    merchant: &Merchant,
    api: &Caller,
    subscription: &Subscription,
    plan: &'static str,
    action: &str,
) -> (Answer, Answer) {
    let body = json!({ "subscription": subscription.id, "plan": merchant.product(plan).await.id });
    let path = format!("/projects/p/subscriptions/{}/{action}", subscription.id);
    tokio::join!(api.post("/projects/p/subscriptionChanges", body), api.post(&path, json!({})))
}

/// Nothing is said to be unknown, or to be tried again without a reason.
fn assert_truthful(answer: &Answer) {
    let known = [StatusCode::OK, StatusCode::CREATED, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
    assert!(known.contains(&answer.status), "{}: {}", answer.status, answer.body);
}

#[tokio::test]
async fn what_is_being_paid_is_a_conflict_for_who_wants_to_end_it() {
    let (merchant, api, subscription) = subscribed("line").await;
    let (project, large) = (merchant.project(), merchant.product("line-large").await.id);
    let changed = subscription.clone();
    merchant
        .test
        .write(move |cx, tx| {
            let price = tx.prices(project).active_of_product(large)?.remove(0);
            tx.subscription_changes(project).insert(&SubscriptionChange::of(
                cx.id(),
                &changed,
                &price,
                cx.now(),
            ))
        })
        .await;
    let path = format!("/projects/p/subscriptions/{}", subscription.id);
    for refused in [api.post(&format!("{path}/end"), json!({})).await, api.delete(&path).await] {
        assert_eq!((refused.status, &refused.body["type"]), (StatusCode::CONFLICT, &json!("conflict")));
    }
    assert_eq!(api.get(&path).await.expect(200)["status"], "active");
}

#[tokio::test]
async fn a_cancellation_beside_a_change_ends_in_one_state_that_both_are_told() {
    for plan in ["line", "line-large"] {
        let other = if plan == "line" { "line-large" } else { "line" };
        let (merchant, api, subscription) = subscribed(plan).await;
        let (changed, cancelled) = change_beside(&merchant, &api, &subscription, other, "cancel").await;
        assert_truthful(&changed);
        assert_truthful(&cancelled);
        merchant.hear_from_stripe().await;
        let now = merchant.only_subscription().await;
        assert_eq!(now.canceled_at.is_some(), cancelled.status == StatusCode::OK, "{}", cancelled.body);
        assert_eq!(merchant.billed().await["cancel_at_period_end"], now.canceled_at.is_some());
    }
}

#[tokio::test]
async fn an_end_beside_a_change_leaves_nothing_that_is_billed() {
    let (merchant, api, subscription) = subscribed("line-large").await;
    let (changed, ended) = change_beside(&merchant, &api, &subscription, "line", "end").await;
    assert_truthful(&changed);
    assert_truthful(&ended);
    merchant.hear_from_stripe().await;
    let is_over = ended.status == StatusCode::OK;
    assert_eq!(merchant.only_subscription().await.is_live(), !is_over, "{}", ended.body);
    assert_eq!(merchant.billed().await["status"] == "canceled", is_over);
}

const ADDONS: &str = "/projects/p/subscriptionAddons";

async fn roaming_on(merchant: &Merchant, subscription: &Subscription) -> Value {
    json!({ "subscription": subscription.id, "addon": merchant.product("roaming").await.id.as_addon() })
}

#[tokio::test]
async fn the_same_renewing_add_on_asked_for_twice_at_once_is_had_and_paid_once() {
    let (merchant, api, subscription) = subscribed("line").await;
    let body = roaming_on(&merchant, &subscription).await;
    let (first, second) = tokio::join!(api.post(ADDONS, body.clone()), api.post(ADDONS, body));
    assert_truthful(&first);
    assert_truthful(&second);
    assert!([&first, &second].iter().any(|answer| answer.status == StatusCode::CREATED), "{first:?}");
    merchant.hear_from_stripe().await;
    let list = api.get(ADDONS).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(merchant.charged().await, [1450, 300]);
}

const PREVIEW: &str = "POST /v1/invoices/create_preview";

#[tokio::test]
async fn an_add_on_that_was_bought_while_stripe_was_asked_for_its_price_is_told_to_be_there() {
    let (merchant, api, subscription) = subscribed("line").await;
    let body = roaming_on(&merchant, &subscription).await;
    let held = merchant.line.hold(PREVIEW);
    let (late, ()) = tokio::join!(api.post(ADDONS, body.clone()), async {
        held.arrived().await;
        api.post(ADDONS, body.clone()).await.expect(201);
        held.release();
    });
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.body);
    assert_eq!(late.body["details"][0]["property"], "addon", "{}", late.body);
    assert_eq!(merchant.charged().await, [1450, 300]);
}

#[tokio::test]
async fn an_add_on_whose_subscription_ended_while_stripe_was_asked_for_its_price_is_told_so() {
    let (merchant, api, subscription) = subscribed("line").await;
    let body =
        json!({ "subscription": subscription.id, "addon": merchant.product("roaming").await.id.as_addon() });
    let held = merchant.line.hold(PREVIEW);
    let (late, ()) = tokio::join!(api.post("/projects/p/subscriptionAddons", body), async {
        held.arrived().await;
        api.post(&format!("/projects/p/subscriptions/{}/end", subscription.id), json!({})).await.expect(200);
        held.release();
    });
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.body);
    assert_eq!(late.body["details"][0]["property"], "subscription", "{}", late.body);
    assert_eq!(merchant.charged().await, [1450]);
}

#[tokio::test]
async fn an_add_on_whose_charge_was_not_heard_of_is_under_way_until_it_is() {
    let (merchant, api, subscription) = subscribed("line").await;
    let body = roaming_on(&merchant, &subscription).await;
    let held = merchant.line.hold(PREVIEW);
    let (unheard, ()) = tokio::join!(api.post(ADDONS, body.clone()), async {
        held.arrived().await;
        merchant.line.set(LineState::Late);
        held.release();
    });
    assert_eq!(unheard.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", unheard.body);
    merchant.line.set(LineState::Open);
    merchant.line.arrive_late().await;

    let beside = api.post(ADDONS, body.clone()).await;
    assert_eq!(beside.status, StatusCode::CONFLICT, "{}", beside.body);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    assert_eq!(api.post(ADDONS, body).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(merchant.charged().await, [1450, 300]);
}
