//! Changes of plan: one may be open, and the sweep finds what nobody finished.

use perennial_domain::{ChangeTime, Subscription, SubscriptionChange, SubscriptionChangeState};
use perennial_store::tables::{PageRequest, SubscriptionChangeFilter};

use super::fixtures::{PLAN, id, minutes, price, project_id, same, shop, subscription, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    changes_come_back,
    due_changes_are_those_whose_day_has_come_and_that_stripe_knows_nothing_of,
    a_subscription_has_one_open_change,
    the_sweep_finds_what_stripe_does_not_know,
}

/// A change that waits for the renewal, of the subscription with this number.
pub(super) fn change(number: u128, of: u128) -> SubscriptionChange {
    SubscriptionChange {
        requested: ChangeTime::Renewal,
        state: SubscriptionChangeState::Pending,
        scheduled_at: Some(minutes(60)),
        ..SubscriptionChange::of(id(number), &subscription(of), &price(PLAN), noon())
    }
}

async fn changes_come_back(database: &TestDatabase) {
    let store = shop(database).await;
    let mut applied = change(130, 100);
    applied.arranged_at = Some(minutes(1));
    applied.stripe_invoice_id = Some("in_1".into());
    applied.apply(minutes(60));
    let expected = applied.clone();
    let (fresh, found, view) = write(&store, move |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        let mut changes = tx.subscription_changes(project_id());
        changes.insert(&change(130, 100))?;
        let fresh = changes.open_of(id(100))?;
        changes.update(&applied)?;
        Ok((fresh, changes.lock(id(130))?, changes.view(id(130))?))
    })
    .await;
    same(fresh, &change(130, 100));
    same(found, &expected);
    assert_eq!(view.unwrap().product.id, id(PLAN));
    let page = |states| {
        let filter = SubscriptionChangeFilter { subscription: Some(id(100)), customer: None, states };
        store.read(move |tx| tx.subscription_changes(project_id()).view_page(&filter, PageRequest::first(9)))
    };
    assert_eq!(page(vec![SubscriptionChangeState::Applied]).await.unwrap().items.len(), 1);
    assert_eq!(page(vec![SubscriptionChangeState::Pending]).await.unwrap().items.len(), 0);
}

async fn due_changes_are_those_whose_day_has_come_and_that_stripe_knows_nothing_of(database: &TestDatabase) {
    let store = shop(database).await;
    let due = write(&store, |tx| {
        for (number, stripe_id) in [(100, None), (101, None), (102, Some("sub_102"))] {
            let subscription = Subscription {
                exclusive_group: None,
                checkout_id: None,
                stripe_subscription_id: stripe_id.map(str::to_owned),
                ..subscription(number)
            };
            tx.subscriptions(project_id()).insert(&subscription)?;
        }
        for (number, of, day) in [(130, 100, 5), (131, 101, 7), (132, 102, 5)] {
            let waiting = SubscriptionChange { scheduled_at: Some(minutes(day)), ..change(number, of) };
            tx.subscription_changes(project_id()).insert(&waiting)?;
        }
        tx.due_subscription_changes(minutes(6), 10)
    })
    .await;
    assert_eq!(due, [(project_id(), id(130))]);
}

async fn a_subscription_has_one_open_change(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        tx.subscription_changes(project_id()).insert(&change(130, 100))
    })
    .await;
    let second = store.write(|tx| tx.subscription_changes(project_id()).insert(&change(131, 100))).await;
    assert!(second.unwrap_err().is_conflict("subscription_changes_open_key"));
    write(&store, |tx| {
        let mut first = change(130, 100);
        first.delete();
        tx.subscription_changes(project_id()).update(&first)?;
        tx.subscription_changes(project_id()).insert(&change(131, 100))
    })
    .await;
}

async fn the_sweep_finds_what_stripe_does_not_know(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        for (number, arranged) in [(100, false), (101, true)] {
            let bought = perennial_domain::Subscription {
                checkout_id: None,
                stripe_subscription_id: Some(format!("sub_{number}")),
                ..subscription(number)
            };
            tx.subscriptions(project_id()).insert(&bought)?;
            let arranged_at = arranged.then(|| minutes(1));
            let asked = SubscriptionChange { arranged_at, ..change(number + 30, number) };
            tx.subscription_changes(project_id()).insert(&asked)?;
        }
        Ok(())
    })
    .await;
    let unfinished = |asked| {
        let found =
            store.read(move |tx| tx.unfinished_subscription_changes(minutes(asked), minutes(asked - 60), 10));
        async move { found.await.unwrap().into_iter().map(|(_, change)| change).collect::<Vec<_>>() }
    };
    assert_eq!(unfinished(-1).await, []);
    assert_eq!(unfinished(1).await, [id(130)]);

    // What waits for its customer's bank is left alone for as long as that may take.
    write(&store, |tx| {
        let asked = tx.subscription_changes(project_id()).find(id(130))?.expect("it was asked for");
        let waiting = SubscriptionChange { stripe_invoice_id: Some("in_130".into()), ..asked };
        tx.subscription_changes(project_id()).update(&waiting)
    })
    .await;
    assert_eq!(unfinished(1).await, []);
    assert_eq!(unfinished(61).await, [id(130)]);
}
