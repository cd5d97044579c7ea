//! Changes from a free plan that waited for its renewal, once their day has come: who is charged, and who is not.

use jiff::SignedDuration;
use perennial_core::checkout::withdraw_checkout;
use perennial_core::subscriptions::{change_plan, delete_subscription_change, sweep_subscription_changes};
use perennial_domain::{ChangeTime, CustomerId, Subscription, SubscriptionChange, SubscriptionChangeState};
use perennial_testkit::{LineState, Merchant};
use serde_json::Value;

/// A customer with a free line and a saved card, who wants to pay for more from the renewal on.
async fn waiting(merchant: &Merchant, email: &str) -> SubscriptionChange {
    let customer = merchant.customer(email).await.id;
    merchant.start(customer, "line-free").await.unwrap();
    merchant.work().await;
    let checkout = merchant.open(customer, "notebook-lifetime").await;
    withdraw_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    merchant.keep_card(customer, "pm_card_visa").await;
    change_later(merchant, customer, "line").await
}

/// What this customer has is to be another plan from its renewal on.
async fn change_later(merchant: &Merchant, customer: CustomerId, plan: &'static str) -> SubscriptionChange {
    let is_theirs = |subscription: &Subscription| subscription.customer_id == customer;
    let subscription = merchant.subscriptions().await.into_iter().find(is_theirs).unwrap();
    let command = merchant.change_to(subscription.id, plan, Some(ChangeTime::Renewal)).await;
    change_plan(merchant.app(), command).await.unwrap()
}

/// Two of them. The first one's day comes first.
async fn two_waiting() -> (Merchant, [SubscriptionChange; 2]) {
    let merchant = Merchant::with_line_for_nothing().await;
    let first = waiting(&merchant, "ada@example.com").await;
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    let second = waiting(&merchant, "bea@example.com").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    (merchant, [first, second])
}

async fn state(merchant: &Merchant, change: &SubscriptionChange) -> SubscriptionChangeState {
    let (project, id) = (merchant.project(), change.id);
    let found = merchant.test.write(move |_, tx| tx.subscription_changes(project).find(id)).await;
    found.unwrap().state
}

async fn charges(merchant: &Merchant) -> Vec<Value> {
    merchant.stripe().get("/v1/charges").await.expect(200)["data"].as_array().unwrap().clone()
}

/// Sweeps, and takes a change back while the first charge is on its way to Stripe.
async fn sweep_while_taken_back(merchant: &Merchant, change: &SubscriptionChange) {
    let held = merchant.line.hold("POST /v1/invoices/create_preview");
    let taking_back = async {
        held.arrived().await;
        delete_subscription_change(merchant.app(), merchant.project(), change.id).await.unwrap();
        held.release();
    };
    let (swept, ()) = tokio::join!(sweep_subscription_changes(merchant.app()), taking_back);
    swept.unwrap();
    merchant.hear_from_stripe().await;
}

#[tokio::test]
async fn what_was_taken_back_before_its_turn_is_not_charged() {
    let (merchant, [first, second]) = two_waiting().await;
    Box::pin(sweep_while_taken_back(&merchant, &second)).await;
    assert_eq!(state(&merchant, &first).await, SubscriptionChangeState::Applied);
    assert_eq!(state(&merchant, &second).await, SubscriptionChangeState::Deleted);
    assert_eq!(charges(&merchant).await.len(), 1);
}

#[tokio::test]
async fn what_was_taken_back_while_it_was_charged_is_given_back() {
    let (merchant, [first, second]) = two_waiting().await;
    Box::pin(sweep_while_taken_back(&merchant, &first)).await;
    assert_eq!(state(&merchant, &first).await, SubscriptionChangeState::Deleted);
    assert_eq!(state(&merchant, &second).await, SubscriptionChangeState::Applied);
    let free = merchant.product("line-free").await.id;
    let of_first = merchant.subscriptions().await.into_iter().find(|it| it.id == first.subscription_id);
    let kept = of_first.unwrap();
    assert_eq!((kept.product_id, kept.stripe_subscription_id), (free, None));
    let refunded: Vec<_> = charges(&merchant).await.iter().map(|charge| charge["refunded"].clone()).collect();
    assert_eq!(refunded, [false, true], "newest first");
    let billed = merchant.stripe().get("/v1/subscriptions").await.expect(200);
    assert_eq!(billed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_charge_that_stripe_refuses_fails_its_own_change_and_holds_up_no_other() {
    let (merchant, [first, second]) = two_waiting().await;
    let (project, customer) = (merchant.project(), first.customer_id);
    let card = merchant.test.write(move |_, tx| tx.payment_methods(project).default_of(customer)).await;
    let path = format!("/v1/payment_methods/{}/detach", card.unwrap().card.stripe_payment_method_id);
    // Nobody tells us.
    merchant.stripe().post_form(&path, "").await.expect(200);
    sweep_subscription_changes(merchant.app()).await.unwrap();
    assert_eq!(state(&merchant, &first).await, SubscriptionChangeState::Failed);
    assert_eq!(state(&merchant, &second).await, SubscriptionChangeState::Applied);
    assert_eq!(charges(&merchant).await.len(), 1);
}

#[tokio::test]
async fn a_stripe_that_does_not_answer_holds_up_no_change_to_a_free_plan() {
    let merchant = Merchant::with_line_for_nothing().await;
    let free_line = include_str!("../../../testkit/src/free_line.toml");
    let another = free_line.replace("line-free", "line-also-free");
    let others = include_str!("../../../testkit/src/merchant.toml");
    merchant.apply(&format!("{others}\n{free_line}\n{another}")).await;
    let paid = waiting(&merchant, "ada@example.com").await;
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    let customer = merchant.customer("bea@example.com").await.id;
    merchant.start(customer, "line-free").await.unwrap();
    merchant.work().await;
    let free = change_later(&merchant, customer, "line-also-free").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));

    merchant.line.set(LineState::Cut);
    sweep_subscription_changes(merchant.app()).await.unwrap();
    assert_eq!(state(&merchant, &paid).await, SubscriptionChangeState::Pending);
    assert_eq!(state(&merchant, &free).await, SubscriptionChangeState::Applied);
}
