//! Add-ons on a live subscription.

use jiff::SignedDuration;
use perennial_core::checkout::{StartCheckoutError, Started};
use perennial_core::subscriptions::{create_addon, end_subscription};
use perennial_domain::{
    AddonState, CheckoutState, CustomerId, PaymentReason, PaymentState, Subscription, SubscriptionAddon,
    SubscriptionState,
};
use perennial_testkit::Merchant;

async fn subscriber(merchant: &Merchant) -> (CustomerId, Subscription) {
    let customer = merchant.customer("ada@example.org").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    (customer.id, subscription)
}

async fn addons(merchant: &Merchant, subscription: &Subscription) -> Vec<SubscriptionAddon> {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await
}

#[tokio::test]
async fn an_addon_is_active_as_soon_as_it_is_paid() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant).await;
    let order = merchant.order_on(subscription.id, &["extra-data"]).await;
    let checkout = merchant.open_order(customer, order).await;
    assert!(addons(&merchant, &subscription).await.is_empty());
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;

    let [addon] = addons(&merchant, &subscription).await.try_into().unwrap();
    assert_eq!((addon.state, addon.checkout_id), (AddonState::Active, Some(checkout.id)));
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!(payment.reason, PaymentReason::Other);
    assert_eq!((payment.amount.amount_minor, payment.subscription_id), (500, Some(subscription.id)));
}

#[tokio::test]
async fn an_addon_whose_subscription_ended_while_it_was_paid_is_refunded() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant).await;
    let order = merchant.order_on(subscription.id, &["extra-data"]).await;
    let checkout = merchant.open_order(customer, order).await;
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    merchant.work().await;

    assert!(addons(&merchant, &subscription).await.is_empty());
    assert_eq!(merchant.reload(&checkout).await.state, CheckoutState::Superseded);
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!((payment.state, payment.refunded_minor), (PaymentState::Refunded, 500));
}

#[tokio::test]
async fn nobody_buys_an_addon_on_the_subscription_of_another_or_one_that_is_over() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant).await;
    let stranger = merchant.customer("bea@example.org").await;
    let order = merchant.order_on(subscription.id, &["extra-data"]).await;
    let refused = merchant.start_order(stranger.id, order.clone()).await;
    assert!(matches!(refused, Err(StartCheckoutError::SubscriptionEnded(_))), "{refused:?}");

    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    let refused = merchant.start_order(customer, order).await;
    assert!(matches!(refused, Err(StartCheckoutError::SubscriptionEnded(_))), "{refused:?}");
}

#[tokio::test]
async fn the_same_addon_asked_for_twice_is_paid_on_one_page() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant).await;
    assert_eq!(subscription.state, SubscriptionState::Active);
    let order = merchant.order_on(subscription.id, &["extra-data"]).await;
    let first = merchant.start_order(customer, order.clone()).await.unwrap();
    let second = merchant.start_order(customer, order).await.unwrap();
    assert!(matches!(first, Started::Pay { .. }));
    assert_eq!(first, second);
}

/// A line with a renewing add-on.
async fn roaming() -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let addon = merchant.product("roaming").await.id;
    create_addon(merchant.app(), merchant.project(), subscription.id, addon, None).await.unwrap();
    merchant.hear_from_stripe().await;
    (merchant, subscription)
}

#[tokio::test]
async fn an_item_that_is_taken_off_at_stripe_ends_its_addon() {
    let (merchant, subscription) = roaming().await;
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    let billed = merchant.billed().await;
    let items = billed["items"]["data"].as_array().unwrap();
    let item = items.iter().find(|item| item["price"]["unit_amount"] == 300).unwrap();
    let path = format!("/v1/subscription_items/{}?proration_behavior=none", item["id"].as_str().unwrap());
    merchant.stripe().delete(&path).await.expect(200);
    merchant.hear_from_stripe().await;

    let [addon] = addons(&merchant, &subscription).await.try_into().unwrap();
    let now = merchant.app().now();
    assert_eq!((addon.state, addon.ended_at, addon.canceled_at), (AddonState::Ended, Some(now), Some(now)));
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Active);
}

#[tokio::test]
async fn another_price_of_the_same_product_goes_on_billing_the_addon() {
    let (merchant, subscription) = roaming().await;
    let cheaper = include_str!("../../../testkit/src/merchant.toml").replace("amount = 300", "amount = 200");
    merchant.apply(&cheaper).await;
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    let project = merchant.project();
    let product = merchant.product("roaming").await.id;
    let prices = merchant.test.write(move |_, tx| tx.prices(project).active_of_product(product)).await;
    let price = prices[0].stripe_price_id.clone().unwrap();
    let billed = merchant.billed().await;
    let items = billed["items"]["data"].as_array().unwrap();
    let item = items.iter().find(|item| item["price"]["unit_amount"] == 300).unwrap();
    let path = format!("/v1/subscription_items/{}", item["id"].as_str().unwrap());
    merchant.stripe().post_form(&path, &format!("price={price}")).await.expect(200);
    merchant.hear_from_stripe().await;
    let [addon] = addons(&merchant, &subscription).await.try_into().unwrap();
    assert_eq!(addon.state, AddonState::Active);
}
