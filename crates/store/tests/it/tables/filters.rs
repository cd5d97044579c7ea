//! Each filter keeps what it names, alone and with the others.

use perennial_domain::{
    AddonState, Iccid, Id, Sim, SimStatus, SimType, Subscription, SubscriptionAddon, SubscriptionState,
};
use perennial_store::Store;
use perennial_store::tables::{
    PageError, PageRequest, SimFilter, SubscriptionAddonFilter, SubscriptionFilter,
};

use super::fixtures::{
    ADDON, CUSTOMER, PLAN, bought_addon, customer, id, price, project_id, shop, sim, software, subscription,
    write,
};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    subscriptions_are_filtered,
    sims_are_filtered,
    bought_addons_are_filtered,
}

const ALL: PageRequest = PageRequest::first(50);

async fn subscriptions(store: &Store, filter: SubscriptionFilter) -> Vec<u128> {
    let page = store.read(move |tx| {
        let views = tx.subscriptions(project_id()).view_page(&filter, ALL)?;
        let held = tx.subscriptions(project_id()).held_page(&filter, ALL)?;
        let rows = tx.subscriptions(project_id()).page(&filter, ALL)?;
        let of_views = views.items.into_iter().map(|view| view.subscription.id.uuid().as_u128());
        let of_held = held.items.into_iter().map(|held| held.subscription.id.uuid().as_u128());
        let of_rows = rows.items.into_iter().map(|row| row.id.uuid().as_u128());
        Ok::<_, PageError>([of_views.collect::<Vec<_>>(), of_held.collect(), of_rows.collect()])
    });
    let [views, held, rows] = page.await.unwrap();
    assert_eq!((&views, &held), (&rows, &rows));
    rows
}

async fn subscriptions_are_filtered(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        tx.customers(project_id()).insert(&customer(11))?;
        tx.products(project_id()).insert(&software(22))?;
        tx.prices(project_id()).insert(&price(22))?;
        tx.sims(project_id()).insert(&sim(40))?;
        let mut table = tx.subscriptions(project_id());
        table.insert(&Subscription { sim_id: Some(id(40)), ..subscription(100) })?;
        table.insert(&Subscription { state: SubscriptionState::Ended, ..subscription(101) })?;
        table.insert(&Subscription { customer_id: id(11), ..subscription(102) })?;
        table.insert(&Subscription {
            product_id: id(22),
            price_id: id(22),
            state: SubscriptionState::Pending,
            phone_number: Some("+31970555010".into()),
            ..subscription(103)
        })
    })
    .await;
    let none = SubscriptionFilter::default;
    let live = vec![SubscriptionState::Pending, SubscriptionState::Active];
    assert_eq!(subscriptions(&store, none()).await, [103, 102, 101, 100]);
    let filter = SubscriptionFilter { customer: Some(id(CUSTOMER)), states: live.clone(), ..none() };
    assert_eq!(subscriptions(&store, filter).await, [103, 100]);
    let filter = SubscriptionFilter { product: Some(id(22)), ..none() };
    assert_eq!(subscriptions(&store, filter).await, [103]);
    let filter = SubscriptionFilter { sim: Some(id(40)), ..none() };
    assert_eq!(subscriptions(&store, filter).await, [100]);
    let filter = SubscriptionFilter { phone_number: Some("+31970555010".into()), ..none() };
    assert_eq!(subscriptions(&store, filter).await, [103]);
    let filter = SubscriptionFilter {
        customer: Some(id(CUSTOMER)),
        product: Some(id(PLAN)),
        sim: Some(id(40)),
        states: live,
        phone_number: Some("+31970555010".into()),
    };
    assert_eq!(subscriptions(&store, filter).await, []);
}

async fn sims(store: &Store, filter: SimFilter) -> Vec<u128> {
    let page = store.read(move |tx| tx.sims(project_id()).page(&filter, ALL)).await;
    page.unwrap().items.iter().map(|sim| sim.id.uuid().as_u128()).collect()
}

async fn sims_are_filtered(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        let mut table = tx.sims(project_id());
        table.insert(&Sim { customer_id: None, ..sim(40) })?;
        table.insert(&Sim { status: SimStatus::Active, provider: "other".into(), ..sim(41) })?;
        table.insert(&Sim {
            status: SimStatus::Retired,
            sim_type: SimType::Psim,
            iccid: Iccid::with_check_digit("8944", 7),
            ..sim(42)
        })
    })
    .await;
    let none = SimFilter::default;
    assert_eq!(sims(&store, none()).await, [42, 41, 40]);
    assert_eq!(sims(&store, SimFilter { provider: Some("test".into()), ..none() }).await, [42, 40]);
    assert_eq!(sims(&store, SimFilter { sim_type: Some(SimType::Psim), ..none() }).await, [42]);
    assert_eq!(sims(&store, SimFilter { customer: Some(id(CUSTOMER)), ..none() }).await, [42, 41]);
    let statuses = vec![SimStatus::Inactive, SimStatus::Active];
    assert_eq!(sims(&store, SimFilter { statuses, ..none() }).await, [41, 40]);
}

async fn bought_addons(store: &Store, filter: SubscriptionAddonFilter) -> Vec<u128> {
    let page = store.read(move |tx| tx.subscription_addons(project_id()).view_page(&filter, ALL));
    page.await.unwrap().items.iter().map(|view| view.addon.id.uuid().as_u128()).collect()
}

async fn bought_addons_are_filtered(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        tx.customers(project_id()).insert(&customer(11))?;
        for number in [100, 101] {
            tx.subscriptions(project_id()).insert(&subscription(number))?;
        }
        let mut table = tx.subscription_addons(project_id());
        table.insert(&bought_addon(110, 100))?;
        table.insert(&SubscriptionAddon { customer_id: id(11), ..bought_addon(111, 101) })?;
        table.insert(&SubscriptionAddon { state: AddonState::Ended, ..bought_addon(112, 101) })
    })
    .await;
    let none = SubscriptionAddonFilter::default;
    assert_eq!(
        bought_addons(&store, SubscriptionAddonFilter { addon: Some(id(ADDON)), ..none() }).await,
        [112, 111, 110]
    );
    assert_eq!(bought_addons(&store, SubscriptionAddonFilter { addon: Some(id(PLAN)), ..none() }).await, []);
    assert_eq!(
        bought_addons(&store, SubscriptionAddonFilter { subscription: Some(id(101)), ..none() }).await,
        [112, 111]
    );
    assert_eq!(
        bought_addons(&store, SubscriptionAddonFilter { customer: Some(id(11)), ..none() }).await,
        [111]
    );
    let states = vec![AddonState::Pending, AddonState::Active];
    assert_eq!(bought_addons(&store, SubscriptionAddonFilter { states, ..none() }).await, [111, 110]);
}
