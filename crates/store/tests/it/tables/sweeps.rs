//! What jobs look for in all projects at once.

use perennial_domain::{
    AddonState, Arrears, Checkout, CheckoutState, Period, Subscription, SubscriptionAddon, SubscriptionState,
};

use super::fixtures::{
    CUSTOMER, bought_addon, checkout, customer, id, minutes, project_id, shop, subscription, write,
};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    open_checkouts_are_swept_from_each_projects_oldest_on,
    overdue_checkouts_are_the_open_ones_past_their_time,
    rolling_subscriptions_are_the_free_ones_whose_period_is_over,
    due_subscriptions_are_the_live_ones_whose_end_has_come,
    long_arrears_are_those_of_live_subscriptions_past_their_time,
    due_addons_are_the_live_ones_whose_end_has_come,
}

async fn open_checkouts_are_swept_from_each_projects_oldest_on(database: &TestDatabase) {
    let store = shop(database).await;
    let found = write(&store, |tx| {
        let states =
            [CheckoutState::Open, CheckoutState::Settled, CheckoutState::Creating, CheckoutState::Open];
        for (number, state) in (11..).zip(states) {
            tx.customers(project_id()).insert(&customer(number))?;
            let created_at = minutes(i64::try_from(number).unwrap_or_default());
            let row = Checkout { created_at, ..checkout(number, id(number), state) };
            tx.checkouts(project_id()).insert(&row)?;
        }
        tx.customers(id(2)).insert(&customer(CUSTOMER))?;
        tx.checkouts(id(2)).insert(&checkout(10, id(CUSTOMER), CheckoutState::Open))?;
        let swept = (
            tx.oldest_open_checkouts(minutes(14), minutes(20))?,
            tx.oldest_open_checkouts(minutes(11), minutes(20))?,
        );
        tx.checkouts(project_id()).leave_older_alone(minutes(12), minutes(20), minutes(25))?;
        assert!(tx.oldest_open_checkouts(minutes(14), minutes(24))?.contains(&(project_id(), minutes(13))));
        assert!(tx.oldest_open_checkouts(minutes(14), minutes(25))?.contains(&(project_id(), minutes(11))));
        Ok(swept)
    })
    .await;
    let sorted = |mut rows: Vec<_>| {
        rows.sort();
        rows
    };
    let elsewhere = (id(2), checkout(10, id(CUSTOMER), CheckoutState::Open).created_at);
    assert_eq!(sorted(found.0), [(project_id(), minutes(11)), elsewhere]);
    assert_eq!(sorted(found.1), [elsewhere]);
}

async fn overdue_checkouts_are_the_open_ones_past_their_time(database: &TestDatabase) {
    let store = shop(database).await;
    let found = write(&store, |tx| {
        let states =
            [CheckoutState::Open, CheckoutState::Expired, CheckoutState::Creating, CheckoutState::Open];
        for (number, state) in (11..).zip(states) {
            tx.customers(project_id()).insert(&customer(number))?;
            let expires_at = minutes(i64::try_from(number).unwrap_or_default());
            let row = Checkout { expires_at, ..checkout(number, id(number), state) };
            tx.checkouts(project_id()).insert(&row)?;
        }
        let overdue = tx.overdue_checkouts(minutes(13), minutes(20), 10)?;
        tx.checkouts(project_id()).leave_alone(id(11), minutes(25))?;
        let others = tx.overdue_checkouts(minutes(13), minutes(20), 10)?;
        let again = tx.overdue_checkouts(minutes(13), minutes(25), 10)?;
        Ok([overdue, others, again])
    })
    .await;
    let ids = found.map(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
    assert_eq!(ids, [vec![id(11), id(13)], vec![id(13)], vec![id(11), id(13)]], "one was left alone");
}

async fn rolling_subscriptions_are_the_free_ones_whose_period_is_over(database: &TestDatabase) {
    let store = shop(database).await;
    let over = |end| Some(Period { number: 1, start: minutes(0), end: Some(minutes(end)) });
    let found = write(&store, move |tx| {
        let mut table = tx.subscriptions(project_id());
        let free =
            |number| Subscription { stripe_subscription_id: None, ended_at: None, ..subscription(number) };
        table.insert(&Subscription { current_period: over(5), ..free(101) })?;
        table.insert(&Subscription { current_period: over(6), ..free(102) })?;
        table.insert(&Subscription { current_period: over(4), ended_at: Some(minutes(9)), ..free(103) })?;
        let stripe_subscription_id = Some("sub_paid".to_owned());
        table.insert(&Subscription { current_period: over(3), stripe_subscription_id, ..free(104) })?;
        tx.rolling_subscriptions(minutes(5), 10)
    })
    .await;
    assert_eq!(found, [(project_id(), id(101))]);
}

async fn due_subscriptions_are_the_live_ones_whose_end_has_come(database: &TestDatabase) {
    let store = shop(database).await;
    let due = write(&store, |tx| {
        let mut table = tx.subscriptions(project_id());
        table.insert(&subscription(100))?;
        table.insert(&Subscription { ended_at: Some(minutes(5)), ..subscription(101) })?;
        table.insert(&Subscription { ended_at: Some(minutes(6)), ..subscription(102) })?;
        table.insert(&Subscription { ended_at: Some(minutes(4)), ..subscription(103) })?;
        let state = SubscriptionState::Ended;
        table.insert(&Subscription { state, ended_at: Some(minutes(1)), ..subscription(104) })?;
        tx.due_subscriptions(minutes(5), 10)
    })
    .await;
    assert_eq!(due, [(project_id(), id(103)), (project_id(), id(101))]);
}

async fn due_addons_are_the_live_ones_whose_end_has_come(database: &TestDatabase) {
    let store = shop(database).await;
    let due = write(&store, |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        let mut table = tx.subscription_addons(project_id());
        for (number, state, end) in [
            (80, AddonState::Active, Some(5)),
            (81, AddonState::Active, Some(6)),
            (82, AddonState::Ended, Some(1)),
            (83, AddonState::Active, None),
        ] {
            let ended_at = end.map(minutes);
            table.insert(&SubscriptionAddon { state, ended_at, ..bought_addon(number, 100) })?;
        }
        tx.due_subscription_addons(minutes(5), 10)
    })
    .await;
    assert_eq!(due, [(project_id(), id(80))]);
}

async fn long_arrears_are_those_of_live_subscriptions_past_their_time(database: &TestDatabase) {
    let store = shop(database).await;
    let found = write(&store, |tx| {
        let rows = [
            (100, SubscriptionState::PastDue, Some(minutes(1))),
            (101, SubscriptionState::PastDue, Some(minutes(9))),
            (102, SubscriptionState::Restricted, None),
            (103, SubscriptionState::Ended, Some(minutes(1))),
            (104, SubscriptionState::Restricted, Some(minutes(0))),
        ];
        for (number, state, until) in rows {
            let arrears = Some(Arrears { since: minutes(0), until, restricted_at: None });
            let row = Subscription { state, arrears, ..subscription(number) };
            tx.subscriptions(project_id()).insert(&row)?;
        }
        tx.subscriptions_in_long_arrears(minutes(1), 10)
    })
    .await;
    assert_eq!(found, [(project_id(), id(104)), (project_id(), id(100))]);
}
