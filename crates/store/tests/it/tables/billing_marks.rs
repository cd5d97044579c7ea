//! How far Stripe's bills are known.

use jiff::Timestamp;
use perennial_domain::{PaymentMethod, Period, Subscription, SubscriptionState};
use perennial_store::tables::{BilledHere, BillingAnswer, KnownBilling, NotedAnswer};
use perennial_store::{Store, StoreError, Tx};

use super::fixtures::{bought_addon, id, minutes, payment_method, project_id, shop, subscription, write};
use super::subscription_changes::change;
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    a_mark_only_moves_on,
    what_is_known_before_stripe_is_asked_is_one_picture,
    an_answer_that_is_noted_tells_what_else_there_is,
    the_card_is_the_one_of_the_latest_answer,
    an_overdue_renewal_is_found_until_stripe_was_asked,
}

async fn put(store: &Store, settled_until: Option<Timestamp>, asked_at: Timestamp) -> Option<Timestamp> {
    write(store, move |tx| {
        tx.billing_marks(project_id()).put(&BillingAnswer { settled_until, asked_at, ..answer("sub_1") })?;
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

async fn what_is_known_before_stripe_is_asked_is_one_picture(database: &TestDatabase) {
    let store = shop(database).await;
    let known = |store: Store| async move {
        store
            .read_once(|tx| tx.billing_marks(project_id()).known("sub_11"))
            .await
            .unwrap_or_else(|error: StoreError| panic!("{error}"))
    };
    let nothing = KnownBilling { settled_until: None, pictures: 0, subscription: None };
    assert_eq!(known(store.clone()).await, nothing);
    let noted = write(&store, |tx| {
        let own = billed(11, SubscriptionState::Active, 10);
        tx.subscriptions(project_id()).insert(&Subscription { canceled_at: Some(minutes(4)), ..own })?;
        tx.billing_marks(project_id()).put(&answer("sub_11"))?;
        let later = BillingAnswer { settled_until: Some(minutes(2)), ..answer("sub_11") };
        tx.billing_marks(project_id()).put(&later)
    });
    assert_eq!(noted.await, NotedAnswer { pictures: 2, ..NOTHING_BESIDE });
    let found = known(store.clone()).await;
    assert_eq!((found.settled_until, found.pictures), (Some(minutes(2)), 2));
    let price = write(&store, |tx| tx.prices(project_id()).find(subscription(11).price_id)).await.unwrap();
    let here = BilledHere {
        price_id: price.id,
        stripe_price_id: price.stripe_price_id,
        canceled_at: Some(minutes(4)),
    };
    assert_eq!(found.subscription, Some(here));
    let elsewhere = write(&store, |tx| tx.billing_marks(id(2)).known("sub_11")).await;
    assert_eq!(elsewhere, nothing);
}

async fn an_answer_that_is_noted_tells_what_else_there_is(database: &TestDatabase) {
    let store = shop(database).await;
    let noted = write(&store, |tx| {
        for number in [11, 12] {
            tx.subscriptions(project_id()).insert(&billed(number, SubscriptionState::Active, 10))?;
        }
        tx.subscription_changes(project_id()).insert(&change(21, 11))?;
        tx.subscription_addons(project_id()).insert(&bought_addon(22, 11))?;
        for (number, detached_at) in [(31, Some(minutes(1))), (32, None)] {
            let method = PaymentMethod { detached_at, is_default: false, ..payment_method(number) };
            tx.payment_methods(project_id()).insert(&method)?;
        }
        let mut marks = tx.billing_marks(project_id());
        let first = BillingAnswer { payment_method_id: Some("pm_31"), ..answer("sub_11") };
        let other =
            BillingAnswer { payment_method_id: Some("pm_32"), subscription: id(12), ..answer("sub_12") };
        Ok([marks.put(&first)?, marks.put(&other)?])
    });
    let everything = NotedAnswer { pictures: 1, has_open_change: true, has_addons: true, card_is_gone: true };
    assert_eq!(noted.await, [everything, NOTHING_BESIDE]);
}

async fn the_card_is_the_one_of_the_latest_answer(database: &TestDatabase) {
    let store = shop(database).await;
    let mut cards = Vec::new();
    for card in [Some("pm_1"), Some("pm_2"), None] {
        let known = write(&store, move |tx| {
            let chosen = BillingAnswer { payment_method_id: card, ..answer("sub_1") };
            tx.billing_marks(project_id()).put(&chosen)?;
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
    let asked = |tx: &mut Tx<'_>| {
        tx.billing_marks(project_id()).put(&BillingAnswer { asked_at: minutes(21), ..answer("sub_14") })
    };
    write(&store, asked).await;
    assert_eq!(overdue(store.clone(), 20).await, ["sub_11"]);
    assert_eq!(overdue(store, 21).await, ["sub_14", "sub_11"]);
}

const NOTHING_BESIDE: NotedAnswer =
    NotedAnswer { pictures: 1, has_open_change: false, has_addons: false, card_is_gone: false };

fn answer(stripe_subscription_id: &str) -> BillingAnswer<'_> {
    BillingAnswer {
        stripe_subscription_id,
        subscription: id(11),
        settled_until: None,
        payment_method_id: None,
        asked_at: minutes(1),
    }
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
