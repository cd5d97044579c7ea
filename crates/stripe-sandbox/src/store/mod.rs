//! Remembers Stripe's objects in one `SQLite` database.
//!
//! Each API request is one transaction. Those that change something share one connection: the sandbox serves a handful of
//! callers, and requests that never overlap are easier to reason about in a test than requests that do. A transaction
//! takes well under a millisecond, so it runs where it is asked for. Those that only read have several connections of their
//! own where the database is a file, so that they wait neither for a long stretch of the clock nor for each other.

mod at_hand;
mod events;
mod keys;
mod log;
mod queue;
mod readers;
mod select;
mod tx;

use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use crate::http::error::ApiError;
use crate::options::Storage;
use crate::sandbox::OpenError;

pub(crate) use log::Log;
use queue::Queue;
pub(crate) use queue::Turn;
use readers::Readers;
pub(crate) use select::{Select, page_limit};
pub(crate) use tx::{Context, Tx};

/// Customers and subscriptions are changed again and again in no order: their pages should not be read anew each time.
const CACHE_KIBIBYTES: i64 = 24 * 1024;
/// 64 MiB. A page that is changed several times between two checkpoints is copied into the file once: with a quarter of it
/// a long stretch of the clock took a twentieth longer.
const PAGES_BETWEEN_CHECKPOINTS: i64 = 16_384;

/// The connections.
pub(crate) struct Store {
    writer: Mutex<Connection>,
    queue: Queue,
    readers: Readers,
    log: Option<Log>,
}

impl Store {
    /// Opens the database and makes its tables.
    pub(crate) fn open(storage: &Storage) -> Result<Self, OpenError> {
        let writer = match storage {
            Storage::Memory => Connection::open_in_memory()?,
            Storage::File(path) => Connection::open(path)?,
        };
        set_up(&writer, CACHE_KIBIBYTES)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        writer.pragma_update(None, "wal_autocheckpoint", PAGES_BETWEEN_CHECKPOINTS)?;
        writer.execute_batch(include_str!("schema.sql"))?;
        let (readers, log) = match storage {
            Storage::Memory => (Readers::default(), None),
            Storage::File(path) => (Readers::of(path)?, Some(Log::of(path)?)),
        };
        Ok(Self { writer: Mutex::new(writer), queue: Queue::default(), readers, log })
    }

    /// Runs `work` in a transaction. It is committed on `Ok`, and on the refusals that leave something behind.
    pub(crate) fn write<T>(
        &self,
        context: Context,
        work: impl FnOnce(&Tx<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let turn = self.queue.enter();
        // Declared first, and so dropped last: once the writer is free.
        let _freed = self.queue.until_freed();
        // A panic in an earlier request rolled its transaction back, so the connection is as good as new.
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        drop(turn);
        let changes = connection.total_changes();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
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

    /// Runs `work` beside whoever writes. Nothing where it failed, or has something to write: then it belongs into
    /// [`Self::write`].
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

    /// Waits until nobody writes, without holding up a thread that has others to serve. Whoever holds the answer counts as
    /// waiting, so a long stretch of the clock lets them write before it goes on.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        self.queue.enter_and_wait(|| !matches!(self.writer.try_lock(), Err(TryLockError::WouldBlock))).await
    }

    /// Lets those write first who wait to: whoever takes the writer again and again would else never be interrupted.
    pub(crate) fn give_way(&self) {
        self.queue.give_way();
    }

    /// The log, where the database is a file.
    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_ref()
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
