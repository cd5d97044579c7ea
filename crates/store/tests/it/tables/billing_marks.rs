//! How far Stripe's bills are known.

use jiff::Timestamp;
use perennial_domain::{Period, Subscription, SubscriptionState};
use perennial_store::Store;

use super::fixtures::{id, minutes, project_id, shop, subscription, write};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    a_mark_only_moves_on,
    the_card_is_the_one_of_the_latest_answer,
    an_overdue_renewal_is_found_until_stripe_was_asked,
}

async fn put(store: &Store, settled_until: Option<Timestamp>, asked_at: Timestamp) -> Option<Timestamp> {
    write(store, move |tx| {
        tx.billing_marks(project_id()).put("sub_1", settled_until, None, asked_at)?;
        tx.billing_marks(project_id()).settled_until("sub_1")
    })
    .await
}

async fn a_mark_only_moves_on(database: &TestDatabase) {
    let store = shop(database).await;
    assert_eq!(put(&store, None, minutes(1)).await, None);
    assert_eq!(put(&store, Some(minutes(5)), minutes(6)).await, Some(minutes(5)));
    assert_eq!(put(&store, Some(minutes(3)), minutes(7)).await, Some(minutes(5)));
    assert_eq!(put(&store, None, minutes(8)).await, Some(minutes(5)));
    assert_eq!(put(&store, Some(minutes(9)), minutes(9)).await, Some(minutes(9)));
    let elsewhere = write(&store, |tx| tx.billing_marks(id(2)).settled_until("sub_1")).await;
    assert_eq!(elsewhere, None);
}

async fn the_card_is_the_one_of_the_latest_answer(database: &TestDatabase) {
    let store = shop(database).await;
    let mut cards = Vec::new();
    for card in [Some("pm_1"), Some("pm_2"), None] {
        let known = write(&store, move |tx| {
            tx.billing_marks(project_id()).put("sub_1", None, card, minutes(1))?;
            tx.billing_marks(project_id()).card("sub_1")
        });
        cards.push(known.await);
    }
    assert_eq!(cards, [Some("pm_1".to_owned()), Some("pm_2".to_owned()), None]);
    let elsewhere = write(&store, |tx| tx.billing_marks(id(2)).card("sub_1")).await;
    assert_eq!(elsewhere, None);
}

async fn an_overdue_renewal_is_found_until_stripe_was_asked(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        for (number, state, end) in [
            (11, SubscriptionState::Active, 10),
            (12, SubscriptionState::Active, 30),
            (13, SubscriptionState::Ended, 10),
            (14, SubscriptionState::PastDue, 5),
        ] {
            tx.subscriptions(project_id()).insert(&billed(number, state, end))?;
        }
        Ok(())
    })
    .await;
    let overdue = |store: Store, asked_before: i64| async move {
        let found =
            write(&store, move |tx| tx.overdue_renewals(minutes(20), minutes(asked_before), 10)).await;
        found.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_eq!(overdue(store.clone(), 20).await, ["sub_14", "sub_11"]);
    write(&store, |tx| tx.billing_marks(project_id()).put("sub_14", None, None, minutes(21))).await;
    assert_eq!(overdue(store.clone(), 20).await, ["sub_11"]);
    assert_eq!(overdue(store, 21).await, ["sub_14", "sub_11"]);
}

/// A subscription that Stripe bills, whose period ends then.
fn billed(number: u128, state: SubscriptionState, end_minute: i64) -> Subscription {
    let period = Period { number: 1, start: minutes(0), end: Some(minutes(end_minute)) };
    Subscription {
        stripe_subscription_id: Some(format!("sub_{number}")),
        current_period: Some(period),
        state,
        ..subscription(number)
    }
}
