//! Other plans that were asked for, and what came of it.

use std::sync::LazyLock;

use jiff::Timestamp;
use perennial_domain::{
    CustomerId, Price, Product, ProjectId, SubscriptionChange, SubscriptionChangeId, SubscriptionChangeState,
    SubscriptionId,
};

use super::SubscriptionChanges;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_joined};
use super::prices::PRICES;
use super::products::PRODUCTS;
use super::table::{Joined, Table, expect_one};
use crate::{Columns, FromRow, StoreError, Tx, params};

const SUBSCRIPTION_CHANGES: Table = Table::new(
    "subscription_changes",
    "id, project_id, subscription_id, customer_id, product_id, price_id, requested, state, scheduled_at, \
     arranged_at, prorated_from, stripe_invoice_id, failure_code, applied_at, created_at, successor_id, \
     replaces_id, buyer_id",
);

/// Which changes are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionChangeFilter {
    /// Of this subscription.
    pub subscription: Option<SubscriptionId>,
    /// Of this customer's subscriptions.
    pub customer: Option<CustomerId>,
    /// In one of these states; all when empty.
    pub states: Vec<SubscriptionChangeState>,
}

/// A change, the plan that it leads to, and what that costs.
#[derive(Clone, Debug)]
pub struct SubscriptionChangeView {
    /// What was asked for.
    pub change: SubscriptionChange,
    /// The new plan.
    pub product: Product,
    /// What it costs.
    pub price: Price,
}

static VIEW: LazyLock<Joined> = LazyLock::new(|| {
    let columns = [SUBSCRIPTION_CHANGES.qualified(), PRODUCTS.qualified(), PRICES.qualified()];
    let joins = "JOIN products ON products.project_id = subscription_changes.project_id \
             AND products.id = subscription_changes.product_id \
         JOIN prices ON prices.project_id = subscription_changes.project_id \
             AND prices.id = subscription_changes.price_id";
    Joined { columns: columns.join(", "), joins }
});

impl Tx<'_> {
    /// Open changes (all projects) that nobody has finished: asked for by then, and yet unknown to Stripe. One that waits
    /// for its customer's bank is left alone until it is older than that allows. The oldest first.
    pub fn unfinished_subscription_changes(
        &mut self,
        asked_before: Timestamp,
        given_up_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SubscriptionChangeId)>, StoreError> {
        self.list(
            "SELECT project_id, id FROM subscription_changes \
             WHERE state IN ('pending', 'initiated') AND created_at <= $1 \
             AND arranged_at IS NULL AND (stripe_invoice_id IS NULL OR created_at <= $2) \
             ORDER BY created_at LIMIT $3",
            params![asked_before, given_up_before, limit],
        )
    }

    /// Changes whose day has come (all projects), of subscriptions whose plan Stripe knows nothing of: the free ones. The
    /// longest due first.
    pub fn due_subscription_changes(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SubscriptionChangeId)>, StoreError> {
        self.list(
            "SELECT subscription_changes.project_id, subscription_changes.id FROM subscription_changes \
             JOIN subscriptions ON subscriptions.project_id = subscription_changes.project_id \
                 AND subscriptions.id = subscription_changes.subscription_id \
             JOIN prices ON prices.project_id = subscriptions.project_id AND prices.id = subscriptions.price_id \
             WHERE subscription_changes.state = 'pending' AND subscription_changes.scheduled_at <= $1 \
             AND (subscriptions.stripe_subscription_id IS NULL OR prices.amount_minor = 0) \
             ORDER BY subscription_changes.scheduled_at LIMIT $2",
            params![now, limit],
        )
    }
}

