//! The time between the end of what is paid and the next payment: the hour in which Stripe drafts a renewal, and the weeks
//! in which nobody pays it.

use jiff::{SignedDuration, Timestamp};
use perennial_core::checkout::{AddonOrderError, place_addons};
use perennial_core::subscriptions::{cancel_subscription, end_subscription, turn_due_subscriptions};
use perennial_domain::{
    AddonState, ArrearsAccess, ArrearsPolicy, Cancellation, CancellationCause, Payment, Subscription,
    SubscriptionAddon, SubscriptionState,
};
use perennial_testkit::{Merchant, MerchantOptions};
use stripe_sandbox::{Dunning, LastResort};

/// Can be saved, and is refused when charged.
const EMPTY: &str = "pm_card_chargeCustomerFail";
const HOUR: i64 = 3_600;

/// Beside the others, one that lasts for as long as the period that it is bought in.
const CATALOG: &str = concat!(
    include_str!("../../../testkit/src/merchant.toml"),
    r#"
[[product]]
key = "top-up"
kind = "addon"
name = "To the end of the period"
[[product.price]]
key = "once"
amount = 400
currency = "EUR"
once = "lifetime"
[product.mobile_addon]
provider = "test"
plans = ["line"]
[product.mobile_addon.allowances]
data_bytes = 1_000_000_000
voice_seconds = 0
sms_messages = 0
"#
);

/// A merchant whose Stripe drafts renewals for an hour and never gives up, and whose one customer bought a line.
async fn subscribed() -> (Merchant, Subscription) {
    let merchant = Merchant::with(MerchantOptions {
        renewal_draft_seconds: HOUR,
        dunning: Dunning { retry_days: vec![2, 5], last_resort: LastResort::LeavePastDue },
        catalog: CATALOG,
        ..MerchantOptions::default()
    })
    .await;
    let subscription = merchant.sell("line").await;
    (merchant, subscription)
}

/// Its renewal has begun at Stripe, and is not charged yet.
async fn drafted() -> (Merchant, Subscription) {
    let (merchant, subscription) = subscribed().await;
    let renewal = subscription.current_period.and_then(|period| period.end).unwrap();
    let until_then = renewal.duration_since(merchant.app().now());
    pass(&merchant, until_then + SignedDuration::from_mins(20)).await;
    (merchant, subscription)
}

/// Its renewal was not paid.
async fn in_arrears() -> (Merchant, Subscription) {
    let (merchant, subscription) = subscribed().await;
    use_card(&merchant, EMPTY).await;
    pass(&merchant, SignedDuration::from_hours(24 * 32)).await;
    (merchant, subscription)
}

async fn pass(merchant: &Merchant, time: SignedDuration) {
    merchant.test.clock().advance(time);
    merchant.sandbox.tick().unwrap();
    merchant.hear_from_stripe().await;
    turn_due_subscriptions(merchant.app()).await.unwrap();
    merchant.work().await;
}

/// From now on this card pays for the subscription.
async fn use_card(merchant: &Merchant, card: &str) {
    let subscription = merchant.only_subscription().await;
    let kept = merchant.keep_card(subscription.customer_id, card).await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.unwrap());
    let form = format!("default_payment_method={}", kept.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);
}

async fn restrict_arrears(merchant: &Merchant) {
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.projects().find(project)?.expect("it is there");
            row.settings.arrears = ArrearsPolicy { access: ArrearsAccess::Restrict, ..row.settings.arrears };
            tx.projects().update(&row)
        })
        .await;
}

async fn buy_top_up(merchant: &Merchant, subscription: &Subscription) -> SubscriptionAddon {
    let order = merchant.order_on(subscription.id, &["top-up"]).await;
    let checkout = merchant.open_order(subscription.customer_id, order).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    addon(merchant, subscription).await
}

async fn addon(merchant: &Merchant, subscription: &Subscription) -> SubscriptionAddon {
    let (project, id) = (merchant.project(), subscription.id);
    let addons = merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await;
    let [addon] = addons.try_into().unwrap();
    addon
}

/// When the second period is over, whether it is paid or not.
fn second_end(subscription: &Subscription) -> Option<Timestamp> {
    subscription.term.period(subscription.anchor_at.unwrap(), 2).unwrap().end
}

/// What is not the first payment.
async fn renewals(merchant: &Merchant, subscription: &Subscription) -> Vec<Payment> {
    let (project, id) = (merchant.project(), subscription.id);
    let mut payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    payments.retain(|payment| payment.checkout_id.is_none());
    payments
}

#[tokio::test]
async fn an_addon_that_is_bought_while_the_renewal_is_drafted_lasts_for_the_new_period() {
    let (merchant, subscription) = drafted().await;
    let bought = buy_top_up(&merchant, &subscription).await;
    assert_eq!((bought.state, bought.ended_at), (AddonState::Active, second_end(&subscription)));
    pass(&merchant, SignedDuration::from_hours(24)).await;
    assert_eq!(addon(&merchant, &subscription).await.state, AddonState::Active);
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().end, second_end(&subscription));
}

