//! Pages join without gap or overlap in both directions, and say truly whether there is more.

use perennial_domain::{CheckoutState, Customer, Id, Sim, SimStatus};
use perennial_store::Store;
use perennial_store::tables::{
    CheckoutFilter, PageError, PageRequest, SimFilter, Slice, SubscriptionFilter, page_of,
};
use uuid::Uuid;

use super::fixtures::{
    CUSTOMER, address, checkout, customer, id, minutes, plan, project_id, shop, sim, subscription, write,
};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    pages_join_in_both_directions,
    pages_in_memory_join_as_those_in_the_database,
    a_page_tells_whether_more_matches,
    a_cursor_need_not_match_the_filter,
    an_unknown_cursor_is_refused,
    a_page_of_nothing_is_empty,
    every_list_pages,
}

/// SIMs 1 to 9, three at each of three moments, added in no order.
async fn nine_sims(store: &Store) {
    write(store, |tx| {
        for number in [5, 2, 9, 1, 7, 3, 6, 8, 4] {
            let created_at = minutes((i64::try_from(number).unwrap_or_default() - 1) / 3);
            tx.sims(project_id()).insert(&Sim { created_at, ..sim(number) })?;
        }
        Ok(())
    })
    .await;
}

fn after(number: u128, limit: u32) -> PageRequest {
    PageRequest { after: Some(Uuid::from_u128(number)), before: None, limit }
}

fn before(number: u128, limit: u32) -> PageRequest {
    PageRequest { after: None, before: Some(Uuid::from_u128(number)), limit }
}

async fn sims(store: &Store, filter: SimFilter, request: PageRequest) -> Result<Slice<u128>, PageError> {
    let page = store.read(move |tx| tx.sims(project_id()).page(&filter, request)).await?;
    Ok(numbers(&page, |sim| sim.id.uuid()))
}

fn numbers<T>(page: &Slice<T>, id: impl Fn(&T) -> Uuid) -> Slice<u128> {
    let items = page.items.iter().map(|row| id(row).as_u128()).collect();
    Slice { items, more_after: page.more_after, more_before: page.more_before }
}

fn slice<const LENGTH: usize>(items: [u128; LENGTH], more_before: bool, more_after: bool) -> Slice<u128> {
    Slice { items: items.into(), more_after, more_before }
}

async fn pages_join_in_both_directions(database: &TestDatabase) {
    let store = shop(database).await;
    nine_sims(&store).await;
    let page = async |request| sims(&store, SimFilter::default(), request).await.unwrap();
    assert_eq!(page(PageRequest::first(4)).await, slice([9, 8, 7, 6], false, true));
    assert_eq!(page(after(6, 4)).await, slice([5, 4, 3, 2], true, true));
    assert_eq!(page(after(2, 4)).await, slice([1], true, false));
    assert_eq!(page(before(1, 4)).await, slice([5, 4, 3, 2], true, true));
    assert_eq!(page(before(5, 4)).await, slice([9, 8, 7, 6], false, true));
    assert!(!page(PageRequest::first(9)).await.more_after);
}

async fn pages_in_memory_join_as_those_in_the_database(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        for number in [35, 32, 31, 33, 34] {
            tx.products(project_id()).insert(&plan(number))?;
        }
        Ok(())
    })
    .await;
    let page = async |request| {
        let page = store.read(move |tx| {
            let products = tx.products(project_id()).all()?;
            page_of(products, |product| product.id.uuid(), |product| product.plan_facts.is_some(), request)
        });
        let page = page.await;
        numbers(&page.unwrap(), |product| product.id.uuid())
    };
    // The shop's own plan is 20; what does not match is no page's.
    assert_eq!(page(PageRequest::first(2)).await, slice([35, 34], false, true));
    assert_eq!(page(after(34, 3)).await, slice([33, 32, 31], true, true));
    assert_eq!(page(after(31, 3)).await, slice([20], true, false));
    assert_eq!(page(before(20, 2)).await, slice([32, 31], true, true));
    assert_eq!(page(before(34, 2)).await, slice([35], false, true));
    assert_eq!(page(after(20, 2)).await, slice([], true, false));
    assert_eq!(page(after(35, 0)).await, slice([], false, false));
}

