//! The laws that an index decides, and the names by which the core tells them apart.

use perennial_domain::{CheckoutState, Customer, Price, Sim, Subscription, SubscriptionState};
use perennial_store::{Store, StoreError, Tx};

use super::fixtures::{
    CUSTOMER, PLAN, address, checkout, customer, device, id, minutes, payment, plan, price, project,
    project_id, shop, sim, subscription, write,
};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    duplicates_in_the_catalogue_name_their_index,
    duplicates_among_customers_name_their_index,
    a_customer_has_one_open_checkout,
    a_request_makes_one_checkout,
    a_customer_has_one_live_subscription_of_a_group,
    a_sim_serves_one_live_subscription,
    a_device_and_the_sim_in_it_are_known_once_until_removed,
    a_checkout_becomes_one_subscription,
    a_payment_is_recorded_once,
    a_row_needs_the_rows_it_names,
}

async fn refused(
    store: &Store,
    index: &str,
    work: impl Fn(&mut Tx<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
) {
    let result = store.write(work).await;
    assert!(matches!(&result, Err(error) if error.is_conflict(index)), "{index}: {result:?}");
}

async fn duplicates_in_the_catalogue_name_their_index(database: &TestDatabase) {
    let store = shop(database).await;
    refused(&store, "projects_slug_key", |tx| tx.projects().insert(&project(3, "shop"))).await;
    refused(&store, "products_reference_key", |tx| {
        let copy = perennial_domain::Product { id: id(30), ..plan(PLAN) };
        tx.products(project_id()).insert(&copy)
    })
    .await;
    refused(&store, "products_sku_key", |tx| {
        for number in [31, 32] {
            let product = perennial_domain::Product { sku: Some("HERON".into()), ..plan(number) };
            tx.products(project_id()).insert(&product)?;
        }
        Ok(())
    })
    .await;
    refused(&store, "prices_active_reference_key", |tx| {
        tx.prices(project_id()).insert(&Price { id: id(33), ..price(PLAN) })
    })
    .await;
}

async fn duplicates_among_customers_name_their_index(database: &TestDatabase) {
    let store = shop(database).await;
    refused(&store, "customers_email_key", |tx| {
        let email = perennial_domain::Email::parse("PERSON10@EXAMPLE.ORG").ok();
        tx.customers(project_id()).insert(&Customer { email, ..customer(11) })
    })
    .await;
    let twice = |change: fn(Customer) -> Customer| {
        move |tx: &mut Tx<'_>| {
            tx.customers(project_id()).insert(&change(customer(11)))?;
            tx.customers(project_id()).insert(&change(customer(12)))
        }
    };
    let external = twice(|customer| Customer { external_id: Some("7".into()), ..customer });
    refused(&store, "customers_external_id_key", external).await;
    let stripe = twice(|customer| Customer { stripe_customer_id: Some("cus_1".into()), ..customer });
    refused(&store, "customers_stripe_customer_key", stripe).await;
    write(&store, |tx| tx.addresses(project_id()).insert(&address(50))).await;
    refused(&store, "addresses_fingerprint_key", |tx| {
        let copy = perennial_domain::Address { id: id(51), line1: "DAM  50".into(), ..address(50) };
        tx.addresses(project_id()).insert(&copy)
    })
    .await;
    write(&store, |tx| tx.sims(project_id()).insert(&sim(40))).await;
    refused(&store, "sims_iccid_key", |tx| tx.sims(project_id()).insert(&Sim { id: id(41), ..sim(40) }))
        .await;
}

async fn a_request_makes_one_checkout(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        for (number, state) in [(90, CheckoutState::Expired), (91, CheckoutState::Settled)] {
            tx.checkouts(project_id()).insert(&checkout(number, id(CUSTOMER), state))?;
            assert!(tx.checkouts(project_id()).keep_request(id(number), b"request", minutes(-60))?);
        }
        assert!(!tx.checkouts(project_id()).keep_request(id(91), b"another", minutes(-60))?);
        let found = tx.checkouts(project_id()).find_by_request(b"request", minutes(-60))?;
        assert_eq!(found.map(|checkout| checkout.id), Some(id(91)));
        assert!(tx.checkouts(project_id()).find_by_request(b"request", minutes(60))?.is_none());
        tx.checkouts(project_id()).insert(&checkout(92, id(CUSTOMER), CheckoutState::Settled))
    })
    .await;
    refused(&store, "checkouts_request_key", |tx| {
        tx.checkouts(project_id()).keep_request(id(92), b"request", minutes(-60)).map(drop)
    })
    .await;
}

