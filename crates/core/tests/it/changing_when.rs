//! When a change between two paid plans counts: what their operator decided, and what another rhythm asks for.

use jiff::SignedDuration;
use perennial_core::subscriptions::{ChangePlan, change_plan, find_choice, find_current, price_choice};
use perennial_domain::{Subscription, SubscriptionChange, SubscriptionChangeState};
use perennial_testkit::Merchant;

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

/// Another line, which is paid by the year.
fn catalog_with_a_yearly_line() -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let yearly = line
        .replace("key = \"line\"", "key = \"line-yearly\"")
        .replace("amount = 1450", "amount = 14500")
        .replace("every = \"1 month\"", "every = \"1 year\"");
    format!("{catalog}\n[[product]]{yearly}")
}

/// A customer on this plan, ten days into the first month, under a catalogue that changed meanwhile.
async fn subscribed(plan: &'static str, catalog: &str) -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber(plan).await;
    merchant.apply(catalog).await;
    pass(&merchant, 10).await;
    (merchant, subscription)
}

async fn command(merchant: &Merchant, plan: &'static str) -> ChangePlan {
    ChangePlan {
        project: merchant.project(),
        subscription: merchant.only_subscription().await.id,
        plan: merchant.product(plan).await.id,
        requested: None,
        agreed: None,
        request: None,
    }
}

async fn change(merchant: &Merchant, plan: &'static str) -> SubscriptionChange {
    change_plan(merchant.app(), command(merchant, plan).await).await.unwrap()
}

/// What is due today for this plan, in cents; what Stripe would keep for the renewals is below zero.
async fn due(merchant: &Merchant, plan: &'static str) -> i64 {
    let ChangePlan { project, subscription, plan, .. } = command(merchant, plan).await;
    let rows = merchant.app().read(move |_, tx| {
        let current = find_current(tx, project, subscription)?;
        let choice = find_choice(tx, &current, plan, None)?;
        Ok::<_, perennial_core::subscriptions::ChoiceError>((current, choice))
    });
    let (current, choice) = rows.await.unwrap();
    let now = merchant.app().now();
    let cost = price_choice(merchant.app(), &current, choice, now).await.unwrap();
    let preview = cost.preview.expect("it counts now");
    preview.lines.iter().map(|line| line.amount.amount_minor).sum()
}

async fn pass(merchant: &Merchant, days: i64) {
    merchant.test.clock().advance(SignedDuration::from_hours(24 * days));
    merchant.sandbox.tick().unwrap();
    merchant.hear_from_stripe().await;
}

/// What left the card so far, in cents, oldest first.
async fn charged(merchant: &Merchant) -> Vec<i64> {
    let charges = merchant.stripe().get("/v1/charges?limit=100").await.expect(200);
    let newest_first = charges["data"].as_array().unwrap().iter();
    newest_first.rev().map(|charge| charge["amount"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn an_upgrade_waits_for_the_renewal_if_its_operator_wants_that() {
    let catalog = catalog_where("Heron Line Large", "upgrade = \"renewal\"");
    let (merchant, subscription) = subscribed("line", &catalog).await;
    let made = change(&merchant, "line-large").await;
    assert_eq!(made.state, SubscriptionChangeState::Pending);
    assert_eq!(made.scheduled_at, subscription.current_period.unwrap().end);
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    assert_eq!(charged(&merchant).await, [1450]);

    pass(&merchant, 21).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
    assert_eq!(charged(&merchant).await, [1450, 2900]);
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
    assert_eq!(charged(&merchant).await, [2900], "nothing is due, and nothing is paid back");
    pass(&merchant, 21).await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 2);
    assert_eq!(charged(&merchant).await, [2900, 1450 - credit]);
    pass(&merchant, 30).await;
    assert_eq!(charged(&merchant).await, [2900, 1450 - credit, 1450]);
}

#[tokio::test]
async fn another_rhythm_begins_with_the_renewal_and_is_counted_from_there() {
    let (merchant, subscription) = subscribed("line", &catalog_with_a_yearly_line()).await;
    let turn = subscription.current_period.unwrap().end.unwrap();
    let made = change(&merchant, "line-yearly").await;
    assert_eq!((made.state, made.scheduled_at), (SubscriptionChangeState::Pending, Some(turn)));
    assert_eq!(charged(&merchant).await, [1450]);

    pass(&merchant, 21).await;

    let changed = merchant.only_subscription().await;
    assert_eq!((changed.id, changed.anchor_at), (subscription.id, Some(turn)));
    let period = changed.current_period.unwrap();
    assert_eq!((period.number, period.start), (1, turn));
    assert_eq!(period.end.unwrap().to_string(), "2032-04-04T05:06:07Z");
    assert_eq!(charged(&merchant).await, [1450, 14_500]);
    pass(&merchant, 364).await;
    assert_eq!(charged(&merchant).await, [1450, 14_500], "no month is charged any more");
    pass(&merchant, 2).await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 2);
    assert_eq!(charged(&merchant).await, [1450, 14_500, 14_500]);
}
