//! The time between the end of what is paid and the next payment: the hour in which Stripe drafts a renewal, and the weeks
//! in which nobody pays it.

use jiff::{SignedDuration, Timestamp};
use perennial_core::checkout::{AddonOrderError, place_addons};
use perennial_core::ports::{Ending, MailContent};
use perennial_core::subscriptions::{
    ChangePlan, ChangePlanError, DeleteChangeError, cancel_subscription, change_plan,
    delete_subscription_change, end_subscription,
};
use perennial_domain::{
    AddonState, ArrearsAccess, ArrearsPolicy, Cancellation, CancellationCause, ChangeTime, Subscription,
    SubscriptionAddon, SubscriptionChangeState, SubscriptionState,
};
use perennial_testkit::{Merchant, MerchantOptions, days};
use stripe_sandbox::{Dunning, LastResort};

/// Can be saved, and is refused when charged.
const EMPTY: &str = "pm_card_chargeCustomerFail";
const HOUR: i64 = 3_600;

/// Beside the others, one that lasts for as long as the period that it is bought in, and a small line.
const CATALOG: &str = concat!(
    include_str!("../../../testkit/src/merchant.toml"),
    r#"
[[product]]
key = "line-small"
kind = "plan"
name = "Heron Line Small"
exclusive_group = "line"
[[product.price]]
key = "monthly"
amount = 900
currency = "EUR"
every = "1 month"
[product.mobile_plan]
provider = "test"
sim_types = ["eSIM"]
[product.mobile_plan.allowances]
data_bytes = 1_000_000_000
voice_seconds = 0
sms_messages = 0
[product.mobile_plan.coverage]
id = "benelux"
name = "Benelux"
countries = ["BE", "NL", "LU"]

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
    begin_renewal(&merchant, &subscription).await;
    (merchant, subscription)
}

async fn begin_renewal(merchant: &Merchant, subscription: &Subscription) {
    let renewal = subscription.current_period.and_then(|period| period.end).unwrap();
    let until_then = renewal.duration_since(merchant.app().now());
    merchant.live(until_then + SignedDuration::from_mins(20)).await;
}

/// Its renewal was not paid.
async fn in_arrears() -> (Merchant, Subscription) {
    let (merchant, subscription) = subscribed().await;
    merchant.use_card(EMPTY).await;
    merchant.live(days(32)).await;
    (merchant, subscription)
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

#[tokio::test]
async fn an_addon_that_is_bought_while_the_renewal_is_drafted_lasts_for_the_new_period() {
    let (merchant, subscription) = drafted().await;
    let bought = buy_top_up(&merchant, &subscription).await;
    assert_eq!((bought.state, bought.ended_at), (AddonState::Active, second_end(&subscription)));
    merchant.live(days(1)).await;
    assert_eq!(addon(&merchant, &subscription).await.state, AddonState::Active);
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().end, second_end(&subscription));
}

#[tokio::test]
async fn an_addon_that_is_bought_in_arrears_lasts_for_the_period_that_is_owed() {
    let (merchant, subscription) = in_arrears().await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::PastDue);
    let bought = buy_top_up(&merchant, &subscription).await;
    assert_eq!((bought.state, bought.ended_at), (AddonState::Active, second_end(&subscription)));
    merchant.live(days(1)).await;
    assert_eq!(addon(&merchant, &subscription).await.state, AddonState::Active);
}

#[tokio::test]
async fn nobody_is_sold_an_addon_that_they_could_not_use() {
    let (merchant, subscription) = subscribed().await;
    restrict_arrears(&merchant).await;
    merchant.use_card(EMPTY).await;
    merchant.live(days(32)).await;
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
    merchant.live(SignedDuration::from_hours(2)).await;

    let invoices = merchant.stripe().get("/v1/invoices?limit=10").await.expect(200);
    assert_eq!(invoices["data"][0]["status"], "void", "it has a number, and nobody pays it");
    assert!(merchant.renewals(subscription.id).await.is_empty());
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
    merchant.live(days(10)).await;
    let [owed] = merchant.renewals(subscription.id).await.try_into().unwrap();
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
    merchant.use_card(EMPTY).await;
    merchant.hear_from_stripe().await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
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

    merchant.live(SignedDuration::from_hours(2)).await;
    merchant.live(days(40)).await;
    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.ended_at), (SubscriptionState::Ended, second_end(&subscription)));
    let [renewal] = merchant.renewals(subscription.id).await.try_into().unwrap();
    assert!(renewal.has_arrived());
}

async fn plan_change(merchant: &Merchant, subscription: &Subscription, plan: &'static str) -> ChangePlan {
    merchant.change_to(subscription.id, plan, Some(ChangeTime::Renewal)).await
}

#[tokio::test]
async fn a_change_that_is_asked_for_while_the_renewal_is_drafted_waits_for_the_next_one() {
    let (merchant, subscription) = drafted().await;
    let command = plan_change(&merchant, &subscription, "line-large").await;
    let made = change_plan(merchant.app(), command).await.unwrap();
    assert_eq!(
        (made.state, made.scheduled_at),
        (SubscriptionChangeState::Pending, second_end(&subscription))
    );
    let again = change_plan(merchant.app(), command).await.unwrap();
    assert_eq!(again.id, made.id, "it is one change");

    merchant.live(SignedDuration::from_hours(2)).await;
    assert_eq!(merchant.charged().await, [1450, 1450], "the renewal is what it was");
    merchant.live(days(30)).await;
    merchant.live(SignedDuration::from_hours(2)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
    assert_eq!(merchant.charged().await, [1450, 1450, 2900]);
}

#[tokio::test]
async fn a_change_whose_renewal_is_drafted_is_neither_taken_back_nor_replaced() {
    let (merchant, subscription) = subscribed().await;
    let command = plan_change(&merchant, &subscription, "line-large").await;
    let made = change_plan(merchant.app(), command).await.unwrap();
    begin_renewal(&merchant, &subscription).await;

    let deleted = delete_subscription_change(merchant.app(), merchant.project(), made.id).await;
    assert!(matches!(deleted, Err(DeleteChangeError::UnderWay)), "{deleted:?}");
    let again = change_plan(merchant.app(), command).await.unwrap();
    assert_eq!((again.id, again.state), (made.id, SubscriptionChangeState::Pending));
    let other = ChangePlan { plan: merchant.product("line-small").await.id, ..command };
    let refused = change_plan(merchant.app(), other).await;
    assert!(matches!(refused, Err(ChangePlanError::UnderWay)), "{refused:?}");

    merchant.live(SignedDuration::from_hours(2)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
    assert_eq!(merchant.charged().await, [1450, 2900]);
}

#[tokio::test]
async fn who_cancels_while_the_renewal_is_drafted_is_told_by_mail_what_is_still_paid() {
    let (merchant, subscription) = drafted().await;
    merchant.test.pigeon().take();
    cancel(&merchant, &subscription).await;
    merchant.work().await;
    let [mail] = merchant.test.pigeon().take().try_into().unwrap();
    let MailContent::Cancellation { ending: Ending::Begun(end, charge), .. } = mail.content else {
        panic!("{:?}", mail.content)
    };
    assert_eq!((Some(end), charge.amount.amount_minor), (second_end(&subscription), 1450));
    assert_eq!(charge.at, merchant.app().now(), "never a day that is over");
}
