//! Stripe is away for longer than anybody has patience: nothing that is owed to a customer is given up.

use jiff::SignedDuration;
use perennial_core::checkout::settle_checkout;
use perennial_core::store::{Job, JobState};
use perennial_core::subscriptions::cancel_subscription;
use perennial_core::tasks::{Task, enqueue};
use perennial_domain::{
    Cancellation, CancellationCause, Checkout, CheckoutState, PaymentState, SubscriptionState,
};
use perennial_testkit::{LineState, Merchant, Weather};

/// A checkout that our books had given up, and that was paid when its plan had been bought by another one.
async fn paid_too_late(merchant: &Merchant) -> Checkout {
    let customer = merchant.customer("ada@example.com").await;
    let late = merchant.open(customer.id, "line").await;
    merchant.give_up(&late, CheckoutState::Abandoned).await;
    let first = merchant.open(customer.id, "line").await;
    for checkout in [&first, &late] {
        merchant.pay(checkout).await;
        settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    }
    late
}

/// Lets a weekend go by, in which whatever is due is tried, and answers which tasks were given up.
async fn weekend(merchant: &Merchant) -> Vec<Job> {
    for _ in 0..60 {
        merchant.work().await;
        merchant.test.clock().advance(SignedDuration::from_hours(1));
    }
    merchant.test.write(|_, tx| tx.jobs().list(JobState::Failed, 10)).await
}

#[tokio::test]
async fn a_refund_outlives_a_stripe_that_is_away_over_a_weekend() {
    let merchant = Merchant::new().await;
    let checkout = paid_too_late(&merchant).await;
    merchant.line.set(LineState::Cut);
    let given_up = weekend(&merchant).await;
    assert!(given_up.is_empty(), "{given_up:?}");
    merchant.line.set(LineState::Open);

    merchant.work().await;

    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!(payment.state, PaymentState::Refunded);
}

#[tokio::test]
async fn the_end_of_what_a_bank_took_back_outlives_it_as_well() {
    let merchant = Merchant::new().await;
    let (project, subscription) = (merchant.project(), merchant.sell("line").await.id);
    merchant.test.write(move |cx, tx| enqueue(cx, tx, &Task::EndDisputed { project, subscription })).await;
    merchant.line.set(LineState::Cut);
    let given_up = weekend(&merchant).await;
    assert!(given_up.is_empty(), "{given_up:?}");
    merchant.line.set(LineState::Open);

    merchant.work().await;

    let ended = merchant.subscriptions().await.remove(0);
    assert_eq!(ended.state, SubscriptionState::Ended);
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::PaymentDisputed);
}

/// A merchant whose customer has just cancelled, and is to read of it in this weather.
async fn canceled_in(weather: Weather) -> Merchant {
    let merchant = Merchant::new().await;
    let subscription = merchant.sell("line").await;
    merchant.test.pigeon().take();
    merchant.test.pigeon().set_weather(weather);
    let requested = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, requested).await.unwrap();
    merchant
}

#[tokio::test]
async fn a_mail_outlives_a_mail_server_that_is_away_over_a_weekend() {
    let merchant = canceled_in(Weather::Storm).await;
    let given_up = weekend(&merchant).await;
    assert!(given_up.is_empty(), "{given_up:?}");

    merchant.test.pigeon().set_weather(Weather::Fair);
    merchant.work().await;

    assert_eq!(merchant.test.pigeon().take().len(), 1);
}

#[tokio::test]
async fn a_mail_that_a_server_never_takes_is_left_to_people() {
    let merchant = canceled_in(Weather::Fog).await;
    let given_up = weekend(&merchant).await;
    assert!(matches!(&given_up[..], [job] if job.kind == "send_mail"), "{given_up:?}");
}
