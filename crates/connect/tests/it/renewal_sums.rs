//! What the renewal after a change of plan is said to cost: asked of Stripe where it counts, and part of the yes.

use perennial_domain::{Intent, Subscription};
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};

const PREVIEW: &str = "POST /v1/invoices/create_preview";

/// A customer of the line, beside which there is a smaller and a larger one.
async fn between_two_plans() -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let small = line.replace("key = \"line\"", "key = \"line-small\"").replace("1450", "900");
    let small = small.replace("Heron Line", "Heron Line Small");
    merchant.apply(&format!("{catalog}\n[[product]]{small}")).await;
    (merchant, subscription)
}

/// The Stripe Subscription costs half from now on, for as long as nobody ends that.
async fn halve(merchant: &Merchant, subscription: &Subscription) {
    let coupon = "id=half&percent_off=50&duration=forever";
    merchant.stripe().post_form("/v1/coupons", coupon).await.expect(200);
    set_discounts(merchant, subscription, "discounts[0][coupon]=half").await;
}

async fn set_discounts(merchant: &Merchant, subscription: &Subscription, discounts: &str) {
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    merchant.stripe().post_form(&path, discounts).await.expect(200);
}

async fn open(merchant: &Merchant, subscription: &Subscription) -> (Browser, Shown) {
    let intent = Intent::ChangeSubscription(subscription.id);
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (browser, shown)
}

#[tokio::test]
async fn the_list_asks_stripe_for_what_is_due_today_and_the_last_look_for_the_renewal() {
    let (merchant, subscription) = between_two_plans().await;
    let (mut browser, choices) = open(&merchant, &subscription).await;
    assert!(choices.html.contains("Line Small") && choices.html.contains("Line Large"), "{}", choices.html);
    assert_eq!(merchant.line.count(PREVIEW), 1, "the smaller plan costs nothing today");
    let small = merchant.product("line-small").await.id.to_string();
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    assert_eq!(review.hidden("renewal").as_deref(), Some("900"));
    assert_eq!(merchant.line.count(PREVIEW), 2);
}

#[tokio::test]
async fn a_renewal_that_stripe_refuses_to_tell_removes_no_plan() {
    let (merchant, subscription) = between_two_plans().await;
    halve(&merchant, &subscription).await;
    let (project, small) = (merchant.project(), merchant.product("line-small").await.id);
    let prices = merchant.test.write(move |_, tx| tx.prices(project).active_of_product(small)).await;
    let price = prices[0].stripe_price_id.as_deref().unwrap();
    merchant.stripe().post_form(&format!("/v1/prices/{price}"), "active=false").await.expect(200);

    let (mut browser, choices) = open(&merchant, &subscription).await;
    assert!(choices.html.contains("Line Small") && choices.html.contains("Line Large"), "{}", choices.html);
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small.to_string())]).await;
    assert_eq!(review.hidden("due").as_deref(), Some("0"), "{}", review.html);
    assert_eq!(review.hidden("renewal"), None);
}

#[tokio::test]
async fn a_renewal_that_costs_something_else_than_was_shown_is_shown_again() {
    let (merchant, subscription) = between_two_plans().await;
    halve(&merchant, &subscription).await;
    let (mut browser, choices) = open(&merchant, &subscription).await;
    let small = merchant.product("line-small").await;
    let plan = small.id.to_string();
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &plan)]).await;
    assert_eq!(review.hidden("renewal").as_deref(), Some("450"));

    set_discounts(&merchant, &subscription, "discounts=").await;
    let again = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(again.html.contains("role=\"alert\""), "{}", again.html);
    assert_eq!(again.hidden("renewal").as_deref(), Some("900"));
    let (project, id) = (merchant.project(), subscription.id);
    let changes = || merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(id));
    assert!(changes().await.is_none());

    browser.submit(&again, &[("action", "confirm")]).await;
    assert_eq!(changes().await.unwrap().product_id, small.id);
}
