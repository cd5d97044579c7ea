//! Changing on the pages to a plan that is paid in another rhythm: what is shown, what is charged, and when.

use perennial_domain::{Intent, Subscription, SubscriptionChangeState};
use perennial_testkit::{Browser, Merchant, Shown, days};

use crate::guest::{Guest, routes};

/// The merchant's catalogue, and two lines that are paid by the year: one that gives what `line` gives, and one that gives
/// less.
fn with_yearly_lines() -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let yearly = line
        .replace("key = \"line\"", "key = \"line-yearly\"")
        .replace("Heron Line", "Heron Year")
        .replace("amount = 1450", "amount = 14500")
        .replace("every = \"1 month\"", "every = \"1 year\"");
    let small = yearly
        .replace("line-yearly", "line-yearly-small")
        .replace("Heron Year", "Heron Small Year")
        .replace("amount = 14500", "amount = 9000")
        .replace("sms_messages = 250", "sms_messages = 0");
    format!("{catalog}\n[[product]]{yearly}\n[[product]]{small}")
}

/// A customer who has had this plan for ten days.
async fn subscribed(plan: &'static str) -> (Merchant, Subscription) {
    let merchant = Merchant::new().await;
    merchant.apply(&with_yearly_lines()).await;
    let subscription = merchant.sell(plan).await;
    merchant.pass(days(10)).await;
    (merchant, subscription)
}

/// Looks at the choices and at the review of this plan, says yes, and is led back to the app.
async fn change_to(merchant: &Merchant, subscription: &Subscription, plan: &'static str) -> (Shown, Shown) {
    let intent = Intent::ChangeSubscription(subscription.id);
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let choices = browser.follow(&guest.link).await;
    let plan = merchant.product(plan).await.id.to_string();
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &plan)]).await;
    assert_eq!(review.hidden("due").as_deref(), Some("0"), "nothing is due today");
    let done = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    (choices, review)
}

async fn details(merchant: &Merchant, subscription: &Subscription) -> Shown {
    let intent = Intent::ViewSubscription(subscription.id);
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    Browser::new(routes(merchant)).follow(&guest.link).await
}

fn assert_says(shown: &Shown, words: &[&str]) {
    for word in words {
        assert!(shown.html.contains(word), "{word} is not on {}: {}", shown.path(), shown.html);
    }
}

/// From months to a year: shown, charged at the renewal, and had for a year from there.
async fn to_a_year(plan: &'static str, name: &str, price: &str, cents: i64) {
    let (merchant, subscription) = subscribed("line").await;
    let (choices, review) = change_to(&merchant, &subscription, plan).await;
    assert_says(&choices, &[name, price]);
    assert_says(&review, &[name, price, "every year", "April 4"]);
    assert_eq!(merchant.charged().await, [1450]);
    let waiting = details(&merchant, &subscription).await;
    assert_says(&waiting, &[name, price, "April 4", "value=\"undo_change\""]);

    merchant.pass(days(21)).await;

    assert_eq!(merchant.charged().await, [1450, cents]);
    let period = merchant.only_subscription().await.current_period.unwrap();
    assert_eq!((period.number, period.end.unwrap().to_string().as_str()), (1, "2032-04-04T05:06:07Z"));
    let changed = details(&merchant, &subscription).await;
    assert_says(&changed, &[name, price, "every year", "April 4, 2032"]);
    assert!(!changed.html.contains("value=\"undo_change\""));
}

#[tokio::test]
async fn a_year_instead_of_months_begins_and_is_paid_with_the_renewal() {
    to_a_year("line-yearly", "Heron Year", "€145.00", 14_500).await;
}

#[tokio::test]
async fn less_for_a_year_begins_and_is_paid_with_the_renewal() {
    to_a_year("line-yearly-small", "Heron Small Year", "€90.00", 9000).await;
}

#[tokio::test]
async fn months_instead_of_a_year_begin_when_the_year_is_used_up() {
    let (merchant, subscription) = subscribed("line-yearly").await;
    let (choices, review) = change_to(&merchant, &subscription, "line").await;
    assert_says(&choices, &["Heron Line", "€14.50"]);
    assert_says(&review, &["Heron Line", "€14.50", "every month", "March 4, 2032"]);

    merchant.pass(days(355)).await;
    assert_eq!(merchant.charged().await, [14_500], "the year is not over yet");
    merchant.pass(days(1)).await;

    assert_eq!(merchant.charged().await, [14_500, 1450]);
    let period = merchant.only_subscription().await.current_period.unwrap();
    assert_eq!((period.number, period.end.unwrap().to_string().as_str()), (1, "2032-04-04T05:06:07Z"));
    let changed = details(&merchant, &subscription).await;
    assert_says(&changed, &["Heron Line", "€14.50", "every month", "April 4"]);
}

#[tokio::test]
async fn another_rhythm_that_is_taken_back_leaves_months_as_they_were() {
    let (merchant, subscription) = subscribed("line").await;
    change_to(&merchant, &subscription, "line-yearly").await;
    let guest =
        Guest::with(&merchant, subscription.customer_id, Intent::ViewSubscription(subscription.id)).await;
    let mut browser = Browser::new(routes(&merchant));
    let waiting = browser.follow(&guest.link).await;
    browser.submit(&waiting, &[("action", "undo_change")]).await;
    let (project, id) = (merchant.project(), subscription.id);
    let latest = merchant.test.write(move |_, tx| tx.subscription_changes(project).latest_of(id)).await;
    assert_eq!(latest.unwrap().state, SubscriptionChangeState::Deleted);
    merchant.pass(days(21)).await;
    merchant.pass(days(30)).await;
    assert_eq!(merchant.charged().await, [1450, 1450, 1450]);
}
