//! What jobs look for in all projects at once.

use perennial_domain::{Checkout, CheckoutState, Subscription, SubscriptionState};

use super::fixtures::{CUSTOMER, checkout, customer, id, minutes, project_id, shop, subscription, write};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    stale_checkouts_are_the_open_ones_of_old,
    due_subscriptions_are_the_live_ones_whose_end_has_come,
}

async fn stale_checkouts_are_the_open_ones_of_old(database: &TestDatabase) {
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
        Ok((tx.stale_checkouts(minutes(14), 10)?, tx.stale_checkouts(minutes(14), 1)?))
    })
    .await;
    let ids = |rows: Vec<Checkout>| rows.into_iter().map(|row| (row.project_id, row.id)).collect::<Vec<_>>();
    assert_eq!(ids(found.0), [(id(2), id(10)), (id(1), id(11)), (id(1), id(13))]);
    assert_eq!(ids(found.1), [(id(2), id(10))]);
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
    assert_eq!(due.iter().map(|row| row.id).collect::<Vec<_>>(), [id(103), id(101)]);
}