async fn a_customer_has_one_open_checkout(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        tx.checkouts(project_id()).insert(&checkout(90, id(CUSTOMER), CheckoutState::Settled))?;
        tx.checkouts(project_id()).insert(&checkout(91, id(CUSTOMER), CheckoutState::Open))
    })
    .await;
    refused(&store, "checkouts_open_key", |tx| {
        tx.checkouts(project_id()).insert(&checkout(92, id(CUSTOMER), CheckoutState::Creating))
    })
    .await;
}

async fn a_customer_has_one_live_subscription_of_a_group(database: &TestDatabase) {
    let store = shop(database).await;
    let grouped = |number, state| Subscription {
        exclusive_group: Some("mobile".into()),
        state,
        ..subscription(number)
    };
    write(&store, move |tx| {
        let mut subscriptions = tx.subscriptions(project_id());
        subscriptions.insert(&grouped(100, SubscriptionState::Ended))?;
        subscriptions.insert(&grouped(101, SubscriptionState::Pending))?;
        subscriptions.insert(&subscription(102))
    })
    .await;
    refused(&store, "subscriptions_exclusive_group_key", move |tx| {
        tx.subscriptions(project_id()).insert(&grouped(103, SubscriptionState::Active))
    })
    .await;
    refused(&store, "subscriptions_exclusive_group_key", move |tx| {
        tx.subscriptions(project_id()).update(&grouped(102, SubscriptionState::Active))
    })
    .await;
}

async fn a_sim_serves_one_live_subscription(database: &TestDatabase) {
    let store = shop(database).await;
    let with_sim = |number| Subscription { sim_id: Some(id(40)), ..subscription(number) };
    write(&store, move |tx| {
        tx.sims(project_id()).insert(&sim(40))?;
        tx.subscriptions(project_id()).insert(&with_sim(100))
    })
    .await;
    refused(&store, "subscriptions_sim_key", move |tx| tx.subscriptions(project_id()).insert(&with_sim(101)))
        .await;
}

async fn a_device_and_the_sim_in_it_are_known_once_until_removed(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| {
        tx.sims(project_id()).insert(&sim(40))?;
        tx.devices(project_id()).insert(&device(60))?;
        tx.devices(project_id()).insert(&device(61))?;
        // Once more changes nothing.
        tx.device_sims(project_id()).insert(id(60), id(40), minutes(0))?;
        tx.device_sims(project_id()).insert(id(60), id(40), minutes(0))
    })
    .await;
    let copy = || perennial_domain::Device { id: id(62), ..device(60) };
    refused(&store, "devices_imei_key", move |tx| tx.devices(project_id()).insert(&copy())).await;
    refused(&store, "device_sims_sim_key", |tx| {
        tx.device_sims(project_id()).insert(id(61), id(40), minutes(1))
    })
    .await;
    write(&store, move |tx| {
        tx.device_sims(project_id()).remove(id(60), id(40), minutes(1))?;
        let removed_at = Some(minutes(1));
        tx.devices(project_id()).update(&perennial_domain::Device { removed_at, ..device(60) })?;
        tx.devices(project_id()).insert(&copy())?;
        tx.device_sims(project_id()).insert(id(61), id(40), minutes(2))
    })
    .await;
}

async fn a_checkout_becomes_one_subscription(database: &TestDatabase) {
    let store = shop(database).await;
    let twice = |change: fn(Subscription) -> Subscription| {
        move |tx: &mut Tx<'_>| {
            tx.subscriptions(project_id()).insert(&change(subscription(100)))?;
            tx.subscriptions(project_id()).insert(&change(subscription(101)))
        }
    };
    let checkout = twice(|row| Subscription { checkout_id: Some(id(90)), ..row });
    refused(&store, "subscriptions_checkout_key", checkout).await;
    let stripe = twice(|row| Subscription { stripe_subscription_id: Some("sub_1".into()), ..row });
    refused(&store, "subscriptions_stripe_subscription_key", stripe).await;
}

async fn a_payment_is_recorded_once(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| tx.payments(project_id()).insert(&payment(120))).await;
    refused(&store, "payments_stripe_reference_key", |tx| {
        let copy = perennial_domain::Payment { id: id(121), paid_at: Some(minutes(1)), ..payment(120) };
        tx.payments(project_id()).insert(&copy).map(drop)
    })
    .await;
}

async fn a_row_needs_the_rows_it_names(database: &TestDatabase) {
    let store = shop(database).await;
    let stranger = Subscription { customer_id: id(404), ..subscription(100) };
    let result = store.write(move |tx| tx.subscriptions(project_id()).insert(&stranger)).await;
    assert!(matches!(result, Err(StoreError::MissingReference(_))), "{result:?}");
}
