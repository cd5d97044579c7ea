//! Money that a customer's bank takes back: what is known of it, and who may use what afterwards.

use jiff::SignedDuration;
use perennial_core::checkout::{Settlement, refund_superseded, settle_checkout};
use perennial_domain::{
    CancellationCause, Checkout, CheckoutState, DisputeOutcome, DisputePolicy, Payment, PaymentState,
    Subscription, SubscriptionChange, SubscriptionChangeState, SubscriptionState,
};
use perennial_store::tables::PageRequest;
use perennial_testkit::{Merchant, rows};
use stripe_sandbox::checkout::PayOutcome;

/// Pays, and is disputed at once.
const DISPUTED: &str = "4000000000000259";
/// Pays, and its bank only asks.
const ASKED_ABOUT: &str = "4000000000001976";

/// A merchant with this policy whose one customer has bought a line with this card.
async fn sold(policy: DisputePolicy, card: &str) -> (Merchant, Checkout) {
    let merchant = Merchant::new().await;
    set_policy(&merchant, policy).await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    let outcome = merchant.pay_with(&checkout, card).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    hear_it_all(&merchant).await;
    (merchant, checkout)
}

async fn set_policy(merchant: &Merchant, policy: DisputePolicy) {
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut merchant = tx.projects().find(project)?.expect("it is there");
            merchant.settings.disputes = policy;
            tx.projects().update(&merchant)
        })
        .await;
}

/// Until nothing of what is heard leads to more.
async fn hear_it_all(merchant: &Merchant) {
    for _ in 0..2 {
        merchant.hear_from_stripe().await;
    }
}

#[tokio::test]
async fn what_is_disputed_while_a_change_is_being_paid_ends_once_that_is_decided() {
    let merchant = Merchant::new().await;
    set_policy(&merchant, DisputePolicy::AtOnce).await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay_with(&checkout, DISPUTED).await;
    settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    let change = change_under_way(&merchant).await;

    hear_it_all(&merchant).await;
    assert!(subscription(&merchant).await.is_live(), "the money of the change may have come");

    let (project, id) = (merchant.project(), change.id);
    merchant
        .test
        .write(move |_, tx| {
            let mut change = tx.subscription_changes(project).lock(id)?.unwrap();
            change.state = SubscriptionChangeState::Failed;
            tx.subscription_changes(project).update(&change)
        })
        .await;
    merchant.test.clock().advance(SignedDuration::from_mins(1));
    merchant.work().await;
    let ended = subscription(&merchant).await;
    assert_eq!(ended.state, SubscriptionState::Ended);
    assert_eq!(ended.cancellation.map(|it| it.cause), Some(CancellationCause::PaymentDisputed));
}

/// A change of the only subscription that Stripe is asked for at this moment.
async fn change_under_way(merchant: &Merchant) -> SubscriptionChange {
    let (project, subscription) = (merchant.project(), subscription(merchant).await);
    merchant
        .test
        .write(move |cx, tx| {
            let change = rows::change_being_paid(cx, &subscription);
            tx.subscription_changes(project).insert(&change)?;
            Ok(change)
        })
        .await
}

/// Gives Stripe the evidence that decides, as its test mode does.
async fn answer(merchant: &Merchant, word: &str) {
    let stripe = merchant.stripe();
    let disputes = stripe.get("/v1/disputes").await.expect(200);
    let path = format!("/v1/disputes/{}", disputes["data"][0]["id"].as_str().unwrap());
    stripe.post_form(&path, &format!("evidence[uncategorized_text]={word}")).await.expect(200);
    hear_it_all(merchant).await;
}

async fn payment(merchant: &Merchant, checkout: &Checkout) -> Payment {
    let [payment] = merchant.payments(checkout).await.try_into().unwrap();
    payment
}

async fn subscription(merchant: &Merchant) -> Subscription {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    subscription
}

/// What was told of disputes, in the order in which it happened.
async fn told(merchant: &Merchant) -> Vec<String> {
    let project = merchant.project();
    let page = merchant.app().read(move |_, tx| tx.events(project).page(PageRequest::first(200))).await;
    let types = page.unwrap().items.into_iter().map(|event| event.event_type);
    let mut types = types.filter(|event| event.starts_with("payment.dispute")).collect::<Vec<_>>();
    types.reverse();
    types
}

#[tokio::test]
async fn a_dispute_marks_the_payment_and_leaves_the_plan_until_it_is_decided() {
    let (merchant, checkout) = sold(DisputePolicy::WhenLost, DISPUTED).await;
    let paid = payment(&merchant, &checkout).await;
    assert_eq!((paid.state, paid.dispute), (PaymentState::Disputed, None));
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(told(&merchant).await, ["payment.disputed"]);
}

