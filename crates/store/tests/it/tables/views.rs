//! A view shows a subscription with all that belongs to it, and misses none that lacks something.

use perennial_domain::{Porting, PortingStatus, Subscription};
use perennial_store::tables::{PageRequest, SubscriptionFilter};

use super::fixtures::{
    ADDON, CUSTOMER, PLAN, bought_addon, id, minutes, porting, project_id, shop, sim, subscription, write,
};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    a_view_holds_what_belongs_to_the_subscription,
    a_subscription_without_sim_and_porting_is_shown,
    the_latest_porting_is_current_until_it_ends,
    a_view_of_a_bought_addon_holds_its_product_and_price,
}

async fn a_view_holds_what_belongs_to_the_subscription(database: &TestDatabase) {
    let store = shop(database).await;
    let view = write(&store, |tx| {
        tx.sims(project_id()).insert(&sim(40))?;
        tx.subscriptions(project_id()).insert(&Subscription { sim_id: Some(id(40)), ..subscription(100) })?;
        let pending = Porting { subscription_id: Some(id(100)), ..porting(70, PortingStatus::Pending) };
        tx.portings(project_id()).insert(&pending)?;
        tx.subscriptions(project_id()).view(id(100))
    })
    .await
    .unwrap();
    assert_eq!((view.subscription.id, view.subscription.sim_id), (id(100), Some(id(40))));
    assert_eq!((view.product.id, view.price.id, view.customer.id), (id(PLAN), id(PLAN), id(CUSTOMER)));
    assert_eq!(view.product.plan_facts.unwrap().provider, "test");
    let sim = view.sim.unwrap();
    assert_eq!((sim.id, sim.activation_code.as_deref()), (id(40), Some("LPA:1$test$code")));
    assert_eq!(view.porting.unwrap().id, id(70));
    assert_eq!(view.last_porting.unwrap().status, PortingStatus::Pending);
}

async fn a_subscription_without_sim_and_porting_is_shown(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        let elsewhere = Porting { subscription_id: Some(id(101)), ..porting(70, PortingStatus::Pending) };
        tx.portings(project_id()).insert(&elsewhere)
    })
    .await;
    let filter = SubscriptionFilter::default();
    let page =
        store.read(move |tx| tx.subscriptions(project_id()).view_page(&filter, PageRequest::first(10))).await;
    let views = page.unwrap().items;
    assert_eq!(views.len(), 1);
    assert!(views[0].sim.is_none() && views[0].porting.is_none() && views[0].last_porting.is_none());
}

async fn the_latest_porting_is_current_until_it_ends(database: &TestDatabase) {
    let store = shop(database).await;
    let (view, current, later_view, later_current) = write(&store, |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        let of = |number, status| Porting { subscription_id: Some(id(100)), ..porting(number, status) };
        let mut portings = tx.portings(project_id());
        portings.insert(&of(72, PortingStatus::Canceled))?;
        portings.insert(&Porting { created_at: minutes(1), ..of(71, PortingStatus::Declined) })?;
        let current = portings.current_of(id(100))?;
        let view = tx.subscriptions(project_id()).view(id(100))?;
        tx.portings(project_id()).update(&of(71, PortingStatus::Completed))?;
        let later = tx.subscriptions(project_id()).view(id(100))?;
        Ok((view, current, later, tx.portings(project_id()).current_of(id(100))?))
    })
    .await;
    let (view, later_view) = (view.unwrap(), later_view.unwrap());
    assert_eq!(current.unwrap().id, id(71));
    assert_eq!(view.porting.unwrap().id, id(71));
    assert_eq!(later_view.last_porting.unwrap().id, id(71));
    assert!(later_view.porting.is_none() && later_current.is_none());
}

async fn a_view_of_a_bought_addon_holds_its_product_and_price(database: &TestDatabase) {
    let store = shop(database).await;
    let view = write(&store, |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        tx.subscription_addons(project_id()).insert(&bought_addon(110, 100))?;
        tx.subscription_addons(project_id()).view(id(110))
    })
    .await
    .unwrap();
    assert_eq!((view.addon.id, view.product.id, view.price.id), (id(110), id(ADDON), id(ADDON)));
}
