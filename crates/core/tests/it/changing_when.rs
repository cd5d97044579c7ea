//! When a change between two paid plans counts: what their operator decided, and what another rhythm asks for.

use perennial_core::subscriptions::{ChangePlan, change_plan, find_choice, find_current, price_choice};
use perennial_domain::{Subscription, SubscriptionChange, SubscriptionChangeState};
use perennial_testkit::{Merchant, days};

/// The merchant's catalogue with this in the place of that.
fn catalog_with(text: &str, instead: &str) -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    assert!(catalog.contains(text), "{text}");
    catalog.replacen(text, instead, 1)
}

/// The same, with a decision about changes to this plan.
fn catalog_where(name: &str, changes: &str) -> String {
    let name = format!("name = \"{name}\"\n");
    catalog_with(&name, &format!("{name}changes = {{ {changes} }}\n"))
}

/// Two other lines, which are paid by the year: one that gives what `line` gives, and one that gives less.
fn catalog_with_yearly_lines() -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let yearly = line
        .replace("key = \"line\"", "key = \"line-yearly\"")
        .replace("amount = 1450", "amount = 14500")
        .replace("every = \"1 month\"", "every = \"1 year\"");
    let small = yearly
        .replace("line-yearly", "line-yearly-small")
        .replace("amount = 14500", "amount = 9000")
        .replace("sms_messages = 250", "sms_messages = 0");
    format!("{catalog}\n[[product]]{yearly}\n[[product]]{small}")
}

/// A customer on this plan, ten days into the first month, under a catalogue that changed meanwhile.
async fn subscribed(plan: &'static str, catalog: &str) -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber(plan).await;
    merchant.apply(catalog).await;
    merchant.pass(days(10)).await;
    (merchant, subscription)
}

async fn command(merchant: &Merchant, plan: &'static str) -> ChangePlan {
    merchant.change_to(merchant.only_subscription().await.id, plan, None).await
}

async fn change(merchant: &Merchant, plan: &'static str) -> SubscriptionChange {
    change_plan(merchant.app(), command(merchant, plan).await).await.unwrap()
}

/// What is due today for this plan, in cents; what Stripe would keep for the renewals is below zero.
async fn due(merchant: &Merchant, plan: &'static str) -> i64 {
    let ChangePlan { project, subscription, plan, .. } = command(merchant, plan).await;
    let rows = merchant.app().read(move |cx, tx| {
        let current = find_current(cx, tx, project, subscription)?;
        let choice = find_choice(tx, &current, plan, None)?;
        Ok::<_, perennial_core::subscriptions::ChoiceError>((current, choice))
    });
    let (current, choice) = rows.await.unwrap();
    let now = merchant.app().now();
    let cost = price_choice(merchant.app(), &current, choice, now).await.unwrap();
    let preview = cost.preview.expect("it counts now");
    preview.lines.iter().map(|line| line.amount.amount_minor).sum()
}

#[tokio::test]
async fn an_upgrade_waits_for_the_renewal_if_its_operator_wants_that() {
    let catalog = catalog_where("Heron Line Large", "upgrade = \"renewal\"");
    let (merchant, subscription) = subscribed("line", &catalog).await;
    let made = change(&merchant, "line-large").await;
    assert_eq!(made.state, SubscriptionChangeState::Pending);
    assert_eq!(made.scheduled_at, subscription.current_period.unwrap().end);
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    assert_eq!(merchant.charged().await, [1450]);

    merchant.pass(days(21)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
    assert_eq!(merchant.charged().await, [1450, 2900]);
}

#[tokio::test]
async fn a_downgrade_that_counts_now_makes_the_next_renewal_cheaper() {
    let catalog = catalog_where("Heron Line", "downgrade = \"now\"");
    let (merchant, subscription) = subscribed("line-large", &catalog).await;
    let credit = -due(&merchant, "line").await;
    assert!(0 < credit && credit < 1450, "two thirds of the difference: {credit}");

    let made = change(&merchant, "line").await;

    assert_eq!(made.state, SubscriptionChangeState::Applied);
    let changed = merchant.only_subscription().await;
    assert_eq!(changed.product_id, merchant.product("line").await.id);
    assert_eq!(changed.current_period, subscription.current_period);
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.charged().await, [2900], "nothing is due, and nothing is paid back");
    merchant.pass(days(21)).await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 2);
    assert_eq!(merchant.charged().await, [2900, 1450 - credit]);
    merchant.pass(days(30)).await;
    assert_eq!(merchant.charged().await, [2900, 1450 - credit, 1450]);
}

