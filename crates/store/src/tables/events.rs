//! What happened here, append-only: what outgoing webhooks tell others.

use jiff::Timestamp;
use perennial_domain::EventId;
use uuid::Uuid;

use super::Events;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::Table;
use crate::{Columns, FromRow, StoreError, params};

const EVENTS: Table = Table::new("events", "id, event_type, subject_id, data, created_at");

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Our id.
    pub id: EventId,
    /// What, such as `subscription.activated`.
    pub event_type: String,
    /// To which row.
    pub subject_id: Uuid,
    /// What is told of it.
    pub data: serde_json::Value,
    /// When.
    pub created_at: Timestamp,
}

impl Events<'_> {
    /// Adds an event.
    pub fn append(&mut self, event: &EventRow) -> Result<(), StoreError> {
        self.tx.execute(
            &EVENTS.insert_with("project_id"),
            params![event.id, event.event_type, event.subject_id, event.data, event.created_at, self.project],
        )?;
        Ok(())
    }

    /// One page of the project's events.
    pub fn page(&mut self, request: PageRequest) -> Result<Slice<EventRow>, PageError> {
        let filter = Filter::of_project(&EVENTS, &self.project);
        page(&mut self.tx, &filter, request)
    }
}

impl FromRow for EventRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            event_type: row.take()?,
            subject_id: row.take()?,
            data: row.take()?,
            created_at: row.take()?,
        })
    }
}
