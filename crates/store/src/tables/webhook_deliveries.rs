//! What each receiver is told, and what became of it.

use jiff::Timestamp;
use perennial_domain::{DeliveryState, EventId, ProjectId, WebhookDeliveryId, WebhookEndpointId};
use uuid::Uuid;

use super::WebhookDeliveries;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_by};
use super::table::Table;
use crate::{Columns, FromRow, StoreError, ToValue, Tx, first_id_of, params};

pub(super) const DELIVERIES: Table = Table::new(
    "webhook_deliveries",
    "id, project_id, endpoint_id, event_id, lane_id, message_type, data, state, attempts, next_at, attempted_at, \
     last_status, last_response, last_error, settled_at, created_at, position",
);

/// One event on its way to one receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryRow {
    /// Our id.
    pub id: WebhookDeliveryId,
    /// Whose.
    pub project_id: ProjectId,
    /// To whom.
    pub endpoint_id: WebhookEndpointId,
    /// Of what.
    pub event_id: EventId,
    /// Within what it is told in order.
    pub lane_id: Uuid,
    /// The type, as the receiver's flavour spells it.
    pub message_type: String,
    /// What is told, where it is not the event's own.
    pub data: Option<serde_json::Value>,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it was tried last.
    pub attempted_at: Option<Timestamp>,
    /// The HTTP status of the last answer.
    pub last_status: Option<u16>,
    /// The first 4 KiB of the last answer.
    pub last_response: Option<String>,
    /// Why there was no answer.
    pub last_error: Option<String>,
    /// When it was delivered or given up.
    pub settled_at: Option<Timestamp>,
    /// When its event happened.
    pub created_at: Timestamp,
    /// The place of its event among those of its project.
    pub position: i64,
}

/// Which deliveries are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFilter {
    /// To this receiver alone.
    pub endpoint: Option<WebhookEndpointId>,
    /// In this state alone.
    pub state: Option<DeliveryState>,
}

/// So many are taken away with one statement.
const FORGOTTEN_AT_ONCE: u32 = 1000;
/// Project by project, in which SQLite keeps the order of a cross join: it would else pass over all deliveries.
const FORGET: &str = "DELETE FROM webhook_deliveries WHERE (project_id, id) IN (\
     SELECT webhook_deliveries.project_id, webhook_deliveries.id FROM projects \
     CROSS JOIN webhook_deliveries WHERE webhook_deliveries.project_id = projects.id \
     AND webhook_deliveries.id < $1 LIMIT $2)";
/// So many are added with one statement: SQLite takes 32 766 parameters (<https://www.sqlite.org/limits.html>), and each has 17.
const ADDED_AT_ONCE: usize = 1000;

impl Tx<'_> {
    /// Forgets deliveries (of all projects) of events that happened before then, the oldest first, whatever became of them;
    /// answers how many it were.
    pub fn forget_webhook_deliveries(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute(FORGET, params![first_id_of(before), FORGOTTEN_AT_ONCE])
    }
}

