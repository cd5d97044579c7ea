//! Changes of plan where less is charged than the list says: a voucher that lasts, a credit.

use perennial_core::subscriptions::{
    ChoiceError, change_plan, delete_subscription_change, find_choice, find_current, price_choice_and_renewal,
};
use perennial_domain::{ChangeTime, Subscription, SubscriptionChange};
use perennial_testkit::{Merchant, days};
use serde_json::Value;

/// A customer on the line, whose Stripe Subscription has this coupon.
async fn with_coupon(coupon: &str) -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let stripe = merchant.stripe();
    stripe.post_form("/v1/coupons", &format!("id=half&percent_off=50&{coupon}")).await.expect(200);
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    stripe.post_form(&path, "discounts[0][coupon]=half").await.expect(200);
    merchant.pass(days(1)).await;
    (merchant, subscription)
}

async fn change_at_renewal(merchant: &Merchant, subscription: &Subscription) -> SubscriptionChange {
    let command = merchant.change_to(subscription.id, "line-large", Some(ChangeTime::Renewal)).await;
    change_plan(merchant.app(), command).await.unwrap()
}

#[tokio::test]
async fn a_voucher_lasts_through_a_change_that_waits_for_the_renewal() {
    let (merchant, subscription) = with_coupon("duration=forever").await;
    change_at_renewal(&merchant, &subscription).await;
    for _ in 0..2 {
        merchant.live(days(31)).await;
    }
    assert_eq!(merchant.charged().await, [1450, 2900 / 2, 2900 / 2]);
}

#[tokio::test]
async fn a_voucher_for_some_months_does_not_begin_again_with_the_other_plan() {
    let (merchant, subscription) = with_coupon("duration=repeating&duration_in_months=2").await;
    change_at_renewal(&merchant, &subscription).await;
    for _ in 0..3 {
        merchant.live(days(31)).await;
    }
    assert_eq!(merchant.charged().await, [1450, 2900 / 2, 2900, 2900]);
}

#[tokio::test]
async fn a_voucher_outlives_a_change_that_is_taken_back() {
    let (merchant, subscription) = with_coupon("duration=forever").await;
    let discounts = |billed: &Value| billed["discounts"].clone();
    let before = discounts(&merchant.billed().await);
    let change = change_at_renewal(&merchant, &subscription).await;
    assert_eq!(discounts(&merchant.billed().await), before);
    delete_subscription_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    assert_eq!(discounts(&merchant.billed().await), before);
    merchant.live(days(31)).await;
    assert_eq!(merchant.charged().await, [1450, 1450 / 2]);
}

/// What the renewal after a change to the larger line is said to cost, in cents.
async fn renewal_after(merchant: &Merchant, subscription: &Subscription, time: ChangeTime) -> Option<i64> {
    let (project, id) = (merchant.project(), subscription.id);
    let plan = merchant.product("line-large").await.id;
    let rows = merchant.app().read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        let choice = find_choice(tx, &current, plan, Some(time))?;
        Ok::<_, ChoiceError>((current, choice))
    });
    let (current, choice) = rows.await.unwrap();
    let now = merchant.app().now();
    let cost = price_choice_and_renewal(merchant.app(), &current, choice, now).await.unwrap();
    cost.next_due.map(|due| due.amount_minor)
}

#[tokio::test]
async fn the_renewal_after_a_change_is_told_to_the_cent() {
    let (merchant, subscription) = with_coupon("duration=forever").await;
    // What Stripe holds for the customer pays first.
    let customer = merchant.billed().await["customer"].as_str().unwrap().to_owned();
    let path = format!("/v1/customers/{customer}/balance_transactions");
    merchant.stripe().post_form(&path, "amount=-125&currency=eur").await.expect(200);
    let told = renewal_after(&merchant, &subscription, ChangeTime::Renewal).await;
    assert_eq!(told, Some(2900 / 2 - 125));
    change_at_renewal(&merchant, &subscription).await;
    merchant.live(days(31)).await;
    assert_eq!(merchant.charged().await.last(), told.as_ref());
}

#[tokio::test]
async fn the_renewal_after_a_change_that_counts_now_is_told_as_well() {
    let (merchant, subscription) = with_coupon("duration=repeating&duration_in_months=1").await;
    let told = renewal_after(&merchant, &subscription, ChangeTime::Now).await;
    assert_eq!(told, Some(2900), "the voucher is over by then");
}

#[tokio::test]
async fn a_credit_that_todays_charge_uses_up_is_not_promised_to_the_renewal() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.pass(days(1)).await;
    let customer = merchant.billed().await["customer"].as_str().unwrap().to_owned();
    let path = format!("/v1/customers/{customer}/balance_transactions");
    merchant.stripe().post_form(&path, "amount=-125&currency=eur").await.expect(200);
    assert_eq!(renewal_after(&merchant, &subscription, ChangeTime::Now).await, None);
    assert_eq!(renewal_after(&merchant, &subscription, ChangeTime::Renewal).await, Some(2900 - 125));
}
