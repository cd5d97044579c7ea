//! Who of us sends to a receiver of webhooks just now.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{ProjectId, WebhookEndpointId};

use super::WebhookEndpoints;
use super::table::expect_one;
use crate::{Columns, FromRow, StoreError, ToValue, Tx, params};

/// The right to send to an endpoint, for as long as it is renewed in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointClaim {
    /// Whose.
    pub project_id: ProjectId,
    /// Which.
    pub endpoint_id: WebhookEndpointId,
    /// Tells this claim from every earlier and later one.
    number: i64,
}

/// Which endpoints are wanted to be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimable {
    /// So many at the most.
    pub limit: u32,
    /// Those that failed last, or those that did not; both when there is none.
    pub failing: Option<bool>,
    /// None of these projects'.
    pub except: Vec<ProjectId>,
}

impl Claimable {
    /// So many, of whatever kind.
    pub const fn any(limit: u32) -> Self {
        Self { limit, failing: None, except: Vec::new() }
    }

    /// As a condition, whose parameters begin after `bound` others.
    fn condition(&self, bound: usize) -> String {
        let health = match self.failing {
            None => "",
            Some(true) => " AND failures > 0",
            Some(false) => " AND failures = 0",
        };
        let others = (1..=self.except.len()).map(|place| format!(" AND project_id <> ${}", bound + place));
        others.fold(health.to_owned(), |text, other| text + &other)
    }
}

impl Tx<'_> {
    /// Takes endpoints (of all projects) with something to send, those first that have rested longest. Nobody else gets them
    /// before the lease is over, which is counted by the database's clock. It goes from one endpoint for which something waits
    /// to the next, and so looks at none that is idle.
    pub fn claim_webhook_endpoints(
        &mut self,
        now: Timestamp,
        lease: SignedDuration,
        wanted: &Claimable,
    ) -> Result<Vec<EndpointClaim>, StoreError> {
        let (database_now, lease_us) = (self.engine().now_us(), lease_us(lease));
        let mut values = params![now, lease_us, wanted.limit].to_vec();
        let condition = wanted.condition(values.len());
        values.extend(wanted.except.iter().map(|project| project as &dyn ToValue));
        let sql = format!(
            "WITH RECURSIVE hoping (hoping_id) AS (\
                 SELECT (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'waiting' \
                         ORDER BY endpoint_id LIMIT 1) \
                 UNION ALL \
                 SELECT (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'waiting' \
                         AND endpoint_id > hoping_id ORDER BY endpoint_id LIMIT 1) \
                 FROM hoping WHERE hoping_id IS NOT NULL), \
             due AS MATERIALIZED (\
                 SELECT project_id AS due_project, id AS due_id FROM webhook_endpoints \
                 WHERE id IN (SELECT hoping_id FROM hoping WHERE hoping_id IS NOT NULL) \
                 AND deleted_at IS NULL AND disabled_at IS NULL AND resting_until <= $1 \
                 AND claimed_until <= {database_now}{condition} AND EXISTS (\
                     SELECT 1 FROM webhook_deliveries \
                     WHERE webhook_deliveries.project_id = webhook_endpoints.project_id \
                     AND endpoint_id = webhook_endpoints.id AND state = 'waiting' AND next_at <= $1) \
                 ORDER BY resting_until, id LIMIT $3 FOR UPDATE SKIP LOCKED) \
             UPDATE webhook_endpoints SET claimed_until = {database_now} + $2, claims = claims + 1 \
             FROM due WHERE project_id = due_project AND id = due_id RETURNING project_id, id, claims"
        );
        self.list(&sql, &values)
    }
}

impl WebhookEndpoints<'_> {
    /// Goes on having an endpoint, for another lease. Changes nothing if somebody else has it by now.
    pub fn renew(&mut self, claim: EndpointClaim, lease: SignedDuration) -> Result<bool, StoreError> {
        let sql = format!(
            "UPDATE webhook_endpoints SET claimed_until = {} + $4 \
             WHERE project_id = $1 AND id = $2 AND claims = $3",
            self.tx.engine().now_us()
        );
        let values = params![self.project, claim.endpoint_id, claim.number, lease_us(lease)];
        Ok(self.tx.execute(&sql, values)? == 1)
    }

    /// Lets go of an endpoint: others may send to it from `at` on. Changes nothing if somebody else has it by now.
    pub fn release(&mut self, claim: EndpointClaim, at: Timestamp) -> Result<bool, StoreError> {
        let touched = self.tx.execute(
            "UPDATE webhook_endpoints SET resting_until = $4, claimed_until = 0 \
             WHERE project_id = $1 AND id = $2 AND claims = $3",
            params![self.project, claim.endpoint_id, claim.number, at],
        )?;
        Ok(touched == 1)
    }

    /// Has the claim on an endpoint be over, as if whoever has it had not been heard of for a lease: the operator's last resort,
    /// and how tests let the database's time pass.
    pub fn end_claim(&mut self, id: WebhookEndpointId) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_endpoints SET claimed_until = 0 WHERE project_id = $1 AND id = $2";
        expect_one(self.tx.execute(sql, params![self.project, id])?)
    }
}

impl FromRow for EndpointClaim {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { project_id: row.take()?, endpoint_id: row.take()?, number: row.take()? })
    }
}

/// As the statements add it to the database's time, in microseconds.
fn lease_us(lease: SignedDuration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
}
