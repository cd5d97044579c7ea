//! Links and pages that came too late, or too early: the subscription is not in the state that they are for. They lead
//! to its details, without the button (contracts/projects-api.md §3).

use http::StatusCode;
use perennial_core::subscriptions::{cancel_subscription, end_subscription};
use perennial_domain::{Cancellation, CancellationCause, Intent, Subscription, SubscriptionState};
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};

async fn open(merchant: &Merchant, subscription: &Subscription, intent: Intent) -> (Browser, Shown) {
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (browser, shown)
}

async fn cancel(merchant: &Merchant, subscription: &Subscription) {
    let requested = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, requested).await.unwrap();
}

async fn end(merchant: &Merchant, subscription: &Subscription) {
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
}

fn assert_details(shown: &Shown, subscription: &Subscription, hidden: &[&str]) {
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.path());
    assert!(shown.path().ends_with(&format!("/subscriptions/{}", subscription.id)), "{}", shown.path());
    for action in hidden {
        assert!(!shown.html.contains(&format!("value=\"{action}\"")), "{action}: {}", shown.html);
    }
}

#[tokio::test]
async fn what_is_over_can_be_neither_cancelled_resumed_nor_changed() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    end(&merchant, &subscription).await;
    let id = subscription.id;
    for intent in
        [Intent::CancelSubscription(id), Intent::ResumeSubscription(id), Intent::ChangeSubscription(id)]
    {
        let (_, shown) = open(&merchant, &subscription, intent).await;
        assert_details(&shown, &subscription, &["cancel", "resume", "change_plan"]);
    }
}

#[tokio::test]
async fn what_nobody_cancelled_has_nothing_to_resume() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, shown) = open(&merchant, &subscription, Intent::ResumeSubscription(subscription.id)).await;
    assert_details(&shown, &subscription, &["resume"]);
    assert!(shown.html.contains("value=\"cancel\""), "{}", shown.html);
}

#[tokio::test]
async fn the_plan_of_what_is_cancelled_stays() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    cancel(&merchant, &subscription).await;
    let (_, shown) = open(&merchant, &subscription, Intent::ChangeSubscription(subscription.id)).await;
    assert_details(&shown, &subscription, &["cancel", "change_plan"]);
    assert!(shown.html.contains("value=\"resume\""), "{}", shown.html);
}

#[tokio::test]
async fn a_resumption_that_is_sent_after_the_end_brings_nothing_back() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    cancel(&merchant, &subscription).await;
    let (mut browser, ask) =
        open(&merchant, &subscription, Intent::ResumeSubscription(subscription.id)).await;
    assert!(ask.path().ends_with("/resume"), "{}", ask.path());
    end(&merchant, &subscription).await;

    let shown = browser.submit(&ask, &[("action", "resume")]).await;

    assert_details(&shown, &subscription, &["cancel", "resume", "change_plan"]);
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
}

#[tokio::test]
async fn a_change_that_is_sent_after_a_cancellation_charges_nothing() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let large = merchant.product("line-large").await.id.to_string();
    let (mut browser, choices) =
        open(&merchant, &subscription, Intent::ChangeSubscription(subscription.id)).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    cancel(&merchant, &subscription).await;

    let shown = browser.submit(&review, &[("action", "confirm")]).await;

    assert_details(&shown, &subscription, &["change_plan"]);
    let charges = merchant.stripe().get("/v1/charges").await.expect(200);
    assert_eq!(charges["data"].as_array().unwrap().len(), 1, "the first month alone");
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}
