//! In which order a receiver is told: a lane in that of its events' positions, and what is told of one event in that of its
//! ids.

use jiff::Timestamp;
use perennial_domain::WebhookEndpointId;
use uuid::Uuid;

use super::WebhookDeliveries;
use super::events::{EVENTS, EventRow};
use super::webhook_deliveries::{DELIVERIES, DeliveryRow};
use crate::{Columns, FromRow, StoreError, params};

/// A delivery and the event that it tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingMessage {
    /// The delivery.
    pub delivery: DeliveryRow,
    /// The event.
    pub event: EventRow,
}

impl WebhookDeliveries<'_> {
    /// The lanes of as many deliveries to a receiver as are wanted, the longest due first, and how many of them each has. One
    /// that waits behind an earlier delivery is among them.
    pub fn due_lanes(
        &mut self,
        endpoint: WebhookEndpointId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Uuid, u32)>, StoreError> {
        self.tx.list(
            "SELECT lane_id, COUNT(*) FROM (\
                 SELECT lane_id, next_at, id FROM webhook_deliveries \
                 WHERE project_id = $1 AND endpoint_id = $2 AND state = 'waiting' AND next_at <= $3 \
                 ORDER BY next_at, id LIMIT $4) AS due \
             GROUP BY lane_id ORDER BY MIN(next_at), lane_id",
            params![self.project, endpoint, now, limit],
        )
    }

    /// The next lanes of a receiver in which something waits, by their ids, behind one of them or from the first on; and when the
    /// first delivery of each is due. It goes from lane to lane, however much waits in each.
    pub fn lanes_behind(
        &mut self,
        endpoint: WebhookEndpointId,
        behind: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<(Uuid, Timestamp)>, StoreError> {
        const OF_ENDPOINT: &str = "project_id = $1 AND endpoint_id = $2 AND state = 'waiting'";
        let sql = format!(
            "WITH RECURSIVE lanes (lane, place) AS (\
                 SELECT (SELECT lane_id FROM webhook_deliveries WHERE {OF_ENDPOINT} AND lane_id > $3 \
                         ORDER BY lane_id LIMIT 1), 1 \
                 UNION ALL \
                 SELECT (SELECT lane_id FROM webhook_deliveries WHERE {OF_ENDPOINT} AND lane_id > lane \
                         ORDER BY lane_id LIMIT 1), place + 1 \
                 FROM lanes WHERE lane IS NOT NULL AND place < $4) \
             SELECT lane, (SELECT next_at FROM webhook_deliveries WHERE {OF_ENDPOINT} AND lane_id = lane \
                           ORDER BY position, id LIMIT 1) \
             FROM lanes WHERE lane IS NOT NULL ORDER BY lane"
        );
        self.tx.list(&sql, params![self.project, endpoint, behind.unwrap_or_default(), limit])
    }

    /// What waits in a lane, in its order, from the first on.
    pub fn waiting_of_lane(
        &mut self,
        endpoint: WebhookEndpointId,
        lane: Uuid,
        limit: u32,
    ) -> Result<Vec<WaitingMessage>, StoreError> {
        let (delivery, event) = (DELIVERIES.qualified(), EVENTS.qualified());
        let sql = format!(
            "SELECT {delivery}, {event} FROM webhook_deliveries \
             JOIN events ON events.project_id = webhook_deliveries.project_id \
             AND events.id = webhook_deliveries.event_id \
             WHERE webhook_deliveries.project_id = $1 AND webhook_deliveries.endpoint_id = $2 \
             AND webhook_deliveries.lane_id = $3 AND webhook_deliveries.state = 'waiting' \
             ORDER BY webhook_deliveries.position, webhook_deliveries.id LIMIT $4"
        );
        self.tx.list(&sql, params![self.project, endpoint, lane, limit])
    }

    /// Has what waits in a lane wait until then at the least: its first delivery does.
    pub fn postpone_lane(
        &mut self,
        endpoint: WebhookEndpointId,
        lane: Uuid,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(POSTPONE, params![self.project, endpoint, lane, until])?;
        Ok(())
    }
}

/// SQLite has no index on this expression of a time, and so takes that of lanes; by the index of what is due it would read
/// all that waits for the receiver.
const POSTPONE: &str = "UPDATE webhook_deliveries SET next_at = $4 WHERE project_id = $1 AND endpoint_id = $2 \
     AND lane_id = $3 AND state = 'waiting' AND +next_at < $4";

impl FromRow for WaitingMessage {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { delivery: DeliveryRow::from_row(row)?, event: EventRow::from_row(row)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn a_lane_is_postponed_without_reading_the_others() {
        let plan = plan_of(POSTPONE.to_owned(), 4).await;
        assert!(
            plan.contains("webhook_deliveries_by_lane (project_id=? AND endpoint_id=? AND lane_id=?)"),
            "{plan}"
        );
    }
}
