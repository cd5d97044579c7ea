//! What businesses hold, as the third door shows it.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::{
    BusinessFacts, CustomerId, Money, PaymentType, Price, PriceId, Product, ProductId, PurchaseState,
    SubscriptionId, SubscriptionState, Term,
};

use super::Subscriptions;
use super::business_statements::view_of;
use super::table::expect_one;
use super::values::{Json, take_money};
use crate::{Columns, FromRow, StoreError, params};

/// What a business holds: all that is the subscription's own, for those who know whose it is and have the catalogue at hand.
#[derive(Clone, Debug)]
pub struct BusinessHolding {
    /// Its id.
    pub id: SubscriptionId,
    /// Who has it.
    pub customer_id: CustomerId,
    /// The staff member who bought it, where somebody in particular did.
    pub buyer_uid: Option<String>,
    /// What is paid for it, which says what it is as well.
    pub price_id: PriceId,
    /// Where it is in its life.
    pub state: SubscriptionState,
    /// When someone decided that it ends.
    pub canceled_at: Option<Timestamp>,
    /// When it will end, or ended.
    pub ended_at: Option<Timestamp>,
    /// When the running period is over.
    pub period_end: Option<Timestamp>,
    /// When it was bought.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it was given along with.
    pub bundled_from_id: Option<SubscriptionId>,
    /// Whether this server charges for it.
    pub is_charged_here: bool,
}

/// What is sold at a price, as far as the third door shows it. Many hold the same.
#[derive(Clone, Debug)]
pub struct BusinessOffer {
    /// The product.
    pub product_id: ProductId,
    /// What that is called.
    pub product_name: String,
    /// Its stock-keeping unit.
    pub sku: Option<String>,
    /// What it is to businesses.
    pub facts: Option<BusinessFacts>,
    /// What a period costs.
    pub amount: Money,
    /// What a payment covers.
    pub term: Term,
}

/// What a business holds, whose it is, and what that is.
#[derive(Clone, Debug)]
pub struct BusinessSubscription {
    /// The subscription.
    pub holding: BusinessHolding,
    /// Who has it.
    pub business: Arc<ListedBusiness>,
    /// What it is a subscription to.
    pub offer: Arc<BusinessOffer>,
}

/// A business whose subscriptions are listed, and what each of these says of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListedBusiness {
    /// The customer.
    pub customer_id: CustomerId,
    /// What they are called there.
    pub uid: String,
    /// Who has bought what nobody else has.
    pub owner_uid: String,
}

impl BusinessOffer {
    /// What this price is asked for.
    pub fn of(product: &Product, price: &Price) -> Self {
        Self {
            product_id: product.id,
            product_name: product.name.clone(),
            sku: product.sku.clone(),
            facts: product.business_facts.clone(),
            amount: price.amount,
            term: price.term,
        }
    }
}

impl BusinessSubscription {
    /// The staff member who bought it, or else the owner.
    pub fn buyer_uid(&self) -> &str {
        self.holding.buyer_uid.as_deref().unwrap_or(&self.business.owner_uid)
    }

    /// How it stands at this time.
    pub fn purchase_state(&self, now: Timestamp) -> PurchaseState {
        let BusinessHolding { state, canceled_at, ended_at, .. } = self.holding;
        PurchaseState::of(state, canceled_at, ended_at, now)
    }

    /// How it is paid.
    pub fn payment_type(&self) -> PaymentType {
        if self.holding.bundled_from_id.is_some() {
            PaymentType::Bundled
        } else {
            PaymentType::of(self.offer.amount, self.offer.term)
        }
    }

    /// The app that it is a plan of.
    pub fn app(&self) -> Option<&str> {
        self.offer.facts.as_ref().and_then(|facts| facts.app.as_deref())
    }
}

impl Subscriptions<'_> {
    /// One subscription of a business.
    pub fn business_view(&mut self, id: SubscriptionId) -> Result<Option<BusinessSubscription>, StoreError> {
        let found =
            "SELECT id FROM subscriptions WHERE project_id = $1 AND id = $2 AND directory_id IS NOT NULL";
        self.tx.optional(&view_of(found), params![self.project, id])
    }

    /// The subscription that this request has made since then.
    pub fn business_view_by_request(
        &mut self,
        request: &[u8],
        since: Timestamp,
    ) -> Result<Option<BusinessSubscription>, StoreError> {
        let found =
            "SELECT id FROM subscriptions WHERE project_id = $1 AND request_key = $2 AND created_at >= $3";
        self.tx.optional(&view_of(found), params![self.project, request, since])
    }

    /// Notes which request has made a subscription, and lets go of what the same one has made before. Conflicts:
    /// `subscriptions_request_key`.
    pub fn keep_request(&mut self, id: SubscriptionId, request: &[u8]) -> Result<(), StoreError> {
        let sql = "UPDATE subscriptions SET request_key = NULL WHERE project_id = $1 AND request_key = $2";
        self.tx.execute(sql, params![self.project, request])?;
        let sql = "UPDATE subscriptions SET request_key = $3 WHERE project_id = $1 AND id = $2";
        expect_one(self.tx.execute(sql, params![self.project, id, request])?)
    }
}

impl FromRow for BusinessHolding {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            customer_id: row.take()?,
            buyer_uid: row.take()?,
            price_id: row.take()?,
            state: row.take()?,
            canceled_at: row.take()?,
            ended_at: row.take()?,
            period_end: row.take()?,
            created_at: row.take()?,
            updated_at: row.take()?,
            bundled_from_id: row.take()?,
            is_charged_here: row.take()?,
        })
    }
}

impl FromRow for ListedBusiness {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { customer_id: row.take()?, uid: row.take()?, owner_uid: row.take()? })
    }
}

impl FromRow for BusinessSubscription {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let holding = BusinessHolding::from_row(row)?;
        let business = ListedBusiness::from_row(row)?;
        let offer = BusinessOffer {
            product_id: row.take()?,
            product_name: row.take()?,
            sku: row.take()?,
            facts: row.take::<Option<Json<_>>>()?.map(|facts| facts.0),
            amount: take_money(row)?,
            term: row.take::<Json<_>>()?.0,
        };
        Ok(Self { holding, business: Arc::new(business), offer: Arc::new(offer) })
    }
}
