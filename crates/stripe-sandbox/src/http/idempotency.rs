//! Idempotency keys: <https://docs.stripe.com/api/idempotent_requests>.
//!
//! An answer is kept with the transaction that made it, so a key and its effect are there together or not at all.
//! Refusals that changed nothing are not kept, as with Stripe: such a request may be corrected under the same key.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::http::error::ApiError;
use crate::store::Tx;

const KEPT_FOR_SECONDS: i64 = 24 * 60 * 60;
const MAX_KEY_LENGTH: usize = 255;

/// The keys whose first request is being answered now.
#[derive(Default)]
pub(crate) struct InFlight {
    keys: Mutex<HashSet<String>>,
}

/// Holds a key while its request is being answered.
pub(crate) struct InFlightGuard<'f> {
    keys: &'f InFlight,
    key: String,
}

impl InFlight {
    /// Claims a key, unless another request holds it.
    pub(crate) fn claim(&self, key: &str) -> Result<InFlightGuard<'_>, ApiError> {
        if key.len() > MAX_KEY_LENGTH {
            let message = format!("Idempotency keys can have at most {MAX_KEY_LENGTH} characters.");
            return Err(ApiError::key_reused(message));
        }
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.insert(key.to_owned()) {
            return Err(ApiError::key_in_use());
        }
        Ok(InFlightGuard { keys: self, key: key.to_owned() })
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.keys.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// An answer that was given before.
pub(crate) struct KeptAnswer {
    pub(crate) request_id: String,
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// What tells one request from another under the same key. The order of the parameters does not count.
pub(crate) fn fingerprint(method: &str, path: &str, parameters: &Value) -> String {
    let mut parameters = parameters.clone();
    parameters.sort_all_objects();
    hex::encode(Sha256::digest(format!("{method} {path}\n{parameters}")))
}

/// The answer kept under a key, if this is the same request; a refusal if it is another one.
pub(crate) fn recall(tx: &Tx<'_>, key: &str, fingerprint: &str) -> Result<Option<KeptAnswer>, ApiError> {
    let kept = tx
        .connection
        .prepare_cached(
            "SELECT fingerprint, request_id, status, body FROM answers WHERE key = ?1 AND created > ?2",
        )?
        .query_row(params![key, tx.now() - KEPT_FOR_SECONDS], |row| {
            let answer = KeptAnswer { request_id: row.get(1)?, status: row.get(2)?, body: row.get(3)? };
            Ok((row.get::<_, String>(0)?, answer))
        })
        .optional()?;
    match kept {
        Some((first, _)) if first != fingerprint => Err(ApiError::key_reused(
            "This idempotency key was used before with other parameters or for another call.",
        )),
        kept => Ok(kept.map(|(_, answer)| answer)),
    }
}

/// Keeps an answer under its key, and forgets those older than a day.
pub(crate) fn keep(tx: &Tx<'_>, key: &str, fingerprint: &str, answer: &KeptAnswer) -> Result<(), ApiError> {
    let forgotten = tx.now() - KEPT_FOR_SECONDS;
    tx.connection.prepare_cached("DELETE FROM answers WHERE created <= ?1")?.execute([forgotten])?;
    let sql = "INSERT INTO answers (key, fingerprint, request_id, status, body, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.connection.prepare_cached(sql)?.execute(params![
        key,
        fingerprint,
        answer.request_id,
        answer.status,
        answer.body,
        tx.now()
    ])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_use_is_refused_until_its_request_ends() {
        let in_flight = InFlight::default();
        let first = in_flight.claim("k").unwrap();
        assert_eq!(in_flight.claim("k").err().unwrap().code(), Some("idempotency_key_in_use"));
        drop(first);
        assert!(in_flight.claim("k").is_ok());
    }
}
