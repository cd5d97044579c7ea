//! What was said when the end of a subscription was asked for, until that end is written down.

use perennial_domain::{CancellationRequest, SubscriptionId};

use super::CancellationRequests;
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, params};

impl CancellationRequests<'_> {
    /// Keeps the latest of a subscription.
    pub fn put(&mut self, request: &CancellationRequest) -> Result<(), StoreError> {
        let cancellation = json(&request.cancellation)?;
        self.tx.execute(
            "INSERT INTO cancellation_requests (project_id, subscription_id, cancellation, requested_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (project_id, subscription_id) DO UPDATE SET \
             cancellation = excluded.cancellation, requested_at = excluded.requested_at",
            params![self.project, request.subscription_id, cancellation, request.requested_at],
        )?;
        Ok(())
    }

    /// That of a subscription.
    pub fn find(&mut self, id: SubscriptionId) -> Result<Option<CancellationRequest>, StoreError> {
        self.tx.optional(
            "SELECT subscription_id, cancellation, requested_at FROM cancellation_requests \
             WHERE project_id = $1 AND subscription_id = $2",
            params![self.project, id],
        )
    }

    /// Forgets that of a subscription: what was decided stands in its row.
    pub fn delete(&mut self, id: SubscriptionId) -> Result<(), StoreError> {
        self.tx.execute(
            "DELETE FROM cancellation_requests WHERE project_id = $1 AND subscription_id = $2",
            params![self.project, id],
        )?;
        Ok(())
    }
}

impl FromRow for CancellationRequest {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            subscription_id: row.take()?,
            cancellation: row.take::<Json<_>>()?.0,
            requested_at: row.take()?,
        })
    }
}
