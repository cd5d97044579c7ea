//! Businesses, the tokens that show them, and the lists of what they hold.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::{
    AppKind, Business, BusinessApp, BusinessToken, Customer, Directory, Email, Member, MemberRole, ProjectId,
    PurchaseState, Subscription, SubscriptionId, SubscriptionState, TokenGrant,
};
use perennial_store::tables::{
    BusinessFilter, BusinessHolding, BusinessSort, ListedBusiness, PageStart, RowStart, SortField,
};
use perennial_store::{Store, StoreError, Tx};

use super::fixtures::{CUSTOMER, customer, id, minutes, project_id, shop, subscription, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    a_business_takes_along_what_it_bought_before,
    what_is_there_once_names_its_index,
    a_token_works_until_it_is_taken_back,
    what_a_token_made_ends_with_it,
    tokens_are_listed_by_what_they_are_for,
    every_state_is_found_as_the_domain_says,
    pages_by_number_and_from_a_row_are_the_same,
    one_statement_finds_a_page_and_another_whose_it_is,
    another_project_sees_no_business,
}

const NEWEST: [BusinessSort; 1] = [BusinessSort { field: SortField::UpdatedAt, ascending: false }];

fn directory() -> Directory {
    Directory { id: id(300), project_id: project_id(), number: 1, name: "North".into(), created_at: noon() }
}

fn owner() -> Member {
    Member {
        id: id(301),
        project_id: project_id(),
        external_id: "owner1".into(),
        customer_id: Some(id(CUSTOMER)),
        email: Email::parse("owner@example.org").unwrap(),
        full_name: "Ada Quill".into(),
        role: MemberRole::Owner,
        is_active: true,
        created_at: noon(),
    }
}

fn business() -> Business {
    Business {
        customer_id: id(CUSTOMER),
        project_id: project_id(),
        directory_id: id(300),
        owner_id: id(301),
        created_at: noon(),
    }
}

fn listed_business() -> Arc<ListedBusiness> {
    ListedBusiness { customer_id: id(CUSTOMER), uid: "biz1".into(), owner_uid: "owner1".into() }.into()
}

fn token() -> BusinessToken {
    BusinessToken {
        id: id(302),
        project_id: project_id(),
        grant: TokenGrant { customer_id: Some(id(CUSTOMER)), ..TokenGrant::default() },
        hint: "0123abcd".into(),
        label: "test".into(),
        made_with_id: None,
        created_at: noon(),
        expires_at: None,
        revoked_at: None,
    }
}

/// The first tokens that work.
fn valid(tx: &mut Tx<'_>, project: ProjectId, now: Timestamp) -> Result<Vec<BusinessToken>, StoreError> {
    tx.business_tokens().valid(project, &TokenGrant::default(), now, (10, 0))
}

fn add_business(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let named = Customer { external_id: Some("biz1".into()), ..customer(CUSTOMER) };
    tx.customers(project_id()).update(&named)?;
    tx.directories(project_id()).insert(&directory())?;
    tx.members(project_id()).insert(&owner())?;
    tx.businesses(project_id()).insert(&business())
}

async fn with_business(database: &TestDatabase) -> Store {
    let store = shop(database).await;
    write(&store, add_business).await;
    store
}

async fn listed(store: &Store, filter: BusinessFilter, start: PageStart, limit: u32) -> Vec<SubscriptionId> {
    let found = store.read(move |tx| {
        tx.subscriptions(project_id()).business_page(&filter, &NEWEST, limit, start, minutes(0))
    });
    let found: Result<Vec<_>, StoreError> = found.await;
    found.unwrap().into_iter().map(|row| row.id).collect()
}

async fn a_business_takes_along_what_it_bought_before(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| tx.subscriptions(project_id()).insert(&subscription(100))).await;
    let everything = BusinessFilter::default;
    assert!(listed(&store, everything(), PageStart::after(0), 10).await.is_empty());
    write(&store, add_business).await;
    write(&store, |tx| {
        // Whoever changes a row at a known time moves it to the front.
        tx.subscriptions(project_id()).insert(&subscription(101))?;
        tx.at(minutes(5)).subscriptions(project_id()).update(&subscription(100))
    })
    .await;
    assert_eq!(listed(&store, everything(), PageStart::after(0), 10).await, [id(100), id(101)]);
    let found = write(&store, |tx| tx.subscriptions(project_id()).business_view(id(100))).await.unwrap();
    assert_eq!((found.business.uid.as_str(), found.buyer_uid()), ("biz1", "owner1"));
    assert_eq!((found.holding.updated_at, found.holding.created_at), (minutes(5), noon()));
}

