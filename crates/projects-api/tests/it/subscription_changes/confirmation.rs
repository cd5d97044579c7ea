//! An upgrade that the customer's bank asks about waits for the answer, and comes true with it.

use perennial_core::cards::{Confirmation, confirm_payment};
use perennial_core::subscriptions::sweep_subscription_changes;
use perennial_domain::{PaymentId, Subscription};
use perennial_testkit::{LineState, Merchant};
use serde_json::{Value, json};

use super::{CHANGES, api_of, change};

/// A line whose card asks its owner at every charge, or declines.
async fn subscribed(card: &str) -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let card = merchant.keep_card(subscription.customer_id, card).await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let form = format!("default_payment_method={}", card.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);
    (merchant, subscription)
}

/// The payment that the upgrade waits for.
async fn asked(merchant: &Merchant) -> Value {
    let list = api_of(merchant).get("/projects/p/payments?status=requiresConfirmation").await.expect(200);
    let [payment] = <[Value; 1]>::try_from(list["items"].as_array().unwrap().clone()).unwrap();
    payment
}

/// The customer goes to their bank through a connect session for this payment, and answers.
async fn answer(merchant: &Merchant, subscription: &Subscription, payment: &Value, yes: bool) {
    let intent = json!({ "type": "confirmPayment", "confirmPayment": { "payment": payment["id"] } });
    let session = json!({ "intent": intent, "user": subscription.customer_id });
    let session = api_of(merchant).post("/projects/p/connectSessions", session).await.expect(200);
    assert!(session["url"].is_string(), "{session}");
    let id = payment["id"].as_str().unwrap().parse::<PaymentId>().unwrap();
    let back = "https://connect.example/return";
    let led = confirm_payment(merchant.app(), merchant.project(), id, back).await.unwrap();
    let Confirmation::AskAt(url) = led else { panic!("the bank does not ask: {led:?}") };
    let intent = url.split(['/', '?']).find(|part| part.starts_with("pi_")).expect(&url);
    merchant.sandbox.complete_challenge(intent, yes).await.unwrap();
    merchant.hear_from_stripe().await;
}

async fn now(merchant: &Merchant, made: &Value) -> Value {
    let path = format!("{CHANGES}/{}", made["id"].as_str().unwrap());
    api_of(merchant).get(&path).await.expect(200)
}

#[tokio::test]
async fn a_yes_to_the_bank_applies_the_change() {
    let (merchant, subscription) = subscribed("pm_card_authenticationRequired").await;
    let made = change(&merchant, &subscription, "line-large", Some("now")).await.expect(201);
    assert_eq!(made["status"], "initiated");
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    answer(&merchant, &subscription, &asked(&merchant).await, true).await;
    let applied = now(&merchant, &made).await;
    assert_eq!((&applied["status"], applied["appliedAt"].is_string()), (&json!("applied"), true));
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
}

#[tokio::test]
async fn a_no_to_the_bank_fails_the_change() {
    let (merchant, subscription) = subscribed("pm_card_authenticationRequired").await;
    let made = change(&merchant, &subscription, "line-large", Some("now")).await.expect(201);
    answer(&merchant, &subscription, &asked(&merchant).await, false).await;
    // Nobody came back to a page: the sweep finds out.
    merchant.test.clock().advance(jiff::SignedDuration::from_hours(24));
    sweep_subscription_changes(merchant.app()).await.unwrap();
    let failed = now(&merchant, &made).await;
    assert_eq!((&failed["status"], failed["failureCode"].is_string()), (&json!("failed"), true));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

#[tokio::test]
async fn a_card_that_is_declined_fails_the_change() {
    let (merchant, subscription) = subscribed("pm_card_chargeCustomerFail").await;
    let failed = change(&merchant, &subscription, "line-large", Some("now")).await.expect(201);
    assert_eq!((&failed["status"], &failed["failureCode"]), (&json!("failed"), &json!("generic_decline")));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

#[tokio::test]
async fn a_change_that_is_being_paid_is_not_taken_back_meanwhile() {
    let (merchant, subscription) = subscribed("pm_card_visa").await;
    merchant.line.set(LineState::LosesAnswers);
    change(&merchant, &subscription, "line-large", Some("now")).await.expect_error(503);
    let list = api_of(&merchant).get(&format!("{CHANGES}?status=initiated")).await.expect(200);
    let path = format!("{CHANGES}/{}", list["items"][0]["id"].as_str().unwrap());
    assert_eq!(api_of(&merchant).delete(&path).await.expect_error(409).0, "conflict");
}
