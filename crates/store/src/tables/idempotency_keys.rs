//! Calls that may be made twice, and the answers to those that succeeded
//! (contracts/projects-api.md §1.7).

use jiff::{SignedDuration, Timestamp};

use super::IdempotencyKeys;
use crate::{Columns, FromRow, StoreError, Tx, params};

/// No call runs for so long: one that seems to has died with its process, and its key is free again.
const LONGEST_CALL: SignedDuration = SignedDuration::from_secs(60);

/// What a call finds under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// Nothing: the call may go ahead, and the key is its own.
    New,
    /// The same call, not answered yet.
    Running,
    /// The same call, and its answer.
    Done {
        /// Its HTTP status.
        status: u16,
        /// Its body, to the letter.
        body: Vec<u8>,
    },
    /// Another call.
    OtherRequest,
}

impl Tx<'_> {
    /// Forgets the keys that are too old (all projects); answers how many.
    pub fn sweep_idempotency_keys(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM idempotency_keys WHERE expires_at <= $1", params![now])
    }
}

impl IdempotencyKeys<'_> {
    /// Takes the key for a call, unless it is taken. The fingerprint tells the call from others.
    ///
    /// A key that is too old, or whose call died on its way, is taken over: failed calls are not kept, so
    /// a call that never answered leaves nothing that could be repeated.
    pub fn reserve(
        &mut self,
        key: &str,
        fingerprint: &[u8],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Reservation, StoreError> {
        let died_before = now.saturating_sub(LONGEST_CALL).unwrap_or(Timestamp::MIN);
        let taken = self.tx.execute(
            "INSERT INTO idempotency_keys (project_id, idempotency_key, fingerprint, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project_id, idempotency_key) DO UPDATE SET \
             fingerprint = excluded.fingerprint, status = NULL, body = NULL, \
             created_at = excluded.created_at, expires_at = excluded.expires_at \
             WHERE idempotency_keys.expires_at <= $4 \
             OR (idempotency_keys.status IS NULL AND idempotency_keys.created_at < $6)",
            params![self.project, key, fingerprint, now, expires_at, died_before],
        )?;
        if taken == 1 {
            return Ok(Reservation::New);
        }
        let held = self.tx.one::<HeldKey>(
            "SELECT fingerprint, status, body FROM idempotency_keys \
             WHERE project_id = $1 AND idempotency_key = $2",
            params![self.project, key],
        )?;
        Ok(held.answer_to(fingerprint))
    }

    /// Keeps the answer to the call that took the key at that time, if the key still is its own.
    pub fn finish(
        &mut self,
        key: &str,
        taken_at: Timestamp,
        status: u16,
        body: &[u8],
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE idempotency_keys SET status = $4, body = $5 \
             WHERE project_id = $1 AND idempotency_key = $2 AND created_at = $3 AND status IS NULL",
            params![self.project, key, taken_at, status, body],
        )?;
        Ok(())
    }

    /// Gives the key back because the call that took it at that time failed. One whose answer is kept stays, and so does one
    /// that another call has taken over.
    pub fn release(&mut self, key: &str, taken_at: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "DELETE FROM idempotency_keys \
             WHERE project_id = $1 AND idempotency_key = $2 AND created_at = $3 AND status IS NULL",
            params![self.project, key, taken_at],
        )?;
        Ok(())
    }
}

struct HeldKey {
    fingerprint: Vec<u8>,
    answer: Option<(u16, Vec<u8>)>,
}

impl HeldKey {
    fn answer_to(self, fingerprint: &[u8]) -> Reservation {
        match self.answer {
            _ if self.fingerprint != fingerprint => Reservation::OtherRequest,
            Some((status, body)) => Reservation::Done { status, body },
            None => Reservation::Running,
        }
    }
}

impl FromRow for HeldKey {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let fingerprint = row.take()?;
        let (status, body) = (row.take::<Option<u16>>()?, row.take::<Option<Vec<u8>>>()?);
        Ok(Self { fingerprint, answer: status.zip(body) })
    }
}
