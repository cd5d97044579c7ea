//! Changing the plan on the pages.

use jiff::SignedDuration;
use perennial_domain::{Intent, Subscription};
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};

async fn subscribed(plan: &'static str) -> (Merchant, Subscription) {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, plan).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let subscription = current(&merchant).await;
    (merchant, subscription)
}

async fn current(merchant: &Merchant) -> Subscription {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    subscription
}

async fn open(merchant: &Merchant, subscription: &Subscription) -> (Guest, Browser, Shown) {
    let intent = Intent::ChangeSubscription(subscription.id);
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

fn success(guest: &Guest) -> String {
    format!("https://shop.example/back?session_id={}&status=success", guest.session)
}

#[tokio::test]
async fn an_upgrade_shows_what_it_costs_and_leads_back_to_the_app() {
    let (merchant, subscription) = subscribed("line").await;
    let large = merchant.product("line-large").await;
    let (guest, mut browser, choices) = open(&merchant, &subscription).await;
    assert!(
        choices.path().ends_with("/change") && choices.html.contains("Heron Line Large"),
        "{}",
        choices.html
    );
    assert!(choices.html.contains("€14.50 today"), "{}", choices.html);
    let missing = browser.submit(&choices, &[("action", "continue")]).await;
    assert!(missing.path().ends_with("/change"));

    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large.id.to_string())]).await;
    assert_eq!(review.hidden("due").as_deref(), Some("1450"));
    assert_eq!(current(&merchant).await.product_id, subscription.product_id);
    let confirm = [("action", "confirm")];
    let done = browser.submit(&review, &confirm).await;
    assert_eq!(done.leads_to().unwrap(), success(&guest));
    assert_eq!(current(&merchant).await.product_id, large.id);

    let again = browser.submit(&review, &confirm).await;
    assert_eq!(again.leads_to().unwrap(), success(&guest), "a second submit changes nothing");
    merchant.hear_from_stripe().await;
    let (project, id) = (merchant.project(), subscription.id);
    let paid = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    assert_eq!(paid.len(), 2);
}

#[tokio::test]
async fn a_sum_that_was_not_shown_is_shown_first() {
    let (merchant, subscription) = subscribed("line").await;
    let large = merchant.product("line-large").await.id.to_string();
    let (_, mut browser, choices) = open(&merchant, &subscription).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    merchant.test.clock().advance(SignedDuration::from_mins(45));
    for answers in [vec![("action", "confirm")], vec![("action", "confirm"), ("due", "1")]] {
        let shown = browser.submit(&review, &answers).await;
        assert!(shown.hidden("due").is_some(), "{}", shown.path());
        assert_eq!(current(&merchant).await.product_id, subscription.product_id);
    }
}

#[tokio::test]
async fn a_downgrade_is_shown_on_the_details_and_can_be_undone_there() {
    let (merchant, subscription) = subscribed("line-large").await;
    let small = merchant.product("line").await;
    let (guest, mut browser, choices) = open(&merchant, &subscription).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small.id.to_string())]).await;
    assert_eq!(review.hidden("due").as_deref(), Some("0"));
    let done = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(done.leads_to().unwrap(), success(&guest));

    let details = format!("/portal/{}/subscriptions/{}", guest.session, subscription.id);
    let shown = browser.get(&details).await;
    assert!(
        shown.html.contains("value=\"undo_change\"") && shown.html.contains("Heron Line,"),
        "{}",
        shown.html
    );
    assert!(shown.html.contains(" for €14.50."), "what is charged next is the other plan's: {}", shown.html);
    let undone = browser.submit(&shown, &[("action", "undo_change")]).await;
    assert!(!undone.html.contains("value=\"undo_change\""));
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(current(&merchant).await.product_id, subscription.product_id);
}

#[tokio::test]
async fn where_nothing_fits_a_page_says_so_and_a_single_payment_has_no_button() {
    let (merchant, subscription) = subscribed("prepaid").await;
    let (_, _, shown) = open(&merchant, &subscription).await;
    assert!(shown.path().ends_with(&subscription.id.to_string()), "{}", shown.path());
    assert!(!shown.html.contains("value=\"change_plan\""));

    let (merchant, subscription) = subscribed("line").await;
    let archived = include_str!("../../../testkit/src/merchant.toml")
        .replace("name = \"Heron Line Large\"", "name = \"Heron Line Large\"\nstatus = \"archived\"");
    merchant.apply(&archived).await;
    let (_, mut browser, nothing) = open(&merchant, &subscription).await;
    assert!(nothing.path().ends_with("/change") && !nothing.html.contains("type=\"radio\""));
    let back = browser.submit(&nothing, &[("action", "back")]).await;
    assert!(back.path().ends_with(&subscription.id.to_string()));
}
