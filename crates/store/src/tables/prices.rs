//! Prices. An amount is never edited: a new price replaces it, and who pays the old one goes on.

use jiff::Timestamp;
use perennial_domain::{Price, PriceId, ProductId};

use super::Prices;
use super::table::{Table, expect_one};
use super::values::{Json, json, take_money};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const PRICES: Table = Table::new(
    "prices",
    "id, project_id, product_id, reference, amount_minor, currency, term, status, stripe_price_id, \
     stripe_pending, created_at",
);

impl Prices<'_> {
    /// Adds a price. A second active one under the same reference answers a conflict of
    /// `prices_active_reference_key`.
    pub fn insert(&mut self, price: &Price) -> Result<(), StoreError> {
        let term = json(&price.term)?;
        let values = params![
            price.id,
            self.project,
            price.product_id,
            price.reference,
            price.amount.amount_minor,
            price.amount.currency,
            term,
            price.status,
            price.stripe_price_id,
            price.stripe_pending,
            price.created_at,
        ];
        self.tx.execute(&PRICES.insert(), values)?;
        Ok(())
    }

    /// Writes the status and how it stands with Stripe: all of a price that may change.
    pub fn update(&mut self, price: &Price) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE prices SET status = $3, stripe_price_id = $4, stripe_pending = $5 \
             WHERE project_id = $1 AND id = $2",
            params![self.project, price.id, price.status, price.stripe_price_id, price.stripe_pending],
        )?;
        expect_one(touched)
    }

    /// When Stripe's price was last found to agree with ours, if nothing has been heard of it since.
    pub fn stripe_checked_at(&mut self, id: PriceId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT stripe_checked_at FROM prices WHERE project_id = $1 AND id = $2";
        Ok(self.tx.optional::<Option<Timestamp>>(sql, params![self.project, id])?.flatten())
    }

    /// Notes that Stripe's price agreed with ours when it was asked then, unless it was told to have changed since.
    pub fn note_stripe_check(&mut self, id: PriceId, asked_at: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE prices SET stripe_checked_at = $3 WHERE project_id = $1 AND id = $2 \
             AND (stripe_forgotten_at IS NULL OR stripe_forgotten_at <= $3)",
            params![self.project, id, asked_at],
        )?;
        Ok(())
    }

    /// Forgets that a Stripe Price agreed with ours.
    pub fn forget_stripe_check(&mut self, stripe_price_id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE prices SET stripe_checked_at = NULL, stripe_forgotten_at = $3 \
             WHERE project_id = $1 AND stripe_price_id = $2",
            params![self.project, stripe_price_id, now],
        )?;
        Ok(())
    }

    /// Forgets that the prices of a Stripe Product agreed with ours.
    pub fn forget_stripe_checks_of(
        &mut self,
        stripe_product_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE prices SET stripe_checked_at = NULL, stripe_forgotten_at = $3 \
             WHERE project_id = $1 AND product_id IN \
             (SELECT id FROM products WHERE project_id = $1 AND stripe_product_id = $2)",
            params![self.project, stripe_product_id, now],
        )?;
        Ok(())
    }

    /// The price with this id.
    pub fn find(&mut self, id: PriceId) -> Result<Option<Price>, StoreError> {
        self.tx.optional(&PRICES.select("id = $2"), params![self.project, id])
    }

    /// The price with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: PriceId) -> Result<Option<Price>, StoreError> {
        self.tx.optional(&PRICES.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The price that Stripe calls so.
    pub fn find_by_stripe_id(&mut self, stripe_price_id: &str) -> Result<Option<Price>, StoreError> {
        self.tx.optional(&PRICES.select("stripe_price_id = $2"), params![self.project, stripe_price_id])
    }

    /// Every price of the project, archived ones too, oldest first.
    pub fn all(&mut self) -> Result<Vec<Price>, StoreError> {
        let sql = format!("{} WHERE project_id = $1 ORDER BY created_at, id", PRICES.select_all());
        self.tx.list(&sql, params![self.project])
    }

    /// Every price of a product, archived ones too, oldest first.
    pub fn of_product(&mut self, product: ProductId) -> Result<Vec<Price>, StoreError> {
        let sql = PRICES.select("product_id = $2 ORDER BY created_at, id");
        self.tx.list(&sql, params![self.project, product])
    }

    /// The prices at which a product can be bought, oldest first.
    pub fn active_of_product(&mut self, product: ProductId) -> Result<Vec<Price>, StoreError> {
        let sql = PRICES.select("product_id = $2 AND status = 'active' ORDER BY created_at, id");
        self.tx.list(&sql, params![self.project, product])
    }
}

impl FromRow for Price {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            product_id: row.take()?,
            reference: row.take()?,
            amount: take_money(row)?,
            term: row.take::<Json<_>>()?.0,
            status: row.take()?,
            stripe_price_id: row.take()?,
            stripe_pending: row.take()?,
            created_at: row.take()?,
        })
    }
}
