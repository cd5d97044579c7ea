//! Upgrades that a bank asks about: nothing changes before it is answered, and nothing is paid for nothing.

use jiff::SignedDuration;
use perennial_core::cards::{Confirmation, confirm_payment, pay_open_invoices, settle_confirmation};
use perennial_core::subscriptions::{
    cancel_subscription, carry_out_change, change_plan, delete_subscription_change,
    sweep_subscription_changes,
};
use perennial_domain::{
    Cancellation, CancellationCause, Payment, PaymentState, SubscriptionChange, SubscriptionChangeState,
    SubscriptionState,
};
use perennial_testkit::Merchant;
use serde_json::Value;

/// Asks its owner at every charge.
const ASKS: &str = "pm_card_authenticationRequired";

/// A line that renews, and from now on is paid by a card whose bank asks.
async fn subscribed() -> Merchant {
    paying_with(ASKS).await
}

/// The same with this card.
async fn paying_with(card: &str) -> Merchant {
    let merchant = Merchant::new().await;
    merchant.sell("line").await;
    let stripe = merchant.stripe();
    let path =
        format!("/v1/subscriptions/{}", merchant.only_subscription().await.stripe_subscription_id.unwrap());
    let owner = format!("customer={}", stripe.get(&path).await.body["customer"].as_str().unwrap());
    let attached = stripe.post_form(&format!("/v1/payment_methods/{card}/attach"), &owner).await;
    let form = format!("default_payment_method={}", attached.body["id"].as_str().unwrap());
    stripe.post_form(&path, &form).await.expect(200);
    merchant
}

async fn upgrade(merchant: &Merchant) -> SubscriptionChange {
    let command = merchant.change_to(merchant.only_subscription().await.id, "line-large", None).await;
    change_plan(merchant.app(), command).await.unwrap()
}

async fn now(merchant: &Merchant, change: &SubscriptionChange) -> SubscriptionChange {
    let (project, id) = (merchant.project(), change.id);
    merchant.test.write(move |_, tx| tx.subscription_changes(project).find(id)).await.unwrap()
}

/// What is asked for the change.
async fn asked(merchant: &Merchant, change: &SubscriptionChange) -> Payment {
    let (project, invoice) = (merchant.project(), change.stripe_invoice_id.clone().unwrap());
    let found = merchant.app().read(move |_, tx| tx.payments(project).find_by_reference(&invoice)).await;
    found.unwrap().expect("the payment is known as soon as the bank asks")
}

async fn invoice(merchant: &Merchant, change: &SubscriptionChange) -> Value {
    let path = format!("/v1/invoices/{}", change.stripe_invoice_id.as_deref().unwrap());
    merchant.stripe().get(&path).await.expect(200)
}

/// The bank asks, and the customer answers.
async fn answer(merchant: &Merchant, payment: &Payment, yes: bool) {
    let asked =
        confirm_payment(merchant.app(), merchant.project(), payment.id, "https://connect.example/back").await;
    assert!(matches!(asked, Ok(Confirmation::AskAt(_))), "{asked:?}");
    let intent = payment.stripe_payment_intent_id.as_deref().unwrap();
    merchant.sandbox.complete_challenge(intent, yes).await.unwrap();
}

async fn is_large(merchant: &Merchant) -> bool {
    merchant.only_subscription().await.product_id == merchant.product("line-large").await.id
}

/// Nothing was changed and nothing can be paid for it any more.
async fn assert_dropped(merchant: &Merchant, change: &SubscriptionChange) {
    assert!(!is_large(merchant).await);
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Active);
    assert_eq!(invoice(merchant, change).await["status"], "void");
    let path =
        format!("/v1/subscriptions/{}", merchant.only_subscription().await.stripe_subscription_id.unwrap());
    let stripe = merchant.stripe().get(&path).await.expect(200);
    assert_eq!(
        (&stripe["pending_update"], &stripe["items"]["data"][0]["price"]["unit_amount"]),
        (&Value::Null, &1450.into())
    );
}

#[tokio::test]
async fn an_upgrade_waits_until_the_bank_has_its_answer() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    assert_eq!(change.state, SubscriptionChangeState::Initiated);
    let payment = asked(&merchant, &change).await;
    assert_eq!((payment.state, payment.amount.amount_minor), (PaymentState::RequiresConfirmation, 1450));
    merchant.hear_from_stripe().await;
    assert!(!is_large(&merchant).await);

    answer(&merchant, &payment, true).await;
    let settled = settle_confirmation(merchant.app(), merchant.project(), payment.id).await.unwrap();
    assert!(matches!(settled, Confirmation::Paid(_)), "{settled:?}");
    assert_eq!(now(&merchant, &change).await.state, SubscriptionChangeState::Applied);
    assert!(is_large(&merchant).await);
    merchant.hear_from_stripe().await;
    assert_eq!(asked(&merchant, &change).await.state, PaymentState::Succeeded);
}