#[tokio::test]
async fn what_is_won_stays_paid() {
    let (merchant, checkout) = sold(DisputePolicy::WhenLost, DISPUTED).await;
    answer(&merchant, "winning_evidence").await;
    let paid = payment(&merchant, &checkout).await;
    assert_eq!(paid.state, PaymentState::Succeeded);
    assert_eq!(paid.dispute.map(|dispute| dispute.outcome), Some(DisputeOutcome::Won));
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(told(&merchant).await, ["payment.disputed", "payment.disputeWon"]);
}

#[tokio::test]
async fn what_is_lost_ends_here_and_at_stripe() {
    let (merchant, checkout) = sold(DisputePolicy::WhenLost, DISPUTED).await;
    answer(&merchant, "losing_evidence").await;
    let paid = payment(&merchant, &checkout).await;
    assert_eq!(paid.state, PaymentState::Disputed);
    assert_eq!(paid.dispute.map(|dispute| dispute.outcome), Some(DisputeOutcome::Lost));
    let ended = subscription(&merchant).await;
    assert_eq!(ended.state, SubscriptionState::Ended);
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::PaymentDisputed);
    let path = format!("/v1/subscriptions/{}", ended.stripe_subscription_id.unwrap());
    assert_eq!(merchant.stripe().get(&path).await.expect(200)["status"], "canceled");
    assert_eq!(told(&merchant).await, ["payment.disputed", "payment.disputeLost"]);
}

#[tokio::test]
async fn a_project_may_end_it_as_soon_as_it_is_disputed_or_never() {
    let (merchant, _) = sold(DisputePolicy::AtOnce, DISPUTED).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Ended);

    let (merchant, _) = sold(DisputePolicy::Never, DISPUTED).await;
    answer(&merchant, "losing_evidence").await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
}

#[tokio::test]
async fn an_inquiry_changes_nothing_until_the_bank_takes_the_money() {
    let (merchant, checkout) = sold(DisputePolicy::AtOnce, ASKED_ABOUT).await;
    assert_eq!(payment(&merchant, &checkout).await.state, PaymentState::Succeeded);
    assert_eq!(told(&merchant).await, [""; 0]);

    answer(&merchant, "escalate_inquiry_evidence").await;
    assert_eq!(payment(&merchant, &checkout).await.state, PaymentState::Disputed);
    assert_eq!(told(&merchant).await, ["payment.disputed"]);
}

/// A customer who paid for two plans that exclude each other, and whose bank wants the first payment back, which came too
/// late to be delivered.
async fn superseded_and_disputed() -> (Merchant, Checkout) {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let first = merchant.open(customer.id, "line").await;
    let outcome = merchant.pay_with(&first, DISPUTED).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    // Paid, but nobody told us; its row looks given up, so that another plan can be bought.
    merchant.give_up(&first, CheckoutState::Abandoned).await;
    let second = merchant.open(customer.id, "line-large").await;
    merchant.pay(&second).await;
    settle_checkout(merchant.app(), merchant.project(), second.id).await.unwrap();
    let settled = settle_checkout(merchant.app(), merchant.project(), first.id).await.unwrap();
    assert_eq!(settled, Settlement::Superseded);
    (merchant, first)
}

async fn refunds(merchant: &Merchant) -> usize {
    merchant.stripe().get("/v1/refunds").await.expect(200)["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_the_bank_takes_back_is_not_given_back_a_second_time() {
    let (merchant, checkout) = superseded_and_disputed().await;
    refund_superseded(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    assert_eq!(payment(&merchant, &checkout).await.state, PaymentState::Disputed);
    let canceled = merchant.stripe().get("/v1/subscriptions?status=canceled").await.expect(200);
    assert_eq!(canceled["data"].as_array().unwrap().len(), 1, "what was bought with it is over all the same");
    hear_it_all(&merchant).await;
    answer(&merchant, "losing_evidence").await;
    assert_eq!(payment(&merchant, &checkout).await.state, PaymentState::Disputed);
    assert_eq!(refunds(&merchant).await, 0);
}

#[tokio::test]
async fn what_the_bank_decides_for_the_merchant_is_given_back_then() {
    let (merchant, checkout) = superseded_and_disputed().await;
    hear_it_all(&merchant).await;
    assert_eq!(refunds(&merchant).await, 0);
    // Stripe remembers its no for a day.
    merchant.test.clock().advance(jiff::SignedDuration::from_hours(24 * 30));
    answer(&merchant, "winning_evidence").await;
    hear_it_all(&merchant).await;
    assert_eq!(payment(&merchant, &checkout).await.state, PaymentState::Refunded);
    assert_eq!(refunds(&merchant).await, 1);
}
