//! The hour in which Stripe has begun a period and drafts its invoice: whatever day a page shows, none is over.
//!
//! The renewal falls ten minutes before midnight of 4 April, and the pages are looked at on 5 April.

use jiff::SignedDuration;
use perennial_domain::{Id, Intent, Subscription};
use perennial_testkit::{Browser, Merchant, MerchantOptions, Shown, days};

use crate::business::{CATALOG, House, UID, change, form};
use crate::guest::{Guest, routes};

const HOUR: i64 = 3_600;

fn slow_to_charge(catalog: &'static str) -> MerchantOptions {
    MerchantOptions { renewal_draft_seconds: HOUR, catalog, ..MerchantOptions::default() }
}

/// From five in the morning, where every test begins, to ten minutes before midnight.
const TO_THE_EVENING: SignedDuration = SignedDuration::from_mins(18 * 60 + 44);

/// A customer with the larger line and an add-on that renews, whose renewal is drafted.
async fn drafted() -> (Merchant, Subscription) {
    let merchant = Merchant::with(slow_to_charge(include_str!("../../../testkit/src/merchant.toml"))).await;
    merchant.test.clock().advance(TO_THE_EVENING);
    let customer = merchant.customer("ada@example.com").await;
    let order = merchant.order_with("line-large", &["roaming"]).await;
    let checkout = merchant.open_order(customer.id, order).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    begin_renewal(&merchant).await;
    let subscription = merchant.only_subscription().await;
    assert_eq!(subscription.current_period.unwrap().number, 1, "it is not paid yet");
    (merchant, subscription)
}

/// The same with the smaller line alone.
async fn drafted_line() -> (Merchant, Subscription) {
    let merchant = Merchant::with(slow_to_charge(include_str!("../../../testkit/src/merchant.toml"))).await;
    merchant.test.clock().advance(TO_THE_EVENING);
    let subscription = merchant.sell("line").await;
    begin_renewal(&merchant).await;
    (merchant, subscription)
}

async fn begin_renewal(merchant: &Merchant) {
    merchant.live(days(31)).await;
    merchant.live(SignedDuration::from_mins(20)).await;
}

async fn open(merchant: &Merchant, subscription: &Subscription, intent: Intent) -> (Browser, Shown) {
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (browser, shown)
}

/// The page shows each of these days, and none that is over.
fn assert_days(shown: &Shown, expected: &[&str]) {
    assert!(!shown.html.contains("April 4"), "{}: {}", shown.path(), shown.html);
    for day in expected {
        assert!(shown.html.contains(day), "{day} is not on {}: {}", shown.path(), shown.html);
    }
}

#[tokio::test]
async fn overview_and_details_say_that_it_is_charged_today() {
    let (merchant, subscription) = drafted().await;
    let (mut browser, overview) = open(&merchant, &subscription, Intent::ViewSubscriptions).await;
    assert_days(&overview, &["April 5"]);
    let details = browser.get(&format!("{}/{}", overview.path(), subscription.id)).await;
    assert_days(&details, &["April 5"]);
    assert!(details.html.contains("€32.00"), "line and add-on together: {}", details.html);
}

#[tokio::test]
async fn who_cancels_is_told_of_the_period_that_has_begun_and_may_come_back() {
    let (merchant, subscription) = drafted().await;
    let id = subscription.id;
    let (mut browser, ask) = open(&merchant, &subscription, Intent::CancelSubscription(id)).await;
    assert_days(&ask, &["May 4"]);
    assert!(ask.html.contains("For the period that has begun you still pay €32.00"), "{}", ask.html);
    browser.submit(&ask, &[("action", "cancel")]).await;

    let (_, details) = open(&merchant, &subscription, Intent::ViewSubscription(id)).await;
    assert_days(&details, &["May 4"]);
    let (_, resume) = open(&merchant, &subscription, Intent::ResumeSubscription(id)).await;
    assert!(resume.path().ends_with("/resume"), "{}", resume.path());
    assert_days(&resume, &["May 4", "April 5"]);
}

#[tokio::test]
async fn another_plan_begins_with_the_next_renewal() {
    let (merchant, subscription) = drafted().await;
    let small = merchant.product("line").await.id.to_string();
    let id = subscription.id;
    let (mut browser, choices) = open(&merchant, &subscription, Intent::ChangeSubscription(id)).await;
    assert_days(&choices, &["May 4"]);
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    assert_days(&review, &["May 4"]);
    browser.submit(&review, &[("action", "confirm")]).await;

    let (_, details) = open(&merchant, &subscription, Intent::ViewSubscription(id)).await;
    assert_days(&details, &["May 4", "April 5"]);
    assert!(details.html.contains("€32.00"), "today it is the present plan: {}", details.html);
}

#[tokio::test]
async fn a_change_that_was_shown_for_this_renewal_is_not_arranged_for_the_next_one() {
    let merchant = Merchant::with(slow_to_charge(include_str!("../../../testkit/src/merchant.toml"))).await;
    merchant.test.clock().advance(TO_THE_EVENING);
    let subscription = merchant.sell("line-large").await;
    let small = merchant.product("line").await.id.to_string();
    merchant.live(days(31) - SignedDuration::from_mins(5)).await;
    let intent = Intent::ChangeSubscription(subscription.id);
    let (mut browser, choices) = open(&merchant, &subscription, intent).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    assert_eq!(review.hidden("starts").as_deref(), Some("2031-04-04"));
    merchant.live(SignedDuration::from_mins(20)).await;

    let again = browser.submit(&review, &[("action", "confirm")]).await;
    assert_days(&again, &["role=\"alert\"", "May 4"]);
    let (project, id) = (merchant.project(), subscription.id);
    let open = merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(id)).await;
    assert!(open.is_none(), "nothing is arranged: {open:?}");
    browser.submit(&again, &[("action", "confirm")]).await;
    let open = merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(id)).await;
    assert!(open.is_some_and(|change| change.product_id.to_string() == small), "what is shown now counts");
}

