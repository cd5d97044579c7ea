//! Cancelling, taking it back, and ending.

use jiff::{SignedDuration, Timestamp};
use perennial_core::business::{NewState, set_state};
use perennial_core::subscriptions::{
    CancelError, cancel_for_customer, cancel_subscription, change_plan, end_subscription,
    resume_subscription, sweep_subscription_changes,
};
use perennial_domain::{
    Cancellation, CancellationCause, CancellationTime, Letter, Porting, PortingStatus, Project,
    ProjectSettings, Subscription, SubscriptionChange, SubscriptionChangeState, SubscriptionState,
    UserReason,
};
use perennial_store::JobState;
use perennial_testkit::{LineState, Merchant};
use serde_json::Value;

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
    assert_eq!(merchant.billed().await["cancel_at_period_end"], true);

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.cancellation), (SubscriptionState::Ended, Some(too_expensive())));
}

#[tokio::test]
async fn what_waits_for_its_activation_ends_at_once_and_its_number_stays_where_it_was() {
    let (merchant, bought) = Merchant::with_subscriber("line").await;
    let (project, id, customer_id) = (merchant.project(), bought.id, bought.customer_id);
    let porting = merchant
        .test
        .write(move |cx, tx| {
            let mut row = tx.subscriptions(project).lock(id)?.expect("it is there");
            (row.state, row.current_period, row.activated_at) = (SubscriptionState::Pending, None, None);
            tx.subscriptions(project).update(&row)?;
            let porting = Porting {
                id: cx.id(),
                project_id: project,
                customer_id,
                subscription_id: Some(id),
                phone_number: "+31970555010".to_owned(),
                provider: "test".to_owned(),
                account_number: None,
                status: PortingStatus::Pending,
                created_at: cx.now(),
            };
            tx.portings(project).insert(&porting)?;
            Ok(porting.id)
        })
        .await;

    cancel_subscription(merchant.app(), project, id, too_expensive()).await.unwrap();

    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.ended_at), (SubscriptionState::Ended, Some(merchant.app().now())));
    assert_eq!(ended.cancellation, Some(too_expensive()));
    let porting = merchant.test.write(move |_, tx| tx.portings(project).find(porting)).await;
    assert_eq!(porting.unwrap().status, PortingStatus::Canceled);
    assert_eq!(merchant.billed().await["status"], "canceled");
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
        assert_eq!(merchant.billed().await["cancel_at_period_end"], true);
        resume_subscription(app, project, id).await.unwrap();
        merchant.hear_from_stripe().await;
        let resumed = merchant.only_subscription().await;
        assert_eq!((resumed.canceled_at, resumed.ended_at, resumed.cancellation), (None, None, None));
        assert_eq!(merchant.billed().await["cancel_at_period_end"], false);
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
    assert_eq!(merchant.billed().await["status"], "canceled");
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

/// Stripe does what it is asked, and nobody hears its answer.
async fn lose_stripes_answer<T>(merchant: &Merchant, request: impl Future<Output = Result<T, CancelError>>) {
    merchant.line.set(LineState::LosesAnswers);
    assert!(matches!(Box::pin(request).await, Err(CancelError::Payments(_))));
    merchant.line.set(LineState::Open);
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn the_reason_of_an_end_at_once_outlives_a_lost_answer() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let patch = ProjectSettings { cancellation: CancellationTime::AtOnce, ..ProjectSettings::default() };
    let project = Project { settings: patch, ..merchant.test.project().clone() };
    let requested_at = merchant.app().now();
    let ending = cancel_for_customer(merchant.app(), &project, subscription.id, too_expensive());
    Box::pin(lose_stripes_answer(&merchant, ending)).await;
    merchant.test.clock().advance(SignedDuration::from_hours(2));
    merchant.hear_from_stripe().await;

    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.cancellation), (SubscriptionState::Ended, Some(too_expensive())));
    assert_eq!(
        (ended.canceled_at, ended.ended_at.map(Timestamp::as_second)),
        (Some(requested_at), Some(requested_at.as_second()))
    );
    let project = merchant.project();
    let told = merchant.test.write(move |_, tx| tx.mails(project).newest(20)).await;
    let endings = told.iter().filter(|mail| matches!(mail.letter, Letter::CancellationConfirmed { .. }));
    assert_eq!(endings.count(), 1);
}

#[tokio::test]
async fn the_reason_of_a_cancellation_outlives_a_lost_answer() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let cancelling =
        cancel_subscription(merchant.app(), merchant.project(), subscription.id, too_expensive());
    Box::pin(lose_stripes_answer(&merchant, cancelling)).await;
    merchant.hear_from_stripe().await;
    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.state, SubscriptionState::Active);
    assert_eq!(cancelled.cancellation, Some(too_expensive()));
}

#[tokio::test]
async fn a_reason_that_came_to_nothing_explains_no_later_end() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.line.set(LineState::Cut);
    assert!(end_subscription(merchant.app(), merchant.project(), subscription.id).await.is_err());
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_hours(24));
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    merchant.stripe().delete(&path).await.expect(200);
    merchant.hear_from_stripe().await;
    let ended = merchant.only_subscription().await;
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::SubscriptionEnded);
}

#[tokio::test]
async fn a_reason_that_stripe_refuses_explains_no_end_of_stripes_own() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    // Nobody tells us yet.
    merchant.stripe().delete(&path).await.expect(200);
    let (app, project, id) = (merchant.app(), merchant.project(), subscription.id);
    let refused = cancel_subscription(app, project, id, too_expensive()).await;
    assert!(matches!(refused, Err(CancelError::Ended)), "{refused:?}");
    merchant.hear_from_stripe().await;
    let ended = merchant.only_subscription().await;
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::SubscriptionEnded);
    assert_eq!(ended.canceled_at, None);
}

