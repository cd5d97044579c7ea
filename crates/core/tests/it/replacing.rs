//! A subscription in the place of another: the old one ends only in the moment in which the new one is paid.

use jiff::SignedDuration;
use perennial_core::checkout::{StartCheckoutError, sweep_checkouts};
use perennial_core::subscriptions::sweep_renewals;
use perennial_domain::{
    CheckoutState, CustomerId, PaymentState, Subscription, SubscriptionId, SubscriptionState,
};
use perennial_testkit::{Merchant, days};

const DECLINED_CARD: &str = "4000000000000002";

async fn subscriber(merchant: &Merchant) -> (CustomerId, Subscription) {
    let customer = merchant.customer("ada@example.org").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    (customer.id, only(&merchant.subscriptions().await).clone())
}

fn only(subscriptions: &[Subscription]) -> &Subscription {
    let [subscription] = subscriptions else { panic!("there is not one: {subscriptions:?}") };
    subscription
}

fn live(subscriptions: &[Subscription]) -> Vec<SubscriptionId> {
    subscriptions.iter().filter(|row| row.is_live()).map(|row| row.id).collect()
}

fn replacement_of<'s>(old: &Subscription, subscriptions: &'s [Subscription]) -> &'s Subscription {
    subscriptions.iter().find(|row| row.replaces_id == Some(old.id)).unwrap()
}

async fn state_at_stripe(merchant: &Merchant, subscription: &Subscription) -> String {
    let id = subscription.stripe_subscription_id.as_deref().unwrap();
    let payments = merchant.app().payments(merchant.project()).await.unwrap();
    format!("{:?}", payments.subscription(id).await.unwrap().status)
}

#[tokio::test]
async fn the_old_subscription_ends_once_the_new_one_is_paid_and_is_billed_no_more() {
    let merchant = Merchant::new().await;
    let (customer, old) = subscriber(&merchant).await;
    let order = merchant.order_instead_of(old.id, "line-large").await;
    let checkout = merchant.open_order(customer, order).await;
    assert_eq!(live(&merchant.subscriptions().await), [old.id]);

    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let subscriptions = merchant.subscriptions().await;
    let new = replacement_of(&old, &subscriptions);
    assert_eq!((live(&subscriptions), new.state), (vec![new.id], SubscriptionState::Active));
    merchant.work().await;
    assert_eq!(state_at_stripe(&merchant, &old).await, "Canceled");
    assert_eq!(state_at_stripe(&merchant, new).await, "Active");
}

#[tokio::test]
async fn a_replacement_that_is_not_paid_changes_nothing() {
    let merchant = Merchant::new().await;
    let (customer, old) = subscriber(&merchant).await;
    let order = merchant.order_instead_of(old.id, "line-large").await;
    let checkout = merchant.open_order(customer, order).await;
    merchant.pay_with(&checkout, DECLINED_CARD).await;
    merchant.test.clock().advance(SignedDuration::from_hours(2));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;

    let subscriptions = merchant.subscriptions().await;
    assert_eq!(only(&subscriptions).state, SubscriptionState::Active);
    assert_eq!(merchant.reload(&checkout).await.state, CheckoutState::Expired);
    assert_eq!(state_at_stripe(&merchant, &old).await, "Active");
}

#[tokio::test]
async fn a_second_replacement_cannot_begin_once_the_first_is_paid() {
    let merchant = Merchant::new().await;
    let (customer, old) = subscriber(&merchant).await;
    let first = merchant.order_instead_of(old.id, "line-large").await;
    let second = merchant.order_instead_of(old.id, "notebook-lifetime").await;
    let first = merchant.open_order(customer, first).await;
    // Paid, but nobody here has heard of it when the second tab asks.
    merchant.pay(&first).await;
    let unheard = merchant.webhooks().await;
    let started = merchant.start_order(customer, second).await;
    assert!(
        matches!(started, Err(StartCheckoutError::SubscriptionEnded(id)) if id == old.id),
        "withdrawing the first settles it, and the old one is gone: {started:?}"
    );
    for delivery in unheard {
        merchant.receive(&delivery).await.unwrap();
    }
    merchant.work().await;
    let subscriptions = merchant.subscriptions().await;
    assert_eq!(live(&subscriptions), [replacement_of(&old, &subscriptions).id]);
}

