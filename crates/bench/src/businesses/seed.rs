//! The partner's rows, and a token for all of them.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use perennial_core::secrets;
use perennial_domain::{
    Business, BusinessToken, Customer, CustomerStatus, Directory, DirectoryId, Email, Member, MemberRole,
    Metadata, Price, Product, ProjectId, Subscription, SubscriptionState, TokenGrant,
};
use perennial_store::{Store, StoreOptions, Tx};

use super::{BUSINESSES, EACH, OVER, uid};
use crate::failure::{Failure, failure};
use crate::installation::PROJECT;
use crate::machine::now;
use crate::seed::id_at;

/// How many businesses one transaction adds.
const CHUNK: u64 = 500;
/// It opens nothing but the bench's own rows.
const TOKEN: &str = "the token of the bench's partner";

/// Who asks.
pub(crate) struct Partner {
    pub(super) token: &'static str,
    /// What is filtered by.
    pub(super) sku: String,
}

/// What the businesses have, and where they are.
#[derive(Clone)]
struct House {
    project: ProjectId,
    directory: DirectoryId,
    /// Three products, each with a price.
    sold: Vec<(Product, Price)>,
    begin: Timestamp,
}

/// Adds the rows, with one subscription a second up to now.
pub(crate) async fn fill(database_url: &str) -> Result<Partner, Failure> {
    let options = StoreOptions { postgres_connections: 1, ..StoreOptions::default() };
    let store = Store::open(&database_url.parse()?, &options).await?;
    let house = store.write(open).await?;
    let sku = house.sold.first().and_then(|(product, _)| product.sku.clone());
    for first in (0..BUSINESSES).step_by(usize::try_from(CHUNK)?) {
        let house = house.clone();
        store.write(move |tx| house.add(tx, first..BUSINESSES.min(first + CHUNK))).await?;
    }
    store.close().await;
    Ok(Partner { token: TOKEN, sku: sku.ok_or_else(|| failure("the product has no SKU"))? })
}

/// A directory with a token, and what is sold.
fn open(tx: &mut Tx<'_>) -> Result<House, Failure> {
    let project = tx.projects().find_by_slug(PROJECT)?.ok_or_else(|| failure("there is no project"))?.id;
    let begin = now() - SignedDuration::from_secs((BUSINESSES * EACH).try_into()?);
    let directory = Directory {
        id: id_at(begin),
        project_id: project,
        number: 7,
        name: "Bench".to_owned(),
        created_at: begin,
    };
    tx.directories(project).insert(&directory)?;
    let token = BusinessToken {
        id: id_at(begin),
        project_id: project,
        grant: TokenGrant { directory_id: Some(directory.id), ..TokenGrant::default() },
        hint: "bench".to_owned(),
        label: "bench".to_owned(),
        made_with_id: None,
        created_at: begin,
        expires_at: None,
        revoked_at: None,
    };
    tx.business_tokens().insert(&token, &secrets::hash(TOKEN))?;
    let mut sold = Vec::new();
    for product in tx.products(project).all()?.into_iter().filter(|product| product.business_facts.is_some())
    {
        let price = tx.prices(project).active_of_product(product.id)?.into_iter().next();
        sold.extend(price.map(|price| (product, price)));
    }
    sold.truncate(3);
    Ok(House { project, directory: directory.id, sold, begin })
}

impl House {
    fn add(&self, tx: &mut Tx<'_>, numbers: Range<u64>) -> Result<(), Failure> {
        for number in numbers {
            let at = self.at(number * EACH)?;
            let customer = self.customer(number, at);
            let owner = owner(&customer, number)?;
            tx.customers(self.project).insert(&customer)?;
            tx.members(self.project).insert(&owner)?;
            tx.businesses(self.project).insert(&Business {
                customer_id: customer.id,
                project_id: self.project,
                directory_id: self.directory,
                owner_id: owner.id,
                created_at: at,
            })?;
            for place in number * EACH..(number + 1) * EACH {
                tx.subscriptions(self.project).insert(&self.subscription(&customer, place)?)?;
            }
        }
        Ok(())
    }

    fn at(&self, place: u64) -> Result<Timestamp, Failure> {
        Ok(self.begin + SignedDuration::from_secs(place.try_into()?))
    }

    fn customer(&self, number: u64, created_at: Timestamp) -> Customer {
        Customer {
            id: id_at(created_at),
            project_id: self.project,
            external_id: Some(uid(number)),
            email: None,
            email_verified: false,
            full_name: Some(format!("Business {number}")),
            birthday: None,
            preferred_locale: "en-US".to_owned(),
            status: CustomerStatus::Active,
            metadata: Metadata::default(),
            stripe_customer_id: None,
            created_at,
        }
    }

    fn subscription(&self, customer: &Customer, place: u64) -> Result<Subscription, Failure> {
        let at = self.at(place)?;
        let (product, price) = &self.sold[usize::try_from(place)? % self.sold.len()];
        let mut subscription = Subscription {
            exclusive_group: None,
            ..Subscription::of(id_at(at), customer.id, product, price, at)
        };
        subscription.begin(at, None)?;
        subscription.activate(at)?;
        if place.is_multiple_of(OVER) {
            subscription.state = SubscriptionState::Ended;
            subscription.canceled_at = Some(at);
            subscription.ended_at = Some(at);
        }
        Ok(subscription)
    }
}

fn owner(business: &Customer, number: u64) -> Result<Member, Failure> {
    Ok(Member {
        id: id_at(business.created_at),
        project_id: business.project_id,
        external_id: format!("own{number}"),
        customer_id: Some(business.id),
        email: Email::parse(&format!("owner.{number}@businesses.example"))?,
        full_name: format!("Owner {number}"),
        role: MemberRole::Owner,
        is_active: true,
        created_at: business.created_at,
    })
}