async fn a_page_tells_whether_more_matches(database: &TestDatabase) {
    let store = shop(database).await;
    nine_sims(&store).await;
    write(&store, |tx| {
        for number in [2, 3] {
            tx.sims(project_id()).update(&Sim { status: SimStatus::Retired, ..sim(number) })?;
        }
        Ok(())
    })
    .await;
    let retired = || SimFilter { statuses: vec![SimStatus::Retired], ..SimFilter::default() };
    // There are newer SIMs than 3 and older ones than 2, but none of those match.
    assert_eq!(sims(&store, retired(), PageRequest::first(2)).await.unwrap(), slice([3, 2], false, false));
    assert_eq!(sims(&store, retired(), after(9, 2)).await.unwrap(), slice([3, 2], false, false));
    assert_eq!(sims(&store, retired(), after(3, 2)).await.unwrap(), slice([2], true, false));
    assert_eq!(sims(&store, retired(), before(1, 2)).await.unwrap(), slice([3, 2], false, false));
}

async fn a_cursor_need_not_match_the_filter(database: &TestDatabase) {
    let store = shop(database).await;
    nine_sims(&store).await;
    write(&store, |tx| tx.sims(project_id()).update(&Sim { status: SimStatus::Active, ..sim(5) })).await;
    let inactive = SimFilter { statuses: vec![SimStatus::Inactive], ..SimFilter::default() };
    assert_eq!(sims(&store, inactive, after(5, 2)).await.unwrap(), slice([4, 3], true, true));
}

async fn an_unknown_cursor_is_refused(database: &TestDatabase) {
    let store = shop(database).await;
    for request in [after(404, 10), before(404, 10), after(404, 0)] {
        let page = sims(&store, SimFilter::default(), request).await;
        assert!(matches!(page, Err(PageError::UnknownCursor)), "{request:?}: {page:?}");
        let page = page_of(vec![uuid::Uuid::nil()], |row| *row, |_| true, request);
        assert!(matches!(page, Err(PageError::UnknownCursor)), "{request:?}: {page:?}");
    }
}

async fn a_page_of_nothing_is_empty(database: &TestDatabase) {
    let store = shop(database).await;
    nine_sims(&store).await;
    let page = async |request| sims(&store, SimFilter::default(), request).await.unwrap();
    assert_eq!(page(PageRequest::first(0)).await, slice([], false, false));
    assert_eq!(page(after(5, 0)).await, slice([], false, false));
}

async fn every_list_pages(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        let project = project_id();
        for number in [11, 12] {
            tx.customers(project).insert(&Customer { created_at: minutes(1), ..customer(number) })?;
            tx.addresses(project).insert(&address(number))?;
            tx.subscriptions(project).insert(&subscription(number))?;
            tx.checkouts(project).insert(&checkout(number, id(CUSTOMER), CheckoutState::Settled))?;
        }
        Ok(())
    })
    .await;
    let pages = store.read(|tx| {
        let (project, all, request) = (project_id(), SubscriptionFilter::default(), after(12, 1));
        let orders = CheckoutFilter { customer: Some(id(CUSTOMER)) };
        let views = tx.subscriptions(project).view_page(&all, request)?;
        Ok::<_, PageError>([
            numbers(&tx.customers(project).page(request)?, |row| row.id.uuid()),
            numbers(&tx.addresses(project).page(id(CUSTOMER), request)?, |row| row.id.uuid()),
            numbers(&tx.checkouts(project).view_page(&orders, request)?, |row| row.checkout.id.uuid()),
            numbers(&tx.subscriptions(project).page(&all, request)?, |row| row.id.uuid()),
            numbers(&views, |row| row.subscription.id.uuid()),
        ])
    });
    assert_eq!(pages.await.unwrap().map(|page| page.items), [(); 5].map(|()| vec![11]));
}
