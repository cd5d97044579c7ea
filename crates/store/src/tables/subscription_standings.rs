//! How a customer stands in an exclusive group, in one statement: what front ends of organizations ask most.

use std::sync::LazyLock;

use perennial_domain::{CustomerId, Price, Product, Subscription};

use super::Subscriptions;
use super::prices::PRICES;
use super::products::PRODUCTS;
use super::subscriptions::SUBSCRIPTIONS;
use super::table::Joined;
use crate::{Columns, FromRow, StoreError, params};

/// A subscription, what it is, and whether it stays that.
#[derive(Clone, Debug)]
pub struct SubscriptionStanding {
    /// The subscription itself.
    pub subscription: Subscription,
    /// What its customer uses.
    pub product: Product,
    /// What they pay.
    pub price: Price,
    /// Whether a plan for nothing waits for the end of what is paid.
    pub becomes_free: bool,
}

/// A subscription has one open change at the most, so none of the joins shows it twice.
static STANDING: LazyLock<Joined> = LazyLock::new(|| {
    let columns = [SUBSCRIPTIONS.qualified(), PRODUCTS.qualified(), PRICES.qualified()];
    let joins = "JOIN products ON products.project_id = subscriptions.project_id \
             AND products.id = subscriptions.product_id \
         JOIN prices ON prices.project_id = subscriptions.project_id AND prices.id = subscriptions.price_id \
         LEFT JOIN subscription_changes ON subscription_changes.project_id = subscriptions.project_id \
             AND subscription_changes.subscription_id = subscriptions.id \
             AND subscription_changes.state IN ('pending', 'initiated') \
         LEFT JOIN prices AS free_prices ON free_prices.project_id = subscription_changes.project_id \
             AND free_prices.id = subscription_changes.price_id AND free_prices.amount_minor = 0";
    Joined { columns: format!("{}, free_prices.id IS NOT NULL", columns.join(", ")), joins }
});

impl Subscriptions<'_> {
    /// The customer's live subscription of an exclusive group, else the latest that was one.
    pub fn standing_in_group(
        &mut self,
        customer: CustomerId,
        group: &str,
    ) -> Result<Option<SubscriptionStanding>, StoreError> {
        let chosen = SUBSCRIPTIONS.select(
            "customer_id = $2 AND exclusive_group = $3 \
             ORDER BY CASE state WHEN 'ended' THEN 1 ELSE 0 END, created_at DESC, id DESC LIMIT 1",
        );
        let sql = SUBSCRIPTIONS.select_joined(&format!("({chosen})"), &STANDING);
        self.tx.optional(&sql, params![self.project, customer, group])
    }
}

impl FromRow for SubscriptionStanding {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            subscription: Subscription::from_row(row)?,
            product: Product::from_row(row)?,
            price: Price::from_row(row)?,
            becomes_free: row.take()?,
        })
    }
}
