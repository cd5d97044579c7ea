//! Remembers Stripe's objects in one `SQLite` database.
//!
//! Each API request is one transaction. Those that change something share one connection: the sandbox serves a handful of
//! callers, and requests that never overlap are easier to reason about in a test than requests that do. They have it in the
//! order in which they ask for it, so the clock, which has it again and again, never goes ahead of somebody who waits. A
//! transaction takes well under a millisecond, so it runs where it is asked for; the clock's take longer, and run on a thread
//! of their own. Those that only read have several connections of their own where the database is a file, so that they wait
//! neither for the clock nor for each other.

mod at_hand;
mod checkpoints;
mod events;
mod keys;
mod log;
mod readers;
mod select;
mod tx;

use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::http::error::ApiError;
use crate::options::Storage;
use crate::sandbox::OpenError;

pub(crate) use log::Log;
use readers::Readers;
pub(crate) use select::{Select, page_limit};
pub(crate) use tx::{Context, Tx};

/// Customers and subscriptions are changed again and again in no order: their pages should not be read anew each time.
const CACHE_KIBIBYTES: i64 = 24 * 1024;

/// The connections.
pub(crate) struct Store {
    writer: Arc<Mutex<Connection>>,
    readers: Readers,
    log: Option<Arc<Log>>,
}

/// The connection that writes, for whoever has it.
pub(crate) struct Writer {
    connection: OwnedMutexGuard<Connection>,
    log: Option<Arc<Log>>,
}

impl Store {
    /// Opens the database and makes its tables.
    pub(crate) fn open(storage: &Storage) -> Result<Self, OpenError> {
        let mut writer = match storage {
            Storage::Memory => Connection::open_in_memory()?,
            Storage::File(path) => Connection::open(path)?,
        };
        set_up(&writer, CACHE_KIBIBYTES)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        writer.execute_batch(include_str!("schema.sql"))?;
        let (readers, log) = match storage {
            Storage::Memory => (Readers::default(), None),
            Storage::File(path) => {
                checkpoints::keep_short(&mut writer, path)?;
                (Readers::of(path)?, Some(Arc::new(Log::of(path)?)))
            }
        };
        Ok(Self { writer: Arc::new(Mutex::new(writer)), readers, log })
    }

    /// Waits for the connection that writes, behind everybody who asked before.
    pub(crate) async fn writer(&self) -> Writer {
        Writer { connection: Arc::clone(&self.writer).lock_owned().await, log: self.log.clone() }
    }

    /// Runs `work` beside whoever writes. Nothing where it failed, or has something to write: then it is
    /// [`Self::writer`]'s.
    pub(crate) fn read<T>(
        &self,
        context: Context,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Option<T> {
        let mut connection = self.readers.take()?;
        let transaction = connection.transaction().ok()?;
        let tx = Tx::new(&transaction, context);
        let answer = work(&tx).ok()?;
        tx.has_nothing_to_write().then_some(answer)
    }

    /// The log, where the database is a file.
    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_deref()
    }
}

impl Writer {
    /// Runs `work` in a transaction. It is committed on `Ok`, and on the refusals that leave something behind; what a panic
    /// leaves is rolled back.
    pub(crate) fn transact<T>(
        &mut self,
        context: Context,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let changes = self.connection.total_changes();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tx = Tx::new(&transaction, context);
        let outcome = work(&tx);
        if outcome.as_ref().err().is_none_or(ApiError::keeps_changes) {
            tx.write_down()?;
            let has_changed = transaction.total_changes() != changes;
            match self.log.as_ref().filter(|_| has_changed) {
                Some(log) => log.commit(|| transaction.commit())?,
                None => transaction.commit()?,
            }
        }
        outcome
    }
}

fn set_up(connection: &Connection, cache_kibibytes: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -cache_kibibytes)?;
    connection.set_prepared_statement_cache_capacity(256);
    // Without this a statement is prepared anew whenever a value that is compared to an indexed column changed.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}