impl WebhookDeliveries<'_> {
    /// Adds deliveries, with as few statements as there can be.
    pub fn insert_all(&mut self, deliveries: &[DeliveryRow]) -> Result<(), StoreError> {
        deliveries.chunks(ADDED_AT_ONCE).try_for_each(|some| self.insert_some(some))
    }

    fn insert_some(&mut self, deliveries: &[DeliveryRow]) -> Result<(), StoreError> {
        let values = deliveries.iter().flat_map(|delivery| {
            [
                &delivery.id as &dyn ToValue,
                &self.project,
                &delivery.endpoint_id,
                &delivery.event_id,
                &delivery.lane_id,
                &delivery.message_type,
                &delivery.data,
                &delivery.state,
                &delivery.attempts,
                &delivery.next_at,
                &delivery.attempted_at,
                &delivery.last_status,
                &delivery.last_response,
                &delivery.last_error,
                &delivery.settled_at,
                &delivery.created_at,
                &delivery.position,
            ]
        });
        let values = values.collect::<Vec<_>>();
        self.tx.execute(&DELIVERIES.insert_many(deliveries.len()), &values)?;
        Ok(())
    }

    /// Writes what became of a delivery. One that was forgotten since it was sent stays so, and what is answered to one that was
    /// emptied is not kept.
    pub fn update(&mut self, delivery: &DeliveryRow) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET state = $3, attempts = $4, next_at = $5, attempted_at = $6, \
                 last_status = $7, last_response = CASE WHEN emptied_at IS NULL THEN $8 END, last_error = $9, \
                 settled_at = $10 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                delivery.id,
                delivery.state,
                delivery.attempts,
                delivery.next_at,
                delivery.attempted_at,
                delivery.last_status,
                delivery.last_response,
                delivery.last_error,
                delivery.settled_at,
            ],
        )?;
        Ok(())
    }

    /// Has everything that waits for a receiver tried now, with all its attempts; answers how much that is.
    pub fn wake(&mut self, endpoint: WebhookEndpointId, now: Timestamp) -> Result<u64, StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET next_at = $3, attempts = 0 \
             WHERE project_id = $1 AND endpoint_id = $2 AND state = 'waiting'",
            params![self.project, endpoint, now],
        )
    }

    /// Gives up whatever waits for a receiver, and says why; answers how much that was.
    pub fn give_up(
        &mut self,
        endpoint: WebhookEndpointId,
        why: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET state = 'failed', last_error = $3, settled_at = $4 \
             WHERE project_id = $1 AND endpoint_id = $2 AND state = 'waiting'",
            params![self.project, endpoint, why, now],
        )
    }

    /// Has what was given up since then tried again now, with all its attempts; answers how much that is.
    pub fn revive_failed(
        &mut self,
        endpoint: WebhookEndpointId,
        given_up_since: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET state = 'waiting', next_at = $4, attempts = 0, settled_at = NULL \
             WHERE project_id = $1 AND endpoint_id = $2 AND state = 'failed' AND settled_at >= $3",
            params![self.project, endpoint, given_up_since, now],
        )
    }

    /// Has an event, delivered or not, sent again now; answers how many deliveries that are.
    pub fn resend_event(
        &mut self,
        endpoint: WebhookEndpointId,
        event: EventId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET state = 'waiting', next_at = $4, attempts = 0, settled_at = NULL \
             WHERE project_id = $1 AND endpoint_id = $2 AND event_id = $3",
            params![self.project, endpoint, event, now],
        )
    }

    /// Has what was told of since then, delivered or not, sent again now; answers how much that is.
    pub fn resend_since(
        &mut self,
        endpoint: WebhookEndpointId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET state = 'waiting', next_at = $4, attempts = 0, settled_at = NULL \
             WHERE project_id = $1 AND endpoint_id = $2 AND created_at >= $3",
            params![self.project, endpoint, since, now],
        )
    }

    /// Leaves of what a delivery tells beside its event's own data what is given here, and nothing of what was or will be
    /// answered.
    pub fn empty(
        &mut self,
        id: WebhookDeliveryId,
        lasting: Option<&serde_json::Value>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE webhook_deliveries SET data = $3, last_response = NULL, emptied_at = $4 \
             WHERE project_id = $1 AND id = $2",
            params![self.project, id, lasting, at],
        )?;
        Ok(())
    }

    /// The delivery with this id.
    pub fn find(&mut self, id: WebhookDeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
        self.tx.optional(&DELIVERIES.select("id = $2"), params![self.project, id])
    }

    /// The deliveries of an event.
    pub fn of_event(&mut self, event: EventId) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut deliveries: Vec<DeliveryRow> = self.tx.list(&of_event(), params![self.project, event])?;
        deliveries.sort_by_key(|delivery| delivery.id);
        Ok(deliveries)
    }

    /// One page of those to a receiver that match. Their ids tell when their events happened.
    pub fn page_of(
        &mut self,
        endpoint: WebhookEndpointId,
        state: Option<DeliveryState>,
        request: PageRequest,
    ) -> Result<Slice<DeliveryRow>, PageError> {
        let filter = Filter::of_project(&DELIVERIES, &self.project)
            .equals("endpoint_id", Some(&endpoint))
            .equals("state", state.as_ref());
        page_by::<_, Uuid>(&mut self.tx, &filter, "id", request)
    }

    /// The newest deliveries that match, newest first.
    pub fn newest(&mut self, filter: DeliveryFilter, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut values: Vec<&dyn ToValue> = vec![&self.project, &limit];
        let of_endpoint = match &filter.endpoint {
            Some(endpoint) => {
                values.push(endpoint);
                " AND endpoint_id = $3"
            }
            None => "",
        };
        // The word is part of the text so that the partial indexes can be used.
        let in_state = filter.state.map_or_else(String::new, |state| format!(" AND state = '{state}'"));
        let condition = format!("id IS NOT NULL{of_endpoint}{in_state} ORDER BY id DESC LIMIT $2");
        self.tx.list(&DELIVERIES.select(&condition), &values)
    }
}

/// Without an order: for its sake SQLite would read all that anybody in the project is told.
fn of_event() -> String {
    DELIVERIES.select("event_id = $2")
}

impl FromRow for DeliveryRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            endpoint_id: row.take()?,
            event_id: row.take()?,
            lane_id: row.take()?,
            message_type: row.take()?,
            data: row.take()?,
            state: row.take()?,
            attempts: row.take()?,
            next_at: row.take()?,
            attempted_at: row.take()?,
            last_status: row.take()?,
            last_response: row.take()?,
            last_error: row.take()?,
            settled_at: row.take()?,
            created_at: row.take()?,
            position: row.take()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn deliveries_of_an_event_and_old_ones_are_found_without_reading_all() {
        let plan = plan_of(of_event(), 2).await;
        assert!(plan.contains("webhook_deliveries_key (project_id=? AND event_id=?)"), "{plan}");
        let plan = plan_of(FORGET.to_owned(), 2).await;
        assert!(plan.contains("SEARCH webhook_deliveries USING COVERING INDEX"), "{plan}");
        assert!(plan.contains("(project_id=? AND id<?)"), "{plan}");
        assert!(!plan.contains("SCAN webhook_deliveries"), "{plan}");
    }
}
