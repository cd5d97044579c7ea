//! Add-ons that were bought on subscriptions.

use std::sync::LazyLock;

use jiff::Timestamp;
use perennial_domain::{
    AddonState, CheckoutId, CustomerId, Price, Product, ProductId, ProjectId, SubscriptionAddon,
    SubscriptionAddonId, SubscriptionId,
};

use super::SubscriptionAddons;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_joined};
use super::prices::PRICES;
use super::products::PRODUCTS;
use super::table::{FEW_OLDEST_FIRST, Joined, Table, expect_one};
use super::values::{Json, json, take_period};
use crate::{Columns, FromRow, StoreError, Tx, params};

const SUBSCRIPTION_ADDONS: Table = Table::new(
    "subscription_addons",
    "id, project_id, subscription_id, customer_id, product_id, price_id, term, checkout_id, state, \
     period_number, period_start, period_end, activated_at, canceled_at, ended_at, created_at",
);

/// Which bought add-ons are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionAddonFilter {
    /// Of this product.
    pub addon: Option<ProductId>,
    /// On this subscription.
    pub subscription: Option<SubscriptionId>,
    /// Paid by this customer.
    pub customer: Option<CustomerId>,
    /// In one of these states; all when empty.
    pub states: Vec<AddonState>,
}

/// A bought add-on, what it is and what it costs.
#[derive(Clone, Debug)]
pub struct SubscriptionAddonView {
    /// What was bought.
    pub addon: SubscriptionAddon,
    /// What it is.
    pub product: Product,
    /// What it costs.
    pub price: Price,
}

static VIEW: LazyLock<Joined> = LazyLock::new(|| {
    let columns = [SUBSCRIPTION_ADDONS.qualified(), PRODUCTS.qualified(), PRICES.qualified()];
    let joins = "JOIN products ON products.project_id = subscription_addons.project_id \
             AND products.id = subscription_addons.product_id \
         JOIN prices ON prices.project_id = subscription_addons.project_id \
             AND prices.id = subscription_addons.price_id";
    Joined { columns: columns.join(", "), joins }
});

impl Tx<'_> {
    /// Bought add-ons that are not over though their end has come (all projects), the longest due first.
    pub fn due_subscription_addons(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SubscriptionAddonId)>, StoreError> {
        self.list(
            "SELECT project_id, id FROM subscription_addons \
             WHERE state <> 'ended' AND ended_at IS NOT NULL AND ended_at <= $1 ORDER BY ended_at LIMIT $2",
            params![now, limit],
        )
    }
}

