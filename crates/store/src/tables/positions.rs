//! The order of events, which rests on the database and on no node's clock.
//!
//! An event takes its position when its transaction ends, while that transaction still holds the rows that it changed: so
//! what happened to one row one after the other has positions in that order, whoever did it. SQLite's writer is alone, and
//! commits in the order of positions. PostgreSQL's positions come from a sequence, and a smaller one may be committed later:
//! whoever takes one holds a lock of the project in common with others, and who wants to know up to where nothing is missing
//! waits for a moment until nobody holds it.

use super::Events;
use crate::{Engine, StoreError, params};

/// The next position of the project `$10`, as part of the statement that adds an event.
pub(super) const fn next_position(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "(SELECT COALESCE(MAX(position), 0) + 1 FROM events WHERE project_id = $10)",
        // A CASE looks at its conditions first: nobody has a position without the lock.
        Engine::Postgres => {
            "CASE WHEN pg_advisory_xact_lock_shared(uuid_hash_extended($10, 0)) IS NOT NULL \
             THEN nextval('events_position_seq') END"
        }
    }
}

impl Events<'_> {
    /// The position up to which nothing is missing, and nothing ever comes in between. It is to be read by itself, without a
    /// transaction around it (`read_once`): what is seen later sees every event up to there.
    pub fn settled_position(&mut self) -> Result<i64, StoreError> {
        let sql = match self.tx.engine() {
            Engine::Sqlite => "SELECT COALESCE(MAX(position), 0) FROM events WHERE project_id = $1",
            Engine::Postgres => {
                "SELECT CASE WHEN pg_advisory_xact_lock(uuid_hash_extended($1, 0)) IS NOT NULL \
                 THEN COALESCE(pg_sequence_last_value('events_position_seq'), 0) END"
            }
        };
        self.tx.one(sql, params![self.project])
    }
}
