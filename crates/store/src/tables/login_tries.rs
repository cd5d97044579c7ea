//! Tries to log in with a password, counted by whom they name and where they come from.

use jiff::Timestamp;
use perennial_domain::LoginTryId;

use super::LoginTries;
use crate::{StoreError, Tx, params};

impl Tx<'_> {
    /// Forgets tries that no limit looks back at (all projects); answers how many rows there were.
    pub fn sweep_login_tries(&mut self, tried_before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM log_in_tries WHERE tried_at < $1", params![tried_before])
    }
}

impl LoginTries<'_> {
    /// Counts a try for one of its subjects, by the hash of that.
    pub fn insert(
        &mut self,
        id: LoginTryId,
        subject_hash: &[u8],
        tried_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO log_in_tries (project_id, id, subject_hash, tried_at) VALUES ($1, $2, $3, $4)",
            params![self.project, id, subject_hash, tried_at],
        )?;
        Ok(())
    }

    /// When a subject was tried since then: the latest times first, and at the most so many.
    pub fn latest_of(
        &mut self,
        subject_hash: &[u8],
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.tx.list(
            "SELECT tried_at FROM log_in_tries WHERE project_id = $1 AND subject_hash = $2 AND tried_at > $3 \
             ORDER BY tried_at DESC LIMIT $4",
            params![self.project, subject_hash, since, limit],
        )
    }

    /// Takes a try back, for all its subjects.
    pub fn delete(&mut self, id: LoginTryId) -> Result<(), StoreError> {
        self.tx.execute(
            "DELETE FROM log_in_tries WHERE project_id = $1 AND id = $2",
            params![self.project, id],
        )?;
        Ok(())
    }
}