#[tokio::test]
async fn another_rhythm_begins_with_the_renewal_and_is_counted_from_there() {
    let (merchant, subscription) = subscribed("line", &catalog_with_yearly_lines()).await;
    let turn = subscription.current_period.unwrap().end.unwrap();
    let made = change(&merchant, "line-yearly").await;
    assert_eq!((made.state, made.scheduled_at), (SubscriptionChangeState::Pending, Some(turn)));
    assert_eq!(merchant.charged().await, [1450]);

    merchant.pass(days(21)).await;

    let changed = merchant.only_subscription().await;
    assert_eq!((changed.id, changed.anchor_at), (subscription.id, Some(turn)));
    let period = changed.current_period.unwrap();
    assert_eq!((period.number, period.start), (1, turn));
    assert_eq!(period.end.unwrap().to_string(), "2032-04-04T05:06:07Z");
    assert_eq!(merchant.charged().await, [1450, 14_500]);
    merchant.pass(days(364)).await;
    assert_eq!(merchant.charged().await, [1450, 14_500], "no month is charged any more");
    merchant.pass(days(2)).await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 2);
    assert_eq!(merchant.charged().await, [1450, 14_500, 14_500]);
}

#[tokio::test]
async fn less_by_the_year_begins_with_the_renewal_and_is_paid_then() {
    let (merchant, subscription) = subscribed("line", &catalog_with_yearly_lines()).await;
    let turn = subscription.current_period.unwrap().end.unwrap();
    let made = change(&merchant, "line-yearly-small").await;
    assert_eq!((made.state, made.scheduled_at), (SubscriptionChangeState::Pending, Some(turn)));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);

    merchant.pass(days(21)).await;

    let changed = merchant.only_subscription().await;
    assert_eq!(changed.product_id, merchant.product("line-yearly-small").await.id);
    let period = changed.current_period.unwrap();
    assert_eq!((period.number, period.start), (1, turn));
    assert_eq!(period.end.unwrap().to_string(), "2032-04-04T05:06:07Z");
    assert_eq!(merchant.charged().await, [1450, 9000]);
}

/// By the year for two months, and then by the month: `plan` begins when the year is over, and every month is charged.
async fn from_a_year_to_months(plan: &'static str, monthly: i64) {
    let merchant = Merchant::new().await;
    merchant.apply(&catalog_with_yearly_lines()).await;
    let subscription = merchant.sell("line-yearly").await;
    merchant.pass(days(60)).await;
    let turn = subscription.current_period.unwrap().end.unwrap();
    let made = change(&merchant, plan).await;
    assert_eq!((made.state, made.scheduled_at), (SubscriptionChangeState::Pending, Some(turn)));

    merchant.pass(days(305)).await;
    assert_eq!(merchant.charged().await, [14_500], "the year is not over yet");
    merchant.pass(days(1)).await;

    let changed = merchant.only_subscription().await;
    assert_eq!((changed.id, changed.anchor_at), (subscription.id, Some(turn)));
    assert_eq!(changed.product_id, merchant.product(plan).await.id);
    let period = changed.current_period.unwrap();
    assert_eq!((period.number, period.start), (1, turn));
    assert_eq!(period.end.unwrap().to_string(), "2032-04-04T05:06:07Z");
    assert_eq!(merchant.charged().await, [14_500, monthly]);
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 2);
    assert_eq!(merchant.charged().await, [14_500, monthly, monthly]);
}

#[tokio::test]
async fn a_year_is_used_up_before_months_begin_whether_they_give_as_much_or_more() {
    from_a_year_to_months("line", 1450).await;
    from_a_year_to_months("line-large", 2900).await;
}
