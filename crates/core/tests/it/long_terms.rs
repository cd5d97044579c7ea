//! Ends that lie beyond the running period: the months until then are paid, and nothing after them.

use jiff::SignedDuration;
use perennial_core::business::{NewState, set_state};
use perennial_core::subscriptions::cancel_subscription;
use perennial_domain::{Cancellation, CancellationCause, Subscription, SubscriptionState};
use perennial_testkit::Merchant;

/// Lets this many days pass, one at a time.
async fn pass(merchant: &Merchant, days: i64) {
    for _ in 0..days {
        merchant.pass(perennial_testkit::days(1)).await;
    }
}

/// A line whose customer is bound for three months.
async fn bound() -> (Merchant, Subscription) {
    let merchant = Merchant::new().await;
    let bound = include_str!("../../../testkit/src/merchant.toml").replacen(
        "provider = \"test\"",
        "provider = \"test\"\nminimum_periods = 3",
        1,
    );
    merchant.apply(&bound).await;
    let subscription = merchant.sell("line").await;
    (merchant, subscription)
}

async fn paid(merchant: &Merchant) -> Vec<i64> {
    let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    payments.iter().map(|payment| payment.amount.amount_minor).collect()
}

#[tokio::test]
async fn who_is_bound_for_three_months_and_cancels_in_the_first_pays_three() {
    let (merchant, subscription) = bound().await;
    let requested = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(merchant.app(), merchant.project(), subscription.id, requested).await.unwrap();
    let third = subscription.term.period(subscription.anchor_at.unwrap(), 3).unwrap();
    assert_eq!(merchant.only_subscription().await.ended_at, third.end);

    // To the third of June, a day before the third month is over.
    pass(&merchant, 91).await;
    let still = merchant.only_subscription().await;
    assert_eq!((still.state, still.ended_at), (SubscriptionState::Active, third.end));
    assert_eq!(still.current_period.unwrap().number, 3);
    assert_eq!(paid(&merchant).await, [1450; 3]);

    pass(&merchant, 1).await;
    let ended = merchant.only_subscription().await;
    assert_eq!((ended.state, ended.ended_at), (SubscriptionState::Ended, third.end));
    pass(&merchant, 31).await;
    assert_eq!(paid(&merchant).await, [1450; 3]);
}

#[tokio::test]
async fn an_end_in_the_middle_of_a_later_month_comes_on_its_day() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let end = merchant.app().now() + SignedDuration::from_hours(24 * 45);
    let wanted = NewState::Canceled(Some(end));
    set_state(merchant.app(), merchant.project(), subscription.id, wanted).await.unwrap();

    pass(&merchant, 44).await;
    let still = merchant.only_subscription().await;
    assert_eq!((still.state, still.current_period.unwrap().number), (SubscriptionState::Active, 2));
    let until_then = paid(&merchant).await;
    assert_eq!(until_then.len(), 2);

    pass(&merchant, 1).await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    pass(&merchant, 31).await;
    assert_eq!(paid(&merchant).await, until_then);
}