#[tokio::test]
async fn an_addon_that_is_bought_in_arrears_lasts_for_the_period_that_is_owed() {
    let (merchant, subscription) = in_arrears().await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::PastDue);
    let bought = buy_top_up(&merchant, &subscription).await;
    assert_eq!((bought.state, bought.ended_at), (AddonState::Active, second_end(&subscription)));
    pass(&merchant, SignedDuration::from_hours(24)).await;
    assert_eq!(addon(&merchant, &subscription).await.state, AddonState::Active);
}

#[tokio::test]
async fn nobody_is_sold_an_addon_that_they_could_not_use() {
    let (merchant, subscription) = subscribed().await;
    restrict_arrears(&merchant).await;
    use_card(&merchant, EMPTY).await;
    pass(&merchant, SignedDuration::from_hours(24 * 32)).await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Restricted);
    assert_off(&merchant, &subscription).await;

    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.subscriptions(project).lock(subscription.id)?.expect("it is there");
            row.catch_up();
            row.suspend().expect("it is live");
            tx.subscriptions(project).update(&row)
        })
        .await;
    assert_off(&merchant, &subscription).await;
}

async fn assert_off(merchant: &Merchant, subscription: &Subscription) {
    let wanted = [merchant.product("top-up").await.id];
    let (project, customer, id) = (merchant.project(), subscription.customer_id, subscription.id);
    let placed = merchant.app().read(move |_, tx| place_addons(tx, project, customer, id, &wanted)).await;
    assert!(matches!(placed, Err(AddonOrderError::SubscriptionOff(_))), "{placed:?}");
}

#[tokio::test]
async fn what_ends_while_its_renewal_is_drafted_is_never_charged_for_it() {
    let (merchant, subscription) = drafted().await;
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    merchant.work().await;
    pass(&merchant, SignedDuration::from_hours(2)).await;

    let invoices = merchant.stripe().get("/v1/invoices?limit=10").await.expect(200);
    assert_eq!(invoices["data"][0]["status"], "void", "it has a number, and nobody pays it");
    assert!(renewals(&merchant, &subscription).await.is_empty());
    let charges = merchant.stripe().get("/v1/charges").await.expect(200);
    assert_eq!(charges["data"].as_array().unwrap().len(), 1, "the first payment alone");
}

async fn cancel(merchant: &Merchant, subscription: &Subscription) {
    let (app, project) = (merchant.app(), merchant.project());
    cancel_subscription(app, project, subscription.id, requested()).await.unwrap();
}

fn requested() -> Cancellation {
    Cancellation::because(CancellationCause::CancellationRequested)
}

async fn assert_gone_and_owing_nothing(merchant: &Merchant, subscription: &Subscription) {
    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.ended_at), (SubscriptionState::Ended, Some(merchant.app().now())));
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::CancellationRequested);
    pass(merchant, SignedDuration::from_hours(24 * 10)).await;
    let [owed] = renewals(merchant, subscription).await.try_into().unwrap();
    assert!(!owed.is_open() && !owed.has_arrived(), "{owed:?}");
    let open = merchant.stripe().get("/v1/invoices?status=open").await.expect(200);
    assert!(open["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn who_cancels_in_arrears_goes_at_once_and_owes_nothing() {
    let (merchant, subscription) = in_arrears().await;
    cancel(&merchant, &subscription).await;
    assert_gone_and_owing_nothing(&merchant, &subscription).await;
}

#[tokio::test]
async fn arrears_that_nobody_has_heard_of_are_seen_by_who_cancels() {
    let (merchant, subscription) = subscribed().await;
    use_card(&merchant, EMPTY).await;
    merchant.hear_from_stripe().await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().unwrap();
    drop(merchant.webhooks().await);
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Active);
    cancel(&merchant, &subscription).await;
    assert_gone_and_owing_nothing(&merchant, &subscription).await;
}

#[tokio::test]
async fn who_cancels_while_the_renewal_is_drafted_pays_and_uses_that_period_and_no_other() {
    let (merchant, subscription) = drafted().await;
    cancel(&merchant, &subscription).await;
    let cancelled = merchant.only_subscription().await;
    assert_eq!((cancelled.state, cancelled.ended_at), (SubscriptionState::Active, second_end(&subscription)));

    pass(&merchant, SignedDuration::from_hours(2)).await;
    pass(&merchant, SignedDuration::from_hours(24 * 40)).await;
    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.ended_at), (SubscriptionState::Ended, second_end(&subscription)));
    let [renewal] = renewals(&merchant, &subscription).await.try_into().unwrap();
    assert!(renewal.has_arrived());
}
