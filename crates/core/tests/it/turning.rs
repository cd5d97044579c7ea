//! What the clock does to subscriptions and their add-ons.

use jiff::SignedDuration;
use perennial_core::subscriptions::{cancel_subscription, turn_due_subscriptions};
use perennial_domain::{
    AddonState, Cancellation, CancellationCause, ProjectId, SubscriptionAddon, SubscriptionState,
};
use perennial_store::params;
use perennial_testkit::{LineState, Merchant};

/// A merchant's customer who bought a line with this add-on.
async fn with_addon(addon: &'static str) -> Merchant {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open_order(customer.id, merchant.order_with("line", &[addon]).await).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    merchant
}

async fn the_addon(merchant: &Merchant) -> SubscriptionAddon {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let project = merchant.project();
    let addons = merchant
        .test
        .write(move |_, tx| tx.subscription_addons(project).of_subscription(subscription.id))
        .await;
    let [addon] = addons.try_into().unwrap();
    addon
}

#[tokio::test]
async fn an_addon_ends_with_its_own_term_and_its_subscription_goes_on() {
    let merchant = with_addon("extra-data").await;
    let bought = the_addon(&merchant).await;
    assert_eq!(bought.state, AddonState::Active);

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 30));
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 1);
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 0);

    let ended = the_addon(&merchant).await;
    assert_eq!((ended.state, ended.ended_at), (AddonState::Ended, bought.ended_at));
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.state, SubscriptionState::Active);
}

#[tokio::test]
async fn a_recurring_addon_renews_with_its_subscription() {
    let merchant = with_addon("roaming").await;

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let renewed = the_addon(&merchant).await;
    assert_eq!((renewed.state, renewed.current_period), (AddonState::Active, subscription.current_period));
    assert_eq!(renewed.current_period.unwrap().number, 2);
}

#[tokio::test]
async fn a_row_that_cannot_be_turned_holds_up_no_other() {
    let merchant = Merchant::new().await;
    for email in ["ada@example.com", "bea@example.com"] {
        let customer = merchant.customer(email).await;
        merchant.start(customer.id, "notebook-free").await.unwrap();
    }
    let [newer, older] = merchant.subscriptions().await.try_into().unwrap();
    break_row(&merchant, older.project_id, older.id).await;

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 1);

    let (project, id) = (merchant.project(), newer.id);
    let turned = merchant.test.write(move |_, tx| tx.subscriptions(project).find(id)).await.unwrap();
    assert_eq!(turned.current_period.unwrap().number, 2);
}

/// Writes a term that nobody can read.
async fn break_row(merchant: &Merchant, project: ProjectId, id: perennial_domain::SubscriptionId) {
    merchant
        .test
        .write(move |_, tx| {
            tx.execute(
                "UPDATE subscriptions SET term = $3 WHERE project_id = $1 AND id = $2",
                params![project, id, "{}"],
            )
        })
        .await;
}

#[tokio::test]
async fn a_stripe_that_does_not_answer_keeps_nothing_alive_that_was_paid_once() {
    let (merchant, line) = Merchant::with_subscriber("line").await;
    let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), merchant.project(), line.id, cancellation).await.unwrap();
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 2));
    let other = merchant.customer("bea@example.com").await;
    let checkout = merchant.open(other.id, "prepaid").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 40));
    merchant.line.set(LineState::Cut);
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 1);

    let [prepaid, line] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(prepaid.state, SubscriptionState::Ended);
    assert!(line.is_live() && line.ended_at < prepaid.ended_at, "it is asked for first, and waits");
}
