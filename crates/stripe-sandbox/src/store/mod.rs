//! Remembers Stripe's objects in one `SQLite` database.
//!
//! Each API request is one transaction over one connection: the sandbox serves a handful of callers, and requests that
//! never overlap are easier to reason about in a test than requests that do. A transaction takes well under a
//! millisecond, so it runs where it is asked for.

mod at_hand;
mod events;
mod keys;
mod select;
mod tx;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use crate::http::error::ApiError;
use crate::options::Storage;

pub(crate) use select::{Select, page_limit};
pub(crate) use tx::{Context, Tx};

/// Customers and subscriptions are changed again and again in no order: their pages should not be read anew each time.
const CACHE_KIBIBYTES: i64 = 32 * 1024;
/// 16 MiB. A page that is changed several times between two checkpoints is copied into the file once.
const PAGES_BETWEEN_CHECKPOINTS: i64 = 4_096;

/// The one connection.
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the database and makes its tables.
    pub(crate) fn open(storage: &Storage) -> rusqlite::Result<Self> {
        let connection = match storage {
            Storage::Memory => Connection::open_in_memory()?,
            Storage::File(path) => Connection::open(path)?,
        };
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
        connection.pragma_update(None, "wal_autocheckpoint", PAGES_BETWEEN_CHECKPOINTS)?;
        connection.set_prepared_statement_cache_capacity(256);
        // Without this a statement is prepared anew whenever a value that is compared to an indexed column changed.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(include_str!("schema.sql"))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs `work` in a transaction. It is committed on `Ok`, and on the refusals that leave something behind.
    pub(crate) fn write<T>(
        &self,
        context: Context,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        // A panic in an earlier request rolled its transaction back, so the connection is as good as new.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tx = Tx::new(&transaction, context);
        let outcome = work(&tx);
        if outcome.as_ref().err().is_none_or(ApiError::keeps_changes) {
            tx.write_down()?;
            transaction.commit()?;
        }
        outcome
    }
}
