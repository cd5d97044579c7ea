//! Organizations that pay: each has a member, a checkout that is settled, its payment, and the subscription.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    Attempts, Checkout, CheckoutState, CheckoutTerms, Customer, CustomerStatus, Email, Goods, Member,
    MemberRole, Metadata, Order, OrderLine, Payment, PaymentReason, PaymentState, Price, Product,
    Subscription, SubscriptionOrder,
};
use perennial_store::{Store, StoreOptions, Tx};

use super::{PRODUCT_LINE, member_id};
use crate::failure::{Failure, failure};
use crate::installation::PROJECT;
use crate::machine::now;
use crate::seed::id_at;

/// How many organizations one transaction adds.
const CHUNK: usize = 1_000;

/// What they have bought.
#[derive(Clone)]
pub(crate) struct Line {
    product: Product,
    price: Price,
}

impl Line {
    /// The first plan of the product line with a price that renews.
    pub(crate) async fn find(database_url: &str) -> Result<Self, Failure> {
        let store = open(database_url).await?;
        let found = store.read(line).await?;
        store.close().await;
        found.ok_or_else(|| failure("the catalogue has no such product line"))
    }

    /// Adds the organizations with these numbers.
    pub(crate) async fn sell_to(&self, database_url: &str, numbers: Range<u64>) -> Result<(), Failure> {
        let store = open(database_url).await?;
        for first in numbers.clone().step_by(CHUNK) {
            let (line, last) = (self.clone(), numbers.end.min(first + u64::try_from(CHUNK)?));
            store.write(move |tx| (first..last).try_for_each(|number| line.sell(tx, number))).await?;
        }
        store.close().await;
        Ok(())
    }

    fn sell(&self, tx: &mut Tx<'_>, number: u64) -> Result<(), Failure> {
        let project = self.product.project_id;
        let at = now();
        let organization = self.organization(number, at);
        tx.customers(project).insert(&organization)?;
        tx.members(project).insert(&member(&organization, number)?)?;
        let subscription = self.subscription(&organization, number)?;
        let checkout = self.checkout(&subscription, number);
        tx.checkouts(project).insert(&Checkout { subscription_id: None, ..checkout.clone() })?;
        tx.subscriptions(project).insert(&Subscription { checkout_id: Some(checkout.id), ..subscription })?;
        tx.checkouts(project).update(&checkout)?;
        tx.payments(project).insert(&self.payment(&checkout, number))?;
        Ok(())
    }

    fn organization(&self, number: u64, created_at: Timestamp) -> Customer {
        Customer {
            id: id_at(created_at),
            project_id: self.product.project_id,
            external_id: Some(format!("org-{number}")),
            email: None,
            email_verified: false,
            full_name: Some(format!("Organization {number}")),
            birthday: None,
            preferred_locale: "en-US".to_owned(),
            status: CustomerStatus::Active,
            metadata: Metadata::default(),
            stripe_customer_id: Some(format!("cus_organization{number}")),
            created_at,
        }
    }

    fn subscription(&self, organization: &Customer, number: u64) -> Result<Subscription, Failure> {
        let at = organization.created_at;
        let mut subscription = Subscription {
            exclusive_group: Some(PRODUCT_LINE.to_owned()),
            stripe_subscription_id: Some(format!("sub_organization{number}")),
            ..Subscription::of(id_at(at), organization.id, &self.product, &self.price, at)
        };
        subscription.begin(at, None)?;
        subscription.activate(at)?;
        Ok(subscription)
    }

    fn checkout(&self, subscription: &Subscription, number: u64) -> Checkout {
        let plan =
            OrderLine { product_id: self.product.id, price_id: self.price.id, amount: self.price.amount };
        let at = subscription.created_at;
        Checkout {
            id: id_at(at),
            project_id: subscription.project_id,
            customer_id: subscription.customer_id,
            connect_session_id: None,
            order: Order {
                goods: Goods::Subscription(SubscriptionOrder::of(plan)),
                voucher: None,
                due_now: self.price.amount,
            },
            state: CheckoutState::Settled,
            terms: CheckoutTerms::default(),
            locale: "en-US".to_owned(),
            return_url: "https://app.bench.example/return".to_owned(),
            cancel_url: "https://app.bench.example/".to_owned(),
            stripe_session_id: Some(format!("cs_organization{number}")),
            stripe_url: None,
            saved_card: None,
            stripe_charge_id: None,
            expires_at: at + SignedDuration::from_hours(24),
            subscription_id: Some(subscription.id),
            created_at: at,
            closed_at: Some(at),
        }
    }

    fn payment(&self, checkout: &Checkout, number: u64) -> Payment {
        Payment {
            id: id_at(checkout.created_at),
            project_id: checkout.project_id,
            customer_id: checkout.customer_id,
            subscription_id: checkout.subscription_id,
            checkout_id: Some(checkout.id),
            amount: self.price.amount,
            refunded_minor: 0,
            refunded_at: None,
            state: PaymentState::Succeeded,
            reason: PaymentReason::SubscriptionCreation,
            stripe_reference: format!("in_organization{number}"),
            stripe_payment_intent_id: None,
            attempts: Attempts::default(),
            dispute: None,
            paid_at: Some(checkout.created_at),
            created_at: checkout.created_at,
        }
    }
}

fn member(organization: &Customer, number: u64) -> Result<Member, Failure> {
    Ok(Member {
        id: id_at(organization.created_at),
        project_id: organization.project_id,
        external_id: member_id(number),
        customer_id: Some(organization.id),
        email: Email::parse(&format!("owner.{number}@organizations.example"))?,
        full_name: format!("Owner {number}"),
        role: MemberRole::Owner,
        is_active: true,
        created_at: organization.created_at,
    })
}

async fn open(database_url: &str) -> Result<Store, Failure> {
    let options = StoreOptions { postgres_connections: 1, ..StoreOptions::default() };
    Ok(Store::open(&database_url.parse()?, &options).await?)
}

fn line(tx: &mut Tx<'_>) -> Result<Option<Line>, Failure> {
    let project = tx.projects().find_by_slug(PROJECT)?.ok_or_else(|| failure("there is no project"))?.id;
    for product in tx.products(project).all()? {
        if product.exclusive_group.as_deref() != Some(PRODUCT_LINE) {
            continue;
        }
        let prices = tx.prices(project).active_of_product(product.id)?;
        if let Some(price) = prices.into_iter().find(|price| price.term.renews()) {
            return Ok(Some(Line { product, price }));
        }
    }
    Ok(None)
}