#[tokio::test]
async fn the_reason_of_an_end_on_another_day_outlives_a_lost_answer() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let end = merchant.app().now() + SignedDuration::from_hours(24 * 10);
    let wanted = NewState::Canceled(Some(end));
    merchant.line.set(LineState::LosesAnswers);
    set_state(merchant.app(), merchant.project(), subscription.id, wanted).await.unwrap_err();
    merchant.line.set(LineState::Open);
    let requested_at = merchant.app().now();
    merchant.test.clock().advance(SignedDuration::from_mins(30));
    merchant.hear_from_stripe().await;
    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.ended_at.map(Timestamp::as_second), Some(end.as_second()));
    assert_eq!(
        cancelled.canceled_at,
        Some(requested_at),
        "when it was asked for, and not when Stripe was heard"
    );
    assert_eq!(cancelled.cancellation.unwrap().cause, CancellationCause::CancellationRequested);
}

/// As after a change of accounts: Stripe knows nothing of what it is said to bill.
async fn unknown_to_stripe() -> (Merchant, Subscription) {
    let (merchant, bought) = Merchant::with_subscriber("line").await;
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.subscriptions(project).lock(bought.id)?.expect("it is there");
            row.stripe_subscription_id = Some("sub_of_nobody".to_owned());
            tx.subscriptions(project).update(&row)
        })
        .await;
    (merchant, bought)
}

#[tokio::test]
async fn what_stripe_does_not_know_is_cancelled_here_and_goes_on_no_more() {
    let (merchant, bought) = unknown_to_stripe().await;
    let (app, project, id) = (merchant.app(), merchant.project(), bought.id);
    cancel_subscription(app, project, id, too_expensive()).await.unwrap();
    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.ended_at, bought.current_period.unwrap().end);
    assert!(matches!(resume_subscription(app, project, id).await, Err(CancelError::Ended)));
}

#[tokio::test]
async fn what_stripe_does_not_know_can_be_ended() {
    let (merchant, bought) = unknown_to_stripe().await;
    end_subscription(merchant.app(), merchant.project(), bought.id).await.unwrap();
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    merchant.work().await;
    let waiting = merchant.test.write(|_, tx| tx.jobs().list(JobState::Waiting, 10)).await;
    assert!(waiting.is_empty(), "{waiting:?}");
}

#[tokio::test]
async fn an_end_at_stripe_that_nobody_heard_of_is_what_callers_are_told() {
    for is_cancelled in [false, true] {
        let (merchant, bought) = Merchant::with_subscriber("line").await;
        let (app, project, id) = (merchant.app(), merchant.project(), bought.id);
        if is_cancelled {
            cancel_subscription(app, project, id, too_expensive()).await.unwrap();
        }
        let path = format!("/v1/subscriptions/{}", bought.stripe_subscription_id.as_deref().unwrap());
        merchant.stripe().delete(&path).await.expect(200);
        drop(merchant.webhooks().await);

        let answer = if is_cancelled {
            resume_subscription(app, project, id).await
        } else {
            cancel_subscription(app, project, id, too_expensive()).await.map(drop)
        };
        assert!(matches!(answer, Err(CancelError::Ended)), "{answer:?}");
        assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    }
}

/// A smaller line is to begin with the renewal.
async fn with_downgrade() -> (Merchant, SubscriptionChange) {
    let (merchant, bought) = Merchant::with_subscriber("line-large").await;
    let command = merchant.change_to(bought.id, "line", None).await;
    let change = change_plan(merchant.app(), command).await.unwrap();
    merchant.hear_from_stripe().await;
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    (merchant, change)
}

#[tokio::test]
async fn a_cancellation_that_fails_leaves_the_downgrade_that_waits() {
    let (merchant, change) = with_downgrade().await;
    // Stripe lets go of the change, and cannot be told of the end.
    let held = merchant.line.hold("GET /v1/invoices");
    let cut = async {
        held.arrived().await;
        merchant.line.set(LineState::Cut);
        held.release();
    };
    let (project, id) = (merchant.project(), change.subscription_id);
    let (refused, ()) = tokio::join!(cancel_subscription(merchant.app(), project, id, too_expensive()), cut);
    assert!(matches!(refused, Err(CancelError::Payments(_))), "{refused:?}");

    merchant.line.set(LineState::Open);
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
    sweep_subscription_changes(merchant.app()).await.unwrap();
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let renewed = merchant.only_subscription().await;
    assert_eq!((renewed.price_id, renewed.current_period.unwrap().number), (change.price_id, 2));
}

#[tokio::test]
async fn a_cancellation_takes_the_place_of_the_downgrade_that_waits() {
    let (merchant, change) = with_downgrade().await;
    let (project, id) = (merchant.project(), change.subscription_id);
    cancel_subscription(merchant.app(), project, id, too_expensive()).await.unwrap();
    merchant.hear_from_stripe().await;
    let found = merchant.test.write(move |_, tx| tx.subscription_changes(project).find(change.id)).await;
    assert_eq!(found.unwrap().state, SubscriptionChangeState::Deleted);
    let billed = merchant.billed().await;
    assert_eq!((&billed["cancel_at_period_end"], &billed["schedule"]), (&true.into(), &Value::Null));
}
