//! Plans and add-ons that are on sale here, and that Stripe refuses: a page that says so, and no way into the same no again.

use http::StatusCode;
use perennial_domain::{Intent, Subscription, SubscriptionChangeState};
use perennial_testkit::{Browser, LineState, Merchant, Shown};

use crate::guest::{Guest, routes};

/// Somebody turns the price of this product off at Stripe, where we do not hear of it.
async fn turn_off(merchant: &Merchant, product: &'static str) {
    let (project, id) = (merchant.project(), merchant.product(product).await.id);
    let prices = merchant.test.write(move |_, tx| tx.prices(project).active_of_product(id)).await;
    let price = prices[0].stripe_price_id.as_deref().unwrap();
    merchant.stripe().post_form(&format!("/v1/prices/{price}"), "active=false").await.expect(200);
}

async fn open(merchant: &Merchant, subscription: &Subscription, intent: Intent) -> (Browser, Shown) {
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (browser, shown)
}

/// It says that nothing was charged and whom to tell, and leads to the app and nowhere else.
async fn assert_refused(merchant: &Merchant, shown: &Shown) {
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.html.contains("Nothing was changed and nothing was charged"), "{}", shown.html);
    assert!(shown.html.contains("please tell"), "{}", shown.html);
    assert!(!shown.html.contains("Try again") && shown.html.contains("/leave"), "{}", shown.html);
    assert_eq!(merchant.charged().await, [1450], "the first month alone");
}

#[tokio::test]
async fn a_plan_that_stripe_refuses_is_not_among_the_choices() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    turn_off(&merchant, "line-large").await;
    let (_, nothing) = open(&merchant, &subscription, Intent::ChangeSubscription(subscription.id)).await;
    assert!(nothing.path().ends_with("/change"), "{}", nothing.path());
    assert!(!nothing.html.contains("type=\"radio\"") && !nothing.html.contains("Heron Line Large"));
}

#[tokio::test]
async fn a_plan_that_stripe_has_come_to_refuse_is_told_at_the_last_look_and_at_the_yes() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let large = merchant.product("line-large").await.id.to_string();
    let (mut browser, choices) =
        open(&merchant, &subscription, Intent::ChangeSubscription(subscription.id)).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    turn_off(&merchant, "line-large").await;

    let refused = browser.submit(&review, &[("action", "confirm")]).await;
    assert_refused(&merchant, &refused).await;
    let looked = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    assert_refused(&merchant, &looked).await;
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

#[tokio::test]
async fn a_downgrade_that_stripe_refuses_to_arrange_has_failed_and_says_whom_to_tell() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let small = line.replace("key = \"line\"", "key = \"line-small\"").replace("1450", "900");
    merchant.apply(&format!("{catalog}\n[[product]]{small}")).await;
    let small = merchant.product("line-small").await.id.to_string();
    let (mut browser, choices) =
        open(&merchant, &subscription, Intent::ChangeSubscription(subscription.id)).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    turn_off(&merchant, "line-small").await;

    let refused = browser.submit(&review, &[("action", "confirm")]).await;
    assert_refused(&merchant, &refused).await;
    let (project, id) = (merchant.project(), subscription.id);
    let latest =
        merchant.test.write(move |_, tx| tx.subscription_changes(project).latest_of(id)).await.unwrap();
    assert_eq!(
        (latest.state, latest.failure_code.as_deref()),
        (SubscriptionChangeState::Failed, Some("refused"))
    );
}

#[tokio::test]
async fn an_addon_that_stripe_refuses_is_told_so() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    turn_off(&merchant, "roaming").await;
    let addons = vec![merchant.product("roaming").await.id];
    let intent = Intent::CheckoutAddon { subscription: subscription.id, addons };
    let (_, cart) = open(&merchant, &subscription, intent).await;
    assert_refused(&merchant, &cart).await;
}

#[tokio::test]
async fn a_stripe_that_does_not_answer_can_be_tried_again() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (mut browser, choices) =
        open(&merchant, &subscription, Intent::ChangeSubscription(subscription.id)).await;
    merchant.line.set(LineState::Cut);
    let later = browser.get(choices.path()).await;
    assert!(later.html.contains("Our payment service did not answer"), "{}", later.html);
    assert!(later.html.contains("Try again"), "{}", later.html);
}