#[tokio::test]
async fn a_replacement_that_is_paid_after_another_has_come_is_refunded() {
    let merchant = Merchant::new().await;
    let (customer, old) = subscriber(&merchant).await;
    let lifetime = merchant.order_instead_of(old.id, "notebook-lifetime").await;
    let late = merchant.open_order(customer, lifetime).await;
    // As if our books had given it up, while Stripe's page was still open.
    merchant.give_up(&late, CheckoutState::Abandoned).await;
    let first = merchant.order_instead_of(old.id, "line-large").await;
    let first = merchant.open_order(customer, first).await;
    merchant.pay(&first).await;
    merchant.hear_from_stripe().await;
    merchant.pay(&late).await;
    merchant.hear_from_stripe().await;
    merchant.work().await;

    assert_eq!(merchant.reload(&late).await.state, CheckoutState::Superseded);
    let [payment] = merchant.payments(&late).await.try_into().unwrap();
    assert_eq!(payment.state, PaymentState::Refunded);
    assert_eq!(live(&merchant.subscriptions().await).len(), 1);
}

#[tokio::test]
async fn nobody_replaces_the_subscription_of_another_or_one_that_is_over() {
    let merchant = Merchant::new().await;
    let (_, old) = subscriber(&merchant).await;
    let stranger = merchant.customer("bea@example.org").await;
    let order = merchant.order_instead_of(old.id, "line-large").await;
    let refused = merchant.start_order(stranger.id, order).await;
    assert!(matches!(refused, Err(StartCheckoutError::SubscriptionEnded(id)) if id == old.id), "{refused:?}");
}

#[tokio::test]
async fn a_replacement_that_was_paid_unheard_is_found_by_the_sweep() {
    let merchant = Merchant::new().await;
    let (customer, old) = subscriber(&merchant).await;
    let order = merchant.order_instead_of(old.id, "line-large").await;
    let checkout = merchant.open_order(customer, order).await;
    merchant.pay(&checkout).await;
    merchant.webhooks().await.clear();
    merchant.test.clock().advance(SignedDuration::from_mins(1));
    for _ in 0..2 {
        sweep_checkouts(merchant.app()).await.unwrap();
    }
    merchant.work().await;

    let subscriptions = merchant.subscriptions().await;
    assert_eq!(subscriptions.len(), 2);
    assert_eq!(live(&subscriptions), [replacement_of(&old, &subscriptions).id]);
    assert_eq!(state_at_stripe(&merchant, &old).await, "Canceled");
}

/// Whichever sweep comes first: the one that finds the renewals, or the one that finds what was bought.
#[tokio::test]
async fn what_renewed_after_its_replacement_was_paid_unheard_goes_back() {
    for renewals_first in [false, true] {
        let merchant = Merchant::new().await;
        let (customer, old) = subscriber(&merchant).await;
        let order = merchant.order_instead_of(old.id, "line-large").await;
        let checkout = merchant.open_order(customer, order).await;
        merchant.test.clock().advance(SignedDuration::from_mins(1));
        merchant.pay(&checkout).await;
        merchant.pass_unheard(days(32)).await;
        if renewals_first {
            assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 1);
        }
        for _ in 0..2 {
            sweep_checkouts(merchant.app()).await.unwrap();
        }
        merchant.work().await;
        sweep_renewals(merchant.app()).await.unwrap();

        let subscriptions = merchant.subscriptions().await;
        let new = replacement_of(&old, &subscriptions);
        assert_eq!(live(&subscriptions), [new.id]);
        let (kept, given_back) = (PaymentState::Succeeded, PaymentState::Refunded);
        assert_eq!(states_of_payments(&merchant, &old).await, [kept, given_back], "{renewals_first}");
        assert_eq!(states_of_payments(&merchant, new).await, [kept, kept], "{renewals_first}");
    }
}

/// Oldest first.
async fn states_of_payments(merchant: &Merchant, subscription: &Subscription) -> Vec<PaymentState> {
    let (project, id) = (merchant.project(), subscription.id);
    let mut paid = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    paid.sort_by_key(|payment| payment.paid_at);
    paid.iter().map(|payment| payment.state).collect()
}