impl SubscriptionChanges<'_> {
    /// Adds a change. A second open one of the same subscription answers a conflict of
    /// `subscription_changes_open_key`.
    pub fn insert(&mut self, change: &SubscriptionChange) -> Result<(), StoreError> {
        let values = params![
            change.id,
            self.project,
            change.subscription_id,
            change.customer_id,
            change.product_id,
            change.price_id,
            change.requested,
            change.state,
            change.scheduled_at,
            change.arranged_at,
            change.prorated_from,
            change.stripe_invoice_id,
            change.failure_code,
            change.applied_at,
            change.created_at,
            change.successor_id,
            change.replaces_id,
            change.buyer_id,
        ];
        self.tx.execute(&SUBSCRIPTION_CHANGES.insert(), values)?;
        Ok(())
    }

    /// Writes how far it has come.
    pub fn update(&mut self, change: &SubscriptionChange) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE subscription_changes SET state = $3, scheduled_at = $4, arranged_at = $5, \
             stripe_invoice_id = $6, failure_code = $7, applied_at = $8 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                change.id,
                change.state,
                change.scheduled_at,
                change.arranged_at,
                change.stripe_invoice_id,
                change.failure_code,
                change.applied_at,
            ],
        )?;
        expect_one(touched)
    }

    /// The change with this id.
    pub fn find(&mut self, id: SubscriptionChangeId) -> Result<Option<SubscriptionChange>, StoreError> {
        self.tx.optional(&SUBSCRIPTION_CHANGES.select("id = $2"), params![self.project, id])
    }

    /// The change with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: SubscriptionChangeId) -> Result<Option<SubscriptionChange>, StoreError> {
        self.tx.optional(&SUBSCRIPTION_CHANGES.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The one change of a subscription that may still come true. Who writes it holds the subscription.
    pub fn open_of(
        &mut self,
        subscription: SubscriptionId,
    ) -> Result<Option<SubscriptionChange>, StoreError> {
        let sql = SUBSCRIPTION_CHANGES.select("subscription_id = $2 AND state IN ('pending', 'initiated')");
        self.tx.optional(&sql, params![self.project, subscription])
    }

    /// All changes of the customer's subscriptions, newest first.
    pub fn all_of_customer(&mut self, customer: CustomerId) -> Result<Vec<SubscriptionChange>, StoreError> {
        let sql = SUBSCRIPTION_CHANGES.select("customer_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }

    /// The latest change that was asked for, whatever became of it.
    pub fn latest_of(
        &mut self,
        subscription: SubscriptionId,
    ) -> Result<Option<SubscriptionChange>, StoreError> {
        let sql =
            SUBSCRIPTION_CHANGES.select("subscription_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1");
        self.tx.optional(&sql, params![self.project, subscription])
    }

    /// The change with this id, where it leads to, and what that costs.
    pub fn view(&mut self, id: SubscriptionChangeId) -> Result<Option<SubscriptionChangeView>, StoreError> {
        let select = SUBSCRIPTION_CHANGES.select_joined("subscription_changes", &VIEW);
        let sql =
            format!("{select} WHERE subscription_changes.project_id = $1 AND subscription_changes.id = $2");
        self.tx.optional(&sql, params![self.project, id])
    }

    /// One page of the changes that match, where they lead to, and what that costs.
    pub fn view_page(
        &mut self,
        filter: &SubscriptionChangeFilter,
        request: PageRequest,
    ) -> Result<Slice<SubscriptionChangeView>, PageError> {
        let conditions = filter.conditions(&self.project);
        page_joined(&mut self.tx, &VIEW, &conditions, request)
    }
}

impl SubscriptionChangeFilter {
    fn conditions<'v>(&'v self, project: &'v ProjectId) -> Filter<'v> {
        Filter::of_project(&SUBSCRIPTION_CHANGES, project)
            .equals("subscription_id", self.subscription.as_ref())
            .equals("customer_id", self.customer.as_ref())
            .one_of("state", &self.states)
    }
}

impl FromRow for SubscriptionChange {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            subscription_id: row.take()?,
            customer_id: row.take()?,
            product_id: row.take()?,
            price_id: row.take()?,
            requested: row.take()?,
            state: row.take()?,
            scheduled_at: row.take()?,
            arranged_at: row.take()?,
            prorated_from: row.take()?,
            stripe_invoice_id: row.take()?,
            failure_code: row.take()?,
            applied_at: row.take()?,
            created_at: row.take()?,
            successor_id: row.take()?,
            replaces_id: row.take()?,
            buyer_id: row.take()?,
        })
    }
}

impl FromRow for SubscriptionChangeView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let change = SubscriptionChange::from_row(row)?;
        Ok(Self { change, product: Product::from_row(row)?, price: Price::from_row(row)? })
    }
}