#[tokio::test]
async fn a_change_whose_day_has_come_begins_today_and_is_not_taken_back_any_more() {
    let merchant = Merchant::with(slow_to_charge(include_str!("../../../testkit/src/merchant.toml"))).await;
    merchant.test.clock().advance(TO_THE_EVENING);
    let subscription = merchant.sell("line-large").await;
    let small = merchant.product("line").await.id.to_string();
    let id = subscription.id;
    let (mut browser, choices) = open(&merchant, &subscription, Intent::ChangeSubscription(id)).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    browser.submit(&review, &[("action", "confirm")]).await;
    let to_midnight = SignedDuration::from_mins(20);
    merchant.live(days(31) - to_midnight).await;
    let (mut left_open, before) = open(&merchant, &subscription, Intent::ViewSubscription(id)).await;
    assert!(before.html.contains("value=\"undo_change\""), "{}", before.html);
    merchant.live(to_midnight).await;
    merchant.live(to_midnight).await;

    let (_, details) = open(&merchant, &subscription, Intent::ViewSubscription(id)).await;
    assert_days(&details, &["April 5"]);
    assert!(details.html.contains("€14.50"), "the smaller plan is charged: {}", details.html);
    assert!(!details.html.contains("value=\"undo_change\""), "{}", details.html);
    let stays = left_open.submit(&before, &[("action", "undo_change")]).await;
    assert_days(&stays, &["A change of your plan is being paid"]);
    merchant.live(SignedDuration::from_hours(2)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    assert_eq!(merchant.charged().await, [2900, 1450]);
}

#[tokio::test]
async fn who_picks_another_plan_while_one_begins_is_told_that_it_comes_first() {
    let catalog = concat!(
        include_str!("../../../testkit/src/merchant.toml"),
        "\n",
        include_str!("../../../testkit/src/free_line.toml")
    );
    let merchant = Merchant::with(slow_to_charge(catalog)).await;
    merchant.test.clock().advance(TO_THE_EVENING);
    let subscription = merchant.sell("line-large").await;
    let small = merchant.product("line").await.id.to_string();
    let intent = Intent::ChangeSubscription(subscription.id);
    let (mut browser, choices) = open(&merchant, &subscription, intent.clone()).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    browser.submit(&review, &[("action", "confirm")]).await;
    begin_renewal(&merchant).await;

    let free = merchant.product("line-free").await.id.to_string();
    let (mut browser, choices) = open(&merchant, &subscription, intent).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &free)]).await;
    let told = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(told.path().contains(&subscription.id.to_string()), "{}", told.path());
    assert_days(&told, &["A change of your plan is being paid"]);
    merchant.live(SignedDuration::from_hours(2)).await;
    assert_eq!(merchant.only_subscription().await.product_id.to_string(), small);
}

#[tokio::test]
async fn an_upgrade_says_when_the_larger_plan_is_charged_first() {
    let (merchant, subscription) = drafted_line().await;
    let large = merchant.product("line-large").await.id.to_string();
    let intent = Intent::ChangeSubscription(subscription.id);
    let (mut browser, choices) = open(&merchant, &subscription, intent).await;
    assert_days(&choices, &["May 4"]);
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    assert_days(&review, &["May 4"]);
}

#[tokio::test]
async fn addons_are_offered_for_the_period_that_has_begun() {
    let (merchant, subscription) = drafted_line().await;
    let id = subscription.id;
    let (mut browser, details) = open(&merchant, &subscription, Intent::ViewSubscription(id)).await;
    let choices = browser.submit(&details, &[("action", "buy_addon")]).await;
    assert_days(&choices, &["May 4", "May 5"]);
    for addon in ["roaming", "extra-data"] {
        let addons = vec![merchant.product(addon).await.id];
        let intent = Intent::CheckoutAddon { subscription: id, addons };
        let (_, cart) = open(&merchant, &subscription, intent).await;
        assert!(cart.path().ends_with("/addons"), "{}", cart.path());
        assert_days(&cart, &["April 5"]);
    }
}

#[tokio::test]
async fn the_forms_of_businesses_show_no_day_that_is_over() {
    let house = House::in_shop(slow_to_charge(CATALOG)).await;
    house.merchant.test.clock().advance(TO_THE_EVENING);
    house.buy("crew-basic").await;
    begin_renewal(&house.merchant).await;
    let mut browser = house.browser();
    let changing = browser.get(&change("crew_basic", "crew_plus")).await;
    assert_days(&changing, &["April 5"]);

    let held = house.live().await.remove(0).id.uuid().to_string();
    let address = form("/checkout/cancel", &[("business_uid", UID), ("smng_external_id", &held)]);
    let canceling = browser.get(&address).await;
    assert_days(&canceling, &["May 4"]);
    assert!(canceling.html.contains("you still pay $12.00"), "{}", canceling.html);
}
