//! Events, kept for as long as Stripe shows them.

use std::rc::Rc;

use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::{Select, Tx};
use crate::fields::Fields;
use crate::http::error::ApiError;

/// Stripe lists events that are up to 30 days old: <https://docs.stripe.com/api/events>.
const KEPT_FOR_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What is to be forgotten, as it was recorded up to `?1`. One that is still to be delivered waits for that.
const IS_OLD: &str = "recorded_at <= ?1
    AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event = events.id AND state = 'pending')";

impl Tx<'_> {
    /// Adds an event.
    pub(crate) fn insert_event(&self, event: &Value) -> Result<(), ApiError> {
        self.connection
            .prepare_cached("INSERT INTO events (id, body, recorded_at) VALUES (?1, ?2, ?3)")?
            .execute(params![event.id(), serde_json::to_string(event)?, self.owners_now()])?;
        Ok(())
    }

    /// The event with this id.
    pub(crate) fn find_event(&self, id: &str) -> Result<Option<Value>, ApiError> {
        Ok(self.find_event_text(id)?.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// The event with this id, as JSON.
    pub(crate) fn find_event_text(&self, id: &str) -> Result<Option<String>, ApiError> {
        let mut statement = self.connection.prepare_cached("SELECT body FROM events WHERE id = ?1")?;
        Ok(statement.query_row([id], |row| row.get(0)).optional()?)
    }

    /// The enabled webhook endpoints: read once in a transaction that changes none, as every event asks for them.
    pub(crate) fn listening_endpoints(&self) -> Result<Rc<[Value]>, ApiError> {
        if let Some(known) = &*self.endpoints.borrow() {
            return Ok(Rc::clone(known));
        }
        let read: Rc<[Value]> =
            Select::of("webhook_endpoint").with("status", "enabled".to_owned()).all(self)?.into();
        *self.endpoints.borrow_mut() = Some(Rc::clone(&read));
        Ok(read)
    }

    /// To how many endpoints an event is still to be delivered.
    pub(crate) fn pending_deliveries(&self, event: &str) -> Result<i64, ApiError> {
        let sql = "SELECT count(*) FROM deliveries WHERE event = ?1 AND state = 'pending'";
        Ok(self.connection.prepare_cached(sql)?.query_row([event], |row| row.get(0))?)
    }

    /// Whether there are events to forget.
    pub(crate) fn has_old_events(&self) -> Result<bool, ApiError> {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM events WHERE {IS_OLD})");
        Ok(self.connection.prepare_cached(&sql)?.query_row([self.kept_since()], |row| row.get(0))?)
    }

    /// Forgets the events that are too old to be shown, with their deliveries.
    pub(crate) fn forget_old_events(&self) -> Result<(), ApiError> {
        let sql = format!("DELETE FROM events WHERE {IS_OLD} RETURNING id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let forgotten: Vec<String> =
            statement.query_map([self.kept_since()], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for event in forgotten {
            self.connection.prepare_cached("DELETE FROM deliveries WHERE event = ?1")?.execute([event])?;
        }
        Ok(())
    }

    fn kept_since(&self) -> i64 {
        self.owners_now() - KEPT_FOR_SECONDS
    }
}