impl SubscriptionAddons<'_> {
    /// Adds a bought add-on.
    pub fn insert(&mut self, addon: &SubscriptionAddon) -> Result<(), StoreError> {
        let period = addon.current_period;
        let values = params![
            addon.id,
            self.project,
            addon.subscription_id,
            addon.customer_id,
            addon.product_id,
            addon.price_id,
            json(&addon.term)?,
            addon.checkout_id,
            addon.state,
            period.map(|period| period.number),
            period.map(|period| period.start),
            period.and_then(|period| period.end),
            addon.activated_at,
            addon.canceled_at,
            addon.ended_at,
            addon.created_at,
        ];
        self.tx.execute(&SUBSCRIPTION_ADDONS.insert(), values)?;
        Ok(())
    }

    /// Writes where it is in its life: the state, the period and the times of its turns.
    pub fn update(&mut self, addon: &SubscriptionAddon) -> Result<(), StoreError> {
        let period = addon.current_period;
        let touched = self.tx.execute(
            "UPDATE subscription_addons SET state = $3, period_number = $4, period_start = $5, \
             period_end = $6, activated_at = $7, canceled_at = $8, ended_at = $9 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                addon.id,
                addon.state,
                period.map(|period| period.number),
                period.map(|period| period.start),
                period.and_then(|period| period.end),
                addon.activated_at,
                addon.canceled_at,
                addon.ended_at,
            ],
        )?;
        expect_one(touched)
    }

    /// The bought add-on with this id.
    pub fn find(&mut self, id: SubscriptionAddonId) -> Result<Option<SubscriptionAddon>, StoreError> {
        self.tx.optional(&SUBSCRIPTION_ADDONS.select("id = $2"), params![self.project, id])
    }

    /// Everything that was bought on a subscription, oldest first.
    pub fn of_subscription(
        &mut self,
        subscription: SubscriptionId,
    ) -> Result<Vec<SubscriptionAddon>, StoreError> {
        self.tx.list(&by_subscription(), params![self.project, subscription])
    }

    /// Everything that was bought through these checkouts, oldest first.
    pub fn of_checkouts(&mut self, checkouts: &[CheckoutId]) -> Result<Vec<SubscriptionAddon>, StoreError> {
        if checkouts.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter::of_project(&SUBSCRIPTION_ADDONS, &self.project).one_of("checkout_id", checkouts);
        self.tx.list(&all_that_meet(&filter), &filter.values_and(params![]))
    }

    /// The bought add-on with this id, what it is and what it costs.
    pub fn view(&mut self, id: SubscriptionAddonId) -> Result<Option<SubscriptionAddonView>, StoreError> {
        let select = SUBSCRIPTION_ADDONS.select_joined("subscription_addons", &VIEW);
        let sql =
            format!("{select} WHERE subscription_addons.project_id = $1 AND subscription_addons.id = $2");
        self.tx.optional(&sql, params![self.project, id])
    }

    /// One page of the bought add-ons that match, what they are and what they cost.
    pub fn view_page(
        &mut self,
        filter: &SubscriptionAddonFilter,
        request: PageRequest,
    ) -> Result<Slice<SubscriptionAddonView>, PageError> {
        let conditions = filter.conditions(&self.project);
        page_joined(&mut self.tx, &VIEW, &conditions, request)
    }
}

impl SubscriptionAddonFilter {
    fn conditions<'v>(&'v self, project: &'v ProjectId) -> Filter<'v> {
        Filter::of_project(&SUBSCRIPTION_ADDONS, project)
            .equals("product_id", self.addon.as_ref())
            .equals("subscription_id", self.subscription.as_ref())
            .equals("customer_id", self.customer.as_ref())
            .one_of("state", &self.states)
    }
}

fn by_subscription() -> String {
    SUBSCRIPTION_ADDONS.select(&format!("subscription_id = $2 {FEW_OLDEST_FIRST}"))
}

fn all_that_meet(few: &Filter<'_>) -> String {
    format!("{} WHERE {} {FEW_OLDEST_FIRST}", SUBSCRIPTION_ADDONS.select_all(), few.text())
}

impl FromRow for SubscriptionAddon {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            subscription_id: row.take()?,
            customer_id: row.take()?,
            product_id: row.take()?,
            price_id: row.take()?,
            term: row.take::<Json<_>>()?.0,
            checkout_id: row.take()?,
            state: row.take()?,
            current_period: take_period(row)?,
            activated_at: row.take()?,
            canceled_at: row.take()?,
            ended_at: row.take()?,
            created_at: row.take()?,
        })
    }
}

impl FromRow for SubscriptionAddonView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let addon = SubscriptionAddon::from_row(row)?;
        Ok(Self { addon, product: Product::from_row(row)?, price: Price::from_row(row)? })
    }
}

#[cfg(test)]
mod tests {
    use perennial_domain::{Id, ProjectId};
    use uuid::Uuid;

    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn the_addons_of_a_subscription_are_found_without_reading_all() {
        let plan = plan_of(by_subscription(), 2).await;
        let index = "subscription_addons_by_subscription (project_id=? AND subscription_id=?)";
        assert!(plan.contains(index), "{plan}");
    }

    #[tokio::test]
    async fn the_addons_of_checkouts_are_found_without_reading_all() {
        let (project, checkouts) =
            (ProjectId::from_uuid(Uuid::nil()), [CheckoutId::from_uuid(Uuid::nil()); 2]);
        let few = Filter::of_project(&SUBSCRIPTION_ADDONS, &project).one_of("checkout_id", &checkouts);
        let plan = plan_of(all_that_meet(&few), 3).await;
        assert!(plan.contains("subscription_addons_by_checkout (project_id=? AND checkout_id=?)"), "{plan}");
    }
}
