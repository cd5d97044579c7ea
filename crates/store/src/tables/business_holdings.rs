//! What businesses hold, as the third door shows it.

use jiff::Timestamp;
use perennial_domain::{
    BusinessFacts, CustomerId, Money, PaymentType, ProductId, PurchaseState, SubscriptionId,
    SubscriptionState, Term,
};

use super::Subscriptions;
use super::business_statements::view_of;
use super::table::expect_one;
use super::values::{Json, take_money};
use crate::{Columns, FromRow, StoreError, params};

/// A subscription of a business, as far as the third door shows it.
#[derive(Clone, Debug)]
pub struct BusinessSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// Who has it.
    pub customer_id: CustomerId,
    /// What they are called there.
    pub business_uid: String,
    /// The staff member who bought it.
    pub buyer_uid: String,
    /// What they have.
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

impl BusinessSubscription {
    /// How it stands at this time.
    pub fn purchase_state(&self, now: Timestamp) -> PurchaseState {
        PurchaseState::of(self.state, self.canceled_at, self.ended_at, now)
    }

    /// How it is paid.
    pub const fn payment_type(&self) -> PaymentType {
        if self.bundled_from_id.is_some() {
            PaymentType::Bundled
        } else {
            PaymentType::of(self.amount, self.term)
        }
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

impl FromRow for BusinessSubscription {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            customer_id: row.take()?,
            business_uid: row.take()?,
            buyer_uid: row.take()?,
            product_id: row.take()?,
            product_name: row.take()?,
            sku: row.take()?,
            facts: row.take::<Option<Json<_>>>()?.map(|facts| facts.0),
            amount: take_money(row)?,
            term: row.take::<Json<_>>()?.0,
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
