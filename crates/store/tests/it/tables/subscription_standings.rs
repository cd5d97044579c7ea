//! How a customer stands in an exclusive group: by the live subscription, and with what waits for it.

use perennial_domain::{Money, Price, Subscription, SubscriptionChange, SubscriptionState};
use perennial_store::{StoreError, Tx};

use super::fixtures::{CUSTOMER, PLAN, id, minutes, price, project_id, shop, subscription, write};
use super::subscription_changes::change;
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    the_live_subscription_stands_for_its_group_else_the_latest,
    a_plan_for_nothing_that_waits_is_told,
}

const GROUP: &str = "workspace";

fn of_group(number: u128, state: SubscriptionState) -> Subscription {
    Subscription { exclusive_group: Some(GROUP.to_owned()), state, ..subscription(number) }
}

fn becomes_free(tx: &mut Tx<'_>) -> Result<Option<bool>, StoreError> {
    let standing = tx.subscriptions(project_id()).standing_in_group(id(CUSTOMER), GROUP)?;
    Ok(standing.map(|standing| standing.becomes_free))
}

async fn the_live_subscription_stands_for_its_group_else_the_latest(database: &TestDatabase) {
    let store = shop(database).await;
    let found = write(&store, |tx| {
        let mut subscriptions = tx.subscriptions(project_id());
        let ended = |number, at| Subscription {
            created_at: minutes(at),
            ..of_group(number, SubscriptionState::Ended)
        };
        subscriptions.insert(&subscription(99))?;
        let none = subscriptions.standing_in_group(id(CUSTOMER), GROUP)?;
        subscriptions.insert(&ended(101, 5))?;
        subscriptions.insert(&ended(102, 9))?;
        let latest = subscriptions.standing_in_group(id(CUSTOMER), GROUP)?;
        subscriptions.insert(&of_group(100, SubscriptionState::Active))?;
        let live = subscriptions.standing_in_group(id(CUSTOMER), GROUP)?;
        let strangers = subscriptions.standing_in_group(id(11), GROUP)?;
        let elsewhere = tx.subscriptions(id(2)).standing_in_group(id(CUSTOMER), GROUP)?;
        Ok([none, latest, live, strangers, elsewhere])
    })
    .await;
    let ids = found.each_ref().map(|standing| standing.as_ref().map(|standing| standing.subscription.id));
    assert_eq!(ids, [None, Some(id(102)), Some(id(100)), None, None]);
    let live = found[2].as_ref().unwrap();
    assert_eq!((live.product.id, live.price.id, live.becomes_free), (id(PLAN), id(PLAN), false));
}

async fn a_plan_for_nothing_that_waits_is_told(database: &TestDatabase) {
    const FREE: u128 = 22;
    let store = shop(database).await;
    let told = write(&store, |tx| {
        let paid = price(PLAN);
        let free = Money::zero(paid.amount.currency);
        let free =
            Price { id: id(FREE), reference: "free".into(), amount: free, stripe_price_id: None, ..paid };
        tx.prices(project_id()).insert(&free)?;
        tx.subscriptions(project_id()).insert(&of_group(100, SubscriptionState::Active))?;
        let mut told = Vec::new();
        for price in [PLAN, FREE] {
            let mut waiting = SubscriptionChange { price_id: id(price), ..change(130 + price, 100) };
            tx.subscription_changes(project_id()).insert(&waiting)?;
            told.push(becomes_free(tx)?);
            waiting.delete();
            tx.subscription_changes(project_id()).update(&waiting)?;
            told.push(becomes_free(tx)?);
        }
        Ok(told)
    })
    .await;
    assert_eq!(told, [Some(false), Some(false), Some(true), Some(false)]);
}
