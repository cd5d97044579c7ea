//! The rows that the lists are measured over: a hundred thousand subscriptions of fifty thousand customers.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    Customer, CustomerId, CustomerStatus, Email, Iccid, Id, Metadata, Price, Product, ProductId, ProductKind,
    ProjectId, Sim, SimStatus, SimType, Subscription, SubscriptionId,
};
use perennial_store::{Store, StoreOptions, Tx};
use uuid::{NoContext, Uuid};

use crate::failure::{Failure, failure};
use crate::installation::PROJECT;
use crate::machine::now;

/// How many customers there are, each with two subscriptions.
pub(crate) const CUSTOMERS: u64 = 50_000;
/// How many customers one transaction adds.
const CHUNK: u64 = 1_000;

/// What requests name.
pub(crate) struct Seeded {
    pub(crate) project: ProjectId,
    pub(crate) plan: ProductId,
    pub(crate) customers: Vec<CustomerId>,
    /// The oldest first.
    pub(crate) subscriptions: Vec<SubscriptionId>,
}

/// Adds the rows, as far apart as if they had come one a second.
pub(crate) async fn seed(database_url: &str) -> Result<Seeded, Failure> {
    let options = StoreOptions { postgres_connections: 1, ..StoreOptions::default() };
    let store = Store::open(&database_url.parse()?, &options).await?;
    let offer = store.read(offer).await?.ok_or_else(|| failure("the catalogue has no plan"))?;
    let begin = now() - SignedDuration::from_secs(CUSTOMERS.try_into()?);
    let (mut customers, mut subscriptions) = (Vec::new(), Vec::new());
    for chunk in (0..CUSTOMERS).step_by(usize::try_from(CHUNK)?) {
        let offer = offer.clone();
        let added = store.write(move |tx| add(tx, &offer, begin, chunk..chunk + CHUNK)).await?;
        for (customer, bought) in added {
            customers.push(customer);
            subscriptions.extend(bought);
        }
    }
    store.close().await;
    Ok(Seeded { project: offer.product.project_id, plan: offer.product.id, customers, subscriptions })
}

/// What the customers have bought.
#[derive(Clone)]
struct Offer {
    product: Product,
    price: Price,
}

/// The first mobile plan with a price that renews.
fn offer(tx: &mut Tx<'_>) -> Result<Option<Offer>, Failure> {
    let project = tx.projects().find_by_slug(PROJECT)?.ok_or_else(|| failure("there is no project"))?.id;
    for product in tx.products(project).all()? {
        if product.kind != ProductKind::Plan || product.plan_facts.is_none() {
            continue;
        }
        let prices = tx.prices(project).active_of_product(product.id)?;
        if let Some(price) = prices.into_iter().find(|price| price.term.renews()) {
            return Ok(Some(Offer { product, price }));
        }
    }
    Ok(None)
}

type Added = Vec<(CustomerId, [SubscriptionId; 2])>;

fn add(
    tx: &mut Tx<'_>,
    offer: &Offer,
    begin: Timestamp,
    numbers: std::ops::Range<u64>,
) -> Result<Added, Failure> {
    let project = offer.product.project_id;
    let mut added = Added::new();
    for number in numbers {
        let at = begin + SignedDuration::from_secs(number.try_into()?);
        let customer = customer(project, number, at)?;
        tx.customers(project).insert(&customer)?;
        let mut bought = [SubscriptionId::from_uuid(Uuid::nil()); 2];
        for (line, id) in (0_u16..).zip(&mut bought) {
            let at = at + SignedDuration::from_millis(i64::from(line) * 400);
            let serial = number * 2 + u64::from(line);
            *id = subscribe(tx, offer, &customer, serial, at)?;
        }
        added.push((customer.id, bought));
    }
    Ok(added)
}

fn subscribe(
    tx: &mut Tx<'_>,
    offer: &Offer,
    customer: &Customer,
    serial: u64,
    at: Timestamp,
) -> Result<SubscriptionId, Failure> {
    let project = customer.project_id;
    let sim = sim(customer, serial, at);
    tx.sims(project).insert(&sim)?;
    let subscription = subscription(offer, &sim, customer.id, serial, at)?;
    tx.subscriptions(project).insert(&subscription)?;
    Ok(subscription.id)
}

fn customer(project_id: ProjectId, number: u64, created_at: Timestamp) -> Result<Customer, Failure> {
    Ok(Customer {
        id: id_at(created_at),
        project_id,
        external_id: None,
        email: Some(Email::parse(&format!("customer.{number}@bench.example"))?),
        email_verified: true,
        full_name: Some(format!("Customer {number}")),
        birthday: None,
        preferred_locale: "en-US".to_owned(),
        status: CustomerStatus::Active,
        metadata: Metadata::default(),
        stripe_customer_id: Some(format!("cus_bench{number}")),
        created_at,
    })
}

fn sim(customer: &Customer, serial: u64, created_at: Timestamp) -> Sim {
    Sim {
        id: id_at(created_at),
        project_id: customer.project_id,
        customer_id: Some(customer.id),
        iccid: Iccid::with_check_digit("8942424242", serial),
        provider: "test".to_owned(),
        sim_type: SimType::Esim,
        status: SimStatus::Active,
        activation_code: Some(format!("LPA:1$smdp.bench.example${serial:016X}")),
        metadata: Metadata::default(),
        created_at,
    }
}

fn subscription(
    offer: &Offer,
    sim: &Sim,
    customer_id: CustomerId,
    serial: u64,
    created_at: Timestamp,
) -> Result<Subscription, Failure> {
    let mut subscription = Subscription {
        // A customer has several here.
        exclusive_group: None,
        stripe_subscription_id: Some(format!("sub_bench{serial}")),
        sim_id: Some(sim.id),
        phone_number: Some(format!("+3197{serial:09}")),
        ..Subscription::of(id_at(created_at), customer_id, &offer.product, &offer.price, created_at)
    };
    subscription.begin(created_at, None)?;
    subscription.activate(created_at)?;
    Ok(subscription)
}

/// A fresh id that sorts by this time, as the server makes them.
pub(crate) fn id_at<I: Id>(at: Timestamp) -> I {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or_default();
    I::from_uuid(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds)))
}
