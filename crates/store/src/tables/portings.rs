//! Numbers on their way from other networks.

use perennial_domain::{CustomerId, Porting, PortingId, PortingStatus, SubscriptionId};

use super::Portings;
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const PORTINGS: Table = Table::new(
    "portings",
    "id, project_id, customer_id, subscription_id, phone_number, provider, account_number, status, created_at",
);

impl Portings<'_> {
    /// Adds a porting.
    pub fn insert(&mut self, porting: &Porting) -> Result<(), StoreError> {
        let values = params![
            porting.id,
            self.project,
            porting.customer_id,
            porting.subscription_id,
            porting.phone_number,
            porting.provider,
            porting.account_number,
            porting.status,
            porting.created_at,
        ];
        self.tx.execute(&PORTINGS.insert(), values)?;
        Ok(())
    }

    /// Writes everything but the id, the customer and the time of creation.
    pub fn update(&mut self, porting: &Porting) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE portings SET subscription_id = $3, phone_number = $4, provider = $5, \
             account_number = $6, status = $7 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                porting.id,
                porting.subscription_id,
                porting.phone_number,
                porting.provider,
                porting.account_number,
                porting.status,
            ],
        )?;
        expect_one(touched)
    }

    /// The porting with this id.
    pub fn find(&mut self, id: PortingId) -> Result<Option<Porting>, StoreError> {
        self.tx.optional(&PORTINGS.select("id = $2"), params![self.project, id])
    }

    /// The subscription's latest porting, unless it has come to its end.
    pub fn current_of(&mut self, subscription: SubscriptionId) -> Result<Option<Porting>, StoreError> {
        let sql = PORTINGS.select("subscription_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1");
        let latest = self.tx.optional::<Porting>(&sql, params![self.project, subscription])?;
        Ok(latest.filter(is_current))
    }

    /// The customer's portings that no subscription uses yet, newest first.
    pub fn drafts_of(&mut self, customer: CustomerId) -> Result<Vec<Porting>, StoreError> {
        let sql = PORTINGS.select("customer_id = $2 AND status = 'draft' ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }
}

/// Whether the number is still on its way, or may be sent again.
pub(super) const fn is_current(porting: &Porting) -> bool {
    use PortingStatus::{Canceled, Completed, Expired};
    !matches!(porting.status, Completed | Canceled | Expired)
}

impl FromRow for Porting {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            subscription_id: row.take()?,
            phone_number: row.take()?,
            provider: row.take()?,
            account_number: row.take()?,
            status: row.take()?,
            created_at: row.take()?,
        })
    }
}