#[tokio::test]
async fn a_customer_who_answers_and_never_comes_back_has_the_plan() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    answer(&merchant, &asked(&merchant, &change).await, true).await;
    merchant.hear_from_stripe().await;
    assert_eq!(now(&merchant, &change).await.state, SubscriptionChangeState::Applied);
    assert!(is_large(&merchant).await);
}

#[tokio::test]
async fn a_bank_that_says_no_ends_the_change() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    answer(&merchant, &asked(&merchant, &change).await, false).await;
    let failed = carry_out_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    assert_eq!(failed.state, SubscriptionChangeState::Failed);
    assert_eq!(failed.failure_code.as_deref(), Some("authentication_required"));
    merchant.hear_from_stripe().await;
    assert_dropped(&merchant, &change).await;
    assert!(!asked(&merchant, &change).await.is_open(), "nobody owes for what was not changed");
}

#[tokio::test]
async fn an_upgrade_that_nobody_confirms_expires() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    merchant.test.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(sweep_subscription_changes(merchant.app()).await.unwrap(), 0, "the bank still waits");
    merchant.test.clock().advance(SignedDuration::from_hours(21));
    assert_eq!(sweep_subscription_changes(merchant.app()).await.unwrap(), 1);
    let expired = now(&merchant, &change).await;
    assert_eq!(expired.state, SubscriptionChangeState::Failed);
    assert_eq!(expired.failure_code.as_deref(), Some("authentication_required"));
    assert_dropped(&merchant, &change).await;
}

#[tokio::test]
async fn an_upgrade_that_stripe_gives_up_has_failed() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(now(&merchant, &change).await.state, SubscriptionChangeState::Failed);
    assert_dropped(&merchant, &change).await;
}

#[tokio::test]
async fn an_upgrade_that_waits_can_be_taken_back_and_asked_for_again() {
    let merchant = subscribed().await;
    let first = upgrade(&merchant).await;
    assert_eq!(upgrade(&merchant).await.id, first.id, "the same change is asked for once");
    delete_subscription_change(merchant.app(), merchant.project(), first.id).await.unwrap();
    assert_eq!(now(&merchant, &first).await.state, SubscriptionChangeState::Deleted);
    assert_dropped(&merchant, &first).await;

    let second = upgrade(&merchant).await;
    assert_ne!(second.id, first.id);
    answer(&merchant, &asked(&merchant, &second).await, true).await;
    merchant.hear_from_stripe().await;
    assert!(is_large(&merchant).await);
    assert_eq!(now(&merchant, &first).await.state, SubscriptionChangeState::Deleted);
}

#[tokio::test]
async fn cancelling_drops_the_upgrade_that_waits() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
    let id = merchant.only_subscription().await.id;
    cancel_subscription(merchant.app(), merchant.project(), id, cancellation).await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(now(&merchant, &change).await.state, SubscriptionChangeState::Deleted);
    assert!(merchant.only_subscription().await.canceled_at.is_some());
    assert_dropped(&merchant, &change).await;
}

#[tokio::test]
async fn another_card_does_not_pay_for_what_its_owner_turned_away_from() {
    let merchant = subscribed().await;
    let change = upgrade(&merchant).await;
    let customer = merchant.only_subscription().await.customer_id;
    let good = merchant.keep_card(customer, "pm_card_visa").await.card.stripe_payment_method_id;
    let paid = pay_open_invoices(merchant.app(), merchant.project(), customer, &good).await.unwrap();
    assert!(paid.paid.is_empty() && paid.owed.is_empty(), "{paid:?}");
    merchant.hear_from_stripe().await;
    assert!(!is_large(&merchant).await);
    assert_eq!(invoice(&merchant, &change).await["status"], "open", "its bank may still be answered");
}

#[tokio::test]
async fn why_a_card_did_not_pay_is_told_even_if_stripes_own_event_came_first() {
    const DECLINES: &str = "pm_card_chargeCustomerFail";
    let told = upgrade(&paying_with(DECLINES).await).await;
    assert_eq!(told.state, SubscriptionChangeState::Failed);

    let merchant = paying_with(DECLINES).await;
    let voiding = merchant.line.hold("POST /v1/invoices/in_");
    let hearing = async {
        voiding.arrived().await;
        let looking = merchant.line.hold("GET /v1/invoices/in_");
        voiding.release();
        looking.arrived().await;
        merchant.hear_from_stripe().await;
        looking.release();
    };
    let (overtaken, ()) = tokio::join!(upgrade(&merchant), hearing);
    assert_eq!((overtaken.state, overtaken.failure_code), (told.state, told.failure_code));
}