async fn what_is_there_once_names_its_index(database: &TestDatabase) {
    let store = with_business(database).await;
    let number =
        store.write(|tx| tx.directories(project_id()).insert(&Directory { id: id(310), ..directory() }));
    assert!(number.await.is_err_and(|error: StoreError| error.is_conflict("directories_number_key")));
    let app = |number| BusinessApp {
        id: id(number),
        project_id: project_id(),
        code_name: "booking".into(),
        name: "Booking".into(),
        kind: AppKind::Paid,
        created_at: noon(),
    };
    write(&store, move |tx| tx.apps(project_id()).insert(&app(320), b"hash")).await;
    let twice = store.write(move |tx| tx.apps(project_id()).insert(&app(321), b"other")).await;
    assert!(twice.is_err_and(|error: StoreError| error.is_conflict("apps_code_name_key")));
    let part = |number, state| Subscription { bundled_from_id: Some(id(100)), state, ..subscription(number) };
    let twice = store.write(move |tx| {
        tx.subscriptions(project_id()).insert(&part(101, SubscriptionState::Ended))?;
        tx.subscriptions(project_id()).insert(&part(102, SubscriptionState::Active))?;
        tx.subscriptions(project_id()).insert(&part(103, SubscriptionState::Active))
    });
    assert!(twice.await.is_err_and(|error: StoreError| error.is_conflict("subscriptions_bundled_key")));
}

async fn a_token_works_until_it_is_taken_back(database: &TestDatabase) {
    let store = with_business(database).await;
    write(&store, |tx| tx.business_tokens().insert(&token(), b"secret")).await;
    let (found, works) = write(&store, |tx| {
        let found = tx.business_tokens().find_by_hash(b"secret")?;
        Ok((found, valid(tx, project_id(), noon())?.len()))
    })
    .await;
    assert_eq!((found.unwrap().grant, works), (token().grant, 1));
    let after = write(&store, |tx| {
        for minute in [1, 2] {
            tx.business_tokens().revoke(project_id(), id(302), minutes(minute))?;
        }
        assert!(valid(tx, project_id(), noon())?.is_empty());
        tx.business_tokens().find_by_hash(b"secret")
    })
    .await;
    assert_eq!(after.unwrap().revoked_at, Some(minutes(1)));
}

async fn what_a_token_made_ends_with_it(database: &TestDatabase) {
    let store = with_business(database).await;
    let made = |number: u128, made_with: Option<u128>| BusinessToken {
        id: id(number),
        made_with_id: made_with.map(id),
        ..token()
    };
    let left = write(&store, move |tx| {
        for (number, made_with) in [(401, None), (402, Some(401)), (403, Some(402)), (404, None)] {
            tx.business_tokens().insert(&made(number, made_with), &number.to_be_bytes())?;
        }
        tx.business_tokens().revoke(project_id(), id(403), minutes(1))?;
        tx.business_tokens().revoke(project_id(), id(401), minutes(2))?;
        let earlier = tx.business_tokens().find(project_id(), id(403))?.unwrap().revoked_at;
        assert_eq!(earlier, Some(minutes(1)));
        valid(tx, project_id(), minutes(3))
    })
    .await;
    assert_eq!(left.iter().map(|token| token.id).collect::<Vec<_>>(), [id(404)]);
}

async fn tokens_are_listed_by_what_they_are_for(database: &TestDatabase) {
    let store = with_business(database).await;
    let whole = BusinessToken { id: id(411), grant: TokenGrant::default(), ..token() };
    let late = BusinessToken { id: id(412), created_at: minutes(1), ..token() };
    write(&store, move |tx| {
        tx.business_tokens().insert(&whole, b"whole")?;
        tx.business_tokens().insert(&token(), b"early")?;
        tx.business_tokens().insert(&late, b"late")?;
        let own = |part| tx.business_tokens().valid(project_id(), &token().grant, noon(), part);
        let pages = [(1, 0), (1, 1), (1, 2)].map(own);
        let ids = pages.into_iter().map(|page| page.map(|page| page.first().map(|token| token.id)));
        assert_eq!(ids.collect::<Result<Vec<_>, _>>()?, [Some(id(412)), Some(id(302)), None]);
        assert_eq!(valid(tx, project_id(), noon())?.len(), 3);
        Ok(())
    })
    .await;
}

async fn every_state_is_found_as_the_domain_says(database: &TestDatabase) {
    let store = with_business(database).await;
    let mut rows = Vec::new();
    let times = [None, Some(minutes(-5)), Some(minutes(5))];
    for state in SubscriptionState::ALL {
        for canceled_at in [None, Some(minutes(-5))] {
            for ended_at in times {
                let number = 1_000 + rows.len() as u128;
                rows.push(Subscription { state: *state, canceled_at, ended_at, ..subscription(number) });
            }
        }
    }
    let inserted = rows.clone();
    write(&store, move |tx| inserted.iter().try_for_each(|row| tx.subscriptions(project_id()).insert(row)))
        .await;
    let product = rows[0].product_id;
    for chosen in 0..1_u32 << PurchaseState::ALL.len() {
        let states = (0..).zip(PurchaseState::ALL).filter(|(place, _)| chosen >> place & 1 == 1);
        let states = states.map(|(_, state)| *state).collect::<Vec<_>>();
        let is_wanted = |row: &&Subscription| states.contains(&row.purchase_state(minutes(0)));
        let expected = rows.iter().filter(is_wanted).map(|row| row.id).collect::<Vec<_>>();
        let states = Some(states.clone());
        let (directories, products) = (Some(vec![id(300)]), Some(vec![product, id(999)]));
        for filter in [
            // Row by row, by the index of states, by that of products, and among what a business has.
            BusinessFilter { states: states.clone(), ..BusinessFilter::default() },
            BusinessFilter {
                states: states.clone(),
                directories: directories.clone(),
                ..BusinessFilter::default()
            },
            BusinessFilter { states: states.clone(), directories, products, ..BusinessFilter::default() },
            BusinessFilter { states, businesses: Some(vec![listed_business()]), ..BusinessFilter::default() },
        ] {
            let mut found = listed(&store, filter.clone(), PageStart::after(0), 100).await;
            found.sort();
            assert_eq!(found, expected, "{filter:?}");
            let counted =
                store.read(move |tx| tx.subscriptions(project_id()).business_count(&filter, 100, minutes(0)));
            let counted: Result<i64, StoreError> = counted.await;
            assert_eq!(usize::try_from(counted.unwrap()).unwrap(), expected.len());
        }
    }
}

