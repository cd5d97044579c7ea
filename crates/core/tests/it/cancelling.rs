//! Cancelling, taking it back, and ending.

use jiff::SignedDuration;
use perennial_core::subscriptions::{
    CancelError, cancel_subscription, end_subscription, resume_subscription,
};
use perennial_domain::{Cancellation, CancellationCause, SubscriptionState, UserReason};
use perennial_testkit::{Caller, LineState, Merchant};

async fn at_stripe(merchant: &Merchant) -> serde_json::Value {
    let stripe = Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    stripe.get("/v1/subscriptions?status=all").await.body["data"][0].clone()
}

fn too_expensive() -> Cancellation {
    let cause = CancellationCause::CancellationRequested;
    Cancellation { cause, user_reason: Some(UserReason::TooExpensive), user_comment: None }
}

#[tokio::test]
async fn a_cancelled_subscription_is_used_to_the_end_of_what_is_paid() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, too_expensive()).await.unwrap();

    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.state, SubscriptionState::Active);
    assert_eq!(cancelled.ended_at, subscription.current_period.unwrap().end);
    assert_eq!(cancelled.cancellation, Some(too_expensive()));
    assert_eq!(at_stripe(&merchant).await["cancel_at_period_end"], true);

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().unwrap();
    merchant.hear_from_stripe().await;
    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.cancellation), (SubscriptionState::Ended, Some(too_expensive())));
}

#[tokio::test]
async fn cancelling_twice_changes_nothing() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    for _ in 0..2 {
        cancel_subscription(merchant.app(), merchant.project(), subscription.id, too_expensive())
            .await
            .unwrap();
        merchant.hear_from_stripe().await;
        merchant.test.clock().advance(SignedDuration::from_hours(1));
    }
    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.canceled_at, Some(subscription.created_at));
}

#[tokio::test]
async fn a_cancellation_can_be_taken_back_and_made_again() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (app, project, id) = (merchant.app(), merchant.project(), subscription.id);
    for _ in 0..2 {
        cancel_subscription(app, project, id, too_expensive()).await.unwrap();
        assert_eq!(at_stripe(&merchant).await["cancel_at_period_end"], true);
        resume_subscription(app, project, id).await.unwrap();
        merchant.hear_from_stripe().await;
        let resumed = merchant.only_subscription().await;
        assert_eq!((resumed.canceled_at, resumed.ended_at, resumed.cancellation), (None, None, None));
        assert_eq!(at_stripe(&merchant).await["cancel_at_period_end"], false);
    }
    resume_subscription(app, project, id).await.unwrap();
}

#[tokio::test]
async fn what_is_over_can_be_neither_cancelled_nor_resumed() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (app, project, id) = (merchant.app(), merchant.project(), subscription.id);
    end_subscription(app, project, id).await.unwrap();
    end_subscription(app, project, id).await.unwrap();
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    assert_eq!(at_stripe(&merchant).await["status"], "canceled");
    assert!(matches!(cancel_subscription(app, project, id, too_expensive()).await, Err(CancelError::Ended)));
    assert!(matches!(resume_subscription(app, project, id).await, Err(CancelError::Ended)));
}

#[tokio::test]
async fn what_is_paid_once_is_not_cancelled() {
    let (merchant, subscription) = Merchant::with_subscriber("prepaid").await;
    let refused =
        cancel_subscription(merchant.app(), merchant.project(), subscription.id, too_expensive()).await;
    assert!(matches!(refused, Err(CancelError::NotRecurring)), "{refused:?}");
}

#[tokio::test]
async fn without_stripes_answer_nothing_is_cancelled_here() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.line.set(LineState::Cut);
    let refused =
        cancel_subscription(merchant.app(), merchant.project(), subscription.id, too_expensive()).await;
    assert!(matches!(refused, Err(CancelError::Payments(_))), "{refused:?}");
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn a_lost_answer_is_healed_by_stripes_event() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.line.set(LineState::LosesAnswers);
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, too_expensive())
        .await
        .unwrap_err();
    merchant.line.set(LineState::Open);
    merchant.hear_from_stripe().await;
    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.ended_at, subscription.current_period.unwrap().end);
}
