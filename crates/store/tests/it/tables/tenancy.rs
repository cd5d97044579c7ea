//! A project sees and changes its own rows only.

use perennial_domain::{CheckoutState, CustomerId, ProjectId, Subscription};
use perennial_store::StoreError;
use perennial_store::tables::{PageError, PageRequest, SubscriptionFilter};

use super::fixtures::{
    CUSTOMER, PLAN, address, checkout, connect_session, customer, id, payment, project_id, shop, sim,
    subscription, write,
};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    another_project_finds_nothing,
    another_project_changes_nothing,
    another_projects_row_is_no_cursor,
    two_projects_may_have_the_same_customer,
}

fn other() -> ProjectId {
    id(2)
}

async fn another_project_finds_nothing(database: &TestDatabase) {
    let store = shop(database).await;
    let found = write(&store, |tx| {
        let customer = id::<CustomerId>(CUSTOMER);
        tx.addresses(project_id()).insert(&address(50))?;
        tx.sims(project_id()).insert(&sim(40))?;
        tx.connect_sessions(project_id()).insert(&connect_session(80), None)?;
        tx.checkouts(project_id()).insert(&checkout(90, customer, CheckoutState::Open))?;
        tx.subscriptions(project_id())
            .insert(&Subscription { exclusive_group: Some("mobile".into()), ..subscription(100) })?;
        tx.payments(project_id()).insert(&payment(120))?;
        Ok([
            ("customer", tx.customers(other()).find(customer)?.is_some()),
            ("e-mail", tx.customers(other()).find_by_email("person10@example.org")?.is_some()),
            ("product", tx.products(other()).find(id(PLAN))?.is_some()),
            ("catalogue", !tx.products(other()).all()?.is_empty()),
            ("price", tx.prices(other()).find(id(PLAN))?.is_some()),
            ("address", !tx.addresses(other()).active_of(customer)?.is_empty()),
            ("SIM", tx.sims(other()).find_by_iccid(&sim(40).iccid)?.is_some()),
            ("session", tx.connect_sessions(other()).find(id(80))?.is_some()),
            ("open checkout", tx.checkouts(other()).lock_undecided_of(customer)?.is_some()),
            ("subscription", tx.subscriptions(other()).find(id(100))?.is_some()),
            ("view", tx.subscriptions(other()).view(id(100))?.is_some()),
            ("group", tx.subscriptions(other()).live_of_group(customer, "mobile")?.is_some()),
            ("payment", tx.payments(other()).find_by_reference("in_120")?.is_some()),
        ])
    })
    .await;
    let leaked = found.iter().filter(|(_, found)| *found).collect::<Vec<_>>();
    assert!(leaked.is_empty(), "{leaked:?}");
}

async fn another_project_changes_nothing(database: &TestDatabase) {
    let store = shop(database).await;
    let result = store.write(|tx| tx.customers(other()).update(&customer(CUSTOMER))).await;
    assert!(matches!(result, Err(StoreError::WrongShape { found: "none", .. })), "{result:?}");
}

async fn another_projects_row_is_no_cursor(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| tx.subscriptions(project_id()).insert(&subscription(100))).await;
    let request = PageRequest { after: Some(uuid::Uuid::from_u128(100)), ..PageRequest::first(10) };
    let page = store
        .read(move |tx| tx.subscriptions(other()).view_page(&SubscriptionFilter::default(), request))
        .await;
    assert!(matches!(page, Err(PageError::UnknownCursor)), "{page:?}");
}

async fn two_projects_may_have_the_same_customer(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| tx.customers(other()).insert(&customer(CUSTOMER))).await;
    let found = write(&store, |tx| tx.customers(other()).find(id(CUSTOMER))).await;
    // The table's project counts, not the row's: nothing is written across.
    assert_eq!(found.unwrap().project_id, other());
}
