//! What happened here, append-only: what outgoing webhooks tell others. Only what is personal is taken out again, when its
//! customer is deleted.

use std::sync::LazyLock;

use jiff::Timestamp;
use perennial_domain::{CustomerId, EventId};
use uuid::Uuid;

use super::Events;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_by};
use super::positions::next_position;
use super::table::Table;
use crate::{Columns, Engine, FromRow, StoreError, params};

pub(super) const EVENTS: Table = Table::new(
    "events",
    "id, event_type, subject_id, lane_id, customer_id, data, previous_data, actor, created_at",
);

static APPEND_TO_SQLITE: LazyLock<String> = LazyLock::new(|| append_to(Engine::Sqlite));
static APPEND_TO_POSTGRES: LazyLock<String> = LazyLock::new(|| append_to(Engine::Postgres));

fn append_to(engine: Engine) -> String {
    format!(
        "{} RETURNING position, EXISTS (\
             SELECT 1 FROM webhook_endpoints WHERE project_id = $10 AND deleted_at IS NULL)",
        EVENTS.insert_computed(&[("project_id", "$10"), ("position", next_position(engine))])
    )
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Our id.
    pub id: EventId,
    /// What, such as `subscription.activated`.
    pub event_type: String,
    /// To which row.
    pub subject_id: Uuid,
    /// Within what it is told in order: its subscription, where it has one; else its subject.
    pub lane_id: Option<Uuid>,
    /// The customer whom it concerns.
    pub customer_id: Option<CustomerId>,
    /// The subject after it, in the words of the Projects API.
    pub data: serde_json::Value,
    /// What was told before of that which changed.
    pub previous_data: Option<serde_json::Value>,
    /// Who did it, in the words of the Projects API.
    pub actor: Option<serde_json::Value>,
    /// When.
    pub created_at: Timestamp,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of one of these types; of any when there is none.
    pub types: Vec<String>,
    /// Up to this position ([`Events::settled_position`]); to the last one that is seen when there is none.
    pub until: Option<i64>,
}

/// What is known of an event once it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendedEvent {
    /// Its place among the events of its project.
    pub position: i64,
    /// Whether the project has receivers of webhooks.
    pub has_receivers: bool,
}

impl Events<'_> {
    /// Adds an event, and answers whether the project has receivers of webhooks: asked in the same breath, because most have
    /// none, and everything that happens comes by here.
    pub fn append(&mut self, event: &EventRow) -> Result<AppendedEvent, StoreError> {
        let sql = match self.tx.engine() {
            Engine::Sqlite => &*APPEND_TO_SQLITE,
            Engine::Postgres => &*APPEND_TO_POSTGRES,
        };
        self.tx.one(
            sql,
            params![
                event.id,
                event.event_type,
                event.subject_id,
                event.lane_id,
                event.customer_id,
                event.data,
                event.previous_data,
                event.actor,
                event.created_at,
                self.project
            ],
        )
    }

    /// The event with this id.
    pub fn find(&mut self, id: EventId) -> Result<Option<EventRow>, StoreError> {
        self.tx.optional(&EVENTS.select("id = $2"), params![self.project, id])
    }

    /// What was told last of a row.
    pub fn last_data_of(&mut self, subject: Uuid) -> Result<Option<serde_json::Value>, StoreError> {
        self.tx.optional(
            "SELECT data FROM events WHERE project_id = $1 AND subject_id = $2 \
             ORDER BY position DESC LIMIT 1",
            params![self.project, subject],
        )
    }

    /// What was told of a customer, and of what belongs to them.
    pub fn data_of_customer(
        &mut self,
        customer: CustomerId,
    ) -> Result<Vec<(EventId, serde_json::Value)>, StoreError> {
        self.tx.list(
            "SELECT id, data FROM events WHERE project_id = $1 AND customer_id = $2",
            params![self.project, customer],
        )
    }

    /// Leaves of an event's data what is given here, and nothing of what was before it.
    pub fn empty(&mut self, id: EventId, lasting: &serde_json::Value) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE events SET data = $3, previous_data = NULL WHERE project_id = $1 AND id = $2",
            params![self.project, id, lasting],
        )?;
        Ok(())
    }

    /// One page of the project's events, the newest first.
    pub fn page(&mut self, request: PageRequest) -> Result<Slice<EventRow>, PageError> {
        self.page_of(&EventFilter::default(), request)
    }

    /// One page of those that match, the newest first.
    pub fn page_of(
        &mut self,
        wanted: &EventFilter,
        request: PageRequest,
    ) -> Result<Slice<EventRow>, PageError> {
        let mut filter = Filter::of_project(&EVENTS, &self.project).one_of("event_type", &wanted.types);
        if let Some(position) = &wanted.until {
            filter = filter.compares("position", "<=", position);
        }
        page_by::<_, i64>(&mut self.tx, &filter, "position", request)
    }
}

impl FromRow for AppendedEvent {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { position: row.take()?, has_receivers: row.take()? })
    }
}

impl FromRow for EventRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            event_type: row.take()?,
            subject_id: row.take()?,
            lane_id: row.take()?,
            customer_id: row.take()?,
            data: row.take()?,
            previous_data: row.take()?,
            actor: row.take()?,
            created_at: row.take()?,
        })
    }
}