async fn pages_by_number_and_from_a_row_are_the_same(database: &TestDatabase) {
    let store = with_business(database).await;
    write(&store, |tx| {
        // Two at each time, so that the id has to decide.
        (0..10).try_for_each(|number: u32| {
            let created_at: Timestamp = minutes(i64::from(number / 2));
            let row = Subscription { created_at, ..subscription(200 + u128::from(number)) };
            tx.subscriptions(project_id()).insert(&row)
        })
    })
    .await;
    for filter in [
        BusinessFilter { directories: Some(vec![id(300)]), ..BusinessFilter::default() },
        BusinessFilter { businesses: Some(vec![listed_business()]), ..BusinessFilter::default() },
    ] {
        let all = listed(&store, filter.clone(), PageStart::after(0), 100).await;
        assert_eq!(all.len(), 10);
        for position in 0..9_u32 {
            let place = position as usize;
            let at = minutes(i64::from((9 - position) / 2));
            for inclusive in [false, true] {
                let start = PageStart { row: Some(RowStart { at, id: all[place], inclusive }), skip: 0 };
                let skipped = if inclusive { position } else { position + 1 };
                let expected = listed(&store, filter.clone(), PageStart::after(skipped), 3).await;
                assert_eq!(listed(&store, filter.clone(), start, 3).await, expected);
            }
        }
    }
}

async fn one_statement_finds_a_page_and_another_whose_it_is(database: &TestDatabase) {
    let store = with_business(database).await;
    let buyer = Member { id: id(305), external_id: "buyer1".into(), role: MemberRole::User, ..owner() };
    let buyer = Member { email: Email::parse("buyer@example.org").unwrap(), ..buyer };
    write(&store, move |tx| {
        tx.members(project_id()).insert(&buyer)?;
        let by_buyer = Subscription { buyer_id: Some(buyer.id), ..subscription(101) };
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        tx.subscriptions(project_id()).insert(&by_buyer)
    })
    .await;
    let known = BusinessFilter { businesses: Some(vec![listed_business()]), ..BusinessFilter::default() };
    // One statement finds a page: a second would be refused here.
    let page = async |filter: BusinessFilter| {
        let start = PageStart::after(0);
        let found = store.read_once(move |tx| {
            tx.subscriptions(project_id()).business_page(&filter, &NEWEST, 10, start, minutes(0))
        });
        let found: Result<Vec<BusinessHolding>, StoreError> = found.await;
        found.unwrap()
    };
    let lists = [page(BusinessFilter::default()).await, page(known).await];
    let buyers = lists[0].iter().map(|row| row.buyer_uid.as_deref()).collect::<Vec<_>>();
    assert_eq!(buyers, [Some("buyer1"), None]);
    let whose = store.read_once(|tx| tx.businesses(project_id()).listed(&[id(998), id(CUSTOMER), id(999)]));
    let whose: Result<Vec<_>, StoreError> = whose.await;
    assert_eq!(whose.unwrap(), [(*listed_business()).clone()]);
    let [all, of_known] = lists.map(|rows| rows.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>());
    assert_eq!(all, of_known);
}

async fn another_project_sees_no_business(database: &TestDatabase) {
    let store = with_business(database).await;
    let other: ProjectId = id(2);
    let found = write(&store, move |tx| {
        tx.subscriptions(project_id()).insert(&subscription(100))?;
        tx.business_tokens().insert(&token(), b"secret")?;
        let filter = BusinessFilter::default();
        Ok([
            tx.directories(other).find(id(300))?.is_some(),
            tx.directories(other).find_by_number(1)?.is_some(),
            tx.businesses(other).find(id(CUSTOMER))?.is_some(),
            tx.businesses(other).view_by_uid("biz1")?.is_some(),
            tx.subscriptions(other).business_view(id(100))?.is_some(),
            tx.subscriptions(other).business_count(&filter, 10, noon())? > 0,
            tx.business_tokens().find(other, id(302))?.is_some(),
            !valid(tx, other, noon())?.is_empty(),
        ])
    })
    .await;
    assert_eq!(found, [false; 8]);
}
