//! A SQLite connection, set up the way the store relies on.

use std::ffi::CStr;

use rusqlite::{
    CachedStatement, Connection, OpenFlags, ToSql,
    config::DbConfig,
    hooks::Wal,
    types::{ToSqlOutput, ValueRef},
    wal::CheckpointMode,
};

use crate::{
    Columns, DatabaseUrl, Engine, StoreError, StoreOptions, ToValue, Value,
    row::Row,
    sql::statement_for_sqlite,
    sqlite::errors::store_error,
    tx::{EachRow, Session},
};

/// More than the program has statements, so that none is ever prepared twice.
const CACHED_STATEMENTS: usize = 512;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    ReadWrite,
    ReadOnly,
}

/// A connection.
pub(super) struct SqliteSession {
    connection: Connection,
    /// How often several statements were run at once: nobody counts what those change.
    batches: u64,
}

impl SqliteSession {
    pub(super) fn open(url: &DatabaseUrl, options: &StoreOptions, mode: Mode) -> rusqlite::Result<Self> {
        let connection = match (url, mode) {
            (DatabaseUrl::Sqlite(path), Mode::ReadWrite) => Connection::open_with_flags(
                path,
                OpenFlags::SQLITE_OPEN_READ_WRITE
                    | OpenFlags::SQLITE_OPEN_CREATE
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?,
            (DatabaseUrl::Sqlite(path), Mode::ReadOnly) => Connection::open_with_flags(
                path,
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?,
            _ => Connection::open_in_memory()?,
        };
        connection.busy_timeout(options.lock_timeout)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // Without this a misspelt "column" in double quotes would quietly be a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        // Without this SQLite prepares a cached statement anew whenever a value that is compared to an indexed
        // column was bound again: a tenth of a millisecond for a view of a subscription.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        if mode == Mode::ReadWrite {
            // A commit is on the disk before it is answered (FULL), and readers go on meanwhile (WAL).
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384",
            )?;
            if !options.sqlite_waits_for_disk {
                connection.execute_batch("PRAGMA synchronous = OFF")?;
            }
        }
        // LIKE minds case on PostgreSQL, so it does here.
        connection.execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY",
        )?;
        Ok(Self { connection, batches: 0 })
    }

    /// Runs a statement of the thread's own, such as `BEGIN`.
    pub(super) fn control(&self, sql: &'static str) -> Result<(), StoreError> {
        let run = || self.connection.prepare_cached(sql)?.raw_execute();
        run().map(|_| ()).map_err(|error| store_error(&self.connection, error))
    }

    /// Whether a transaction is open. SQLite ends one by itself when the disk is full.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// A number that stays the same only while nothing is written on this connection.
    pub(super) fn changes(&self) -> u64 {
        self.connection.total_changes() + self.batches
    }

    /// Has the hook run after each commit, in place of SQLite's own copying of the log.
    pub(super) fn after_each_commit(
        &mut self,
        hook: impl FnMut(&mut Wal, i32) -> rusqlite::Result<()> + Send + 'static,
    ) -> rusqlite::Result<()> {
        self.connection.wal_hook(Some(hook))
    }

    /// Copies what it can of the log into the database file, and waits for nobody. Answers how many of the log's pages are
    /// copied by now.
    pub(super) fn copy_log(&self) -> rusqlite::Result<i32> {
        let (_, copied) = self.connection.wal_checkpoint_v2(None::<&CStr>, CheckpointMode::PASSIVE)?;
        Ok(copied)
    }

    /// Makes every write fail, or work again.
    pub(super) fn set_read_only(&self, read_only: bool) -> Result<(), StoreError> {
        self.connection
            .pragma_update(None, "query_only", read_only)
            .map_err(|error| store_error(&self.connection, error))
    }

    /// A prepared statement with its parameters bound.
    fn statement(&self, sql: &str, params: &[&dyn ToValue]) -> Result<CachedStatement<'_>, StoreError> {
        let failed = |error| store_error(&self.connection, error);
        let mut statement = self.connection.prepare_cached(&statement_for_sqlite(sql)).map_err(failed)?;
        let expected = statement.parameter_count();
        if expected != params.len() {
            return Err(failed(rusqlite::Error::InvalidParameterCount(params.len(), expected)));
        }
        for (index, param) in params.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, param.to_value().without_nul()?).map_err(failed)?;
        }
        Ok(statement)
    }
}

impl Session for SqliteSession {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn execute(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<u64, StoreError> {
        let touched = self.statement(sql, params)?.raw_execute();
        let touched = touched.map_err(|error| store_error(&self.connection, error))?;
        Ok(touched.try_into().unwrap_or(u64::MAX))
    }

    fn query(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        each: &mut EachRow<'_>,
    ) -> Result<(), StoreError> {
        let failed = |error| store_error(&self.connection, error);
        let mut statement = self.statement(sql, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            each(&mut Columns::new(row))?;
        }
        Ok(())
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.batches += 1;
        self.connection.execute_batch(sql).map_err(|error| store_error(&self.connection, error))
    }

    fn prepare(&mut self, sql: &str) -> Result<(), StoreError> {
        let prepared = self.connection.prepare(&statement_for_sqlite(sql));
        prepared.map(drop).map_err(|error| store_error(&self.connection, error))
    }
}

impl Row for rusqlite::Row<'_> {
    fn value(&self, index: usize) -> Result<Option<Value<'_>>, StoreError> {
        match self.get_ref(index) {
            Ok(ValueRef::Null) => Ok(Some(Value::Null)),
            Ok(ValueRef::Integer(number)) => Ok(Some(Value::Int(number))),
            Ok(ValueRef::Blob(bytes)) => Ok(Some(Value::Bytes(bytes.into()))),
            Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(Value::Text(text.into()))),
                Err(error) => Err(StoreError::Other(error.into())),
            },
            Ok(ValueRef::Real(_)) => Err(StoreError::WrongShape {
                column: self.name(index),
                expected: "a value we store",
                found: "a floating-point number",
            }),
            Err(rusqlite::Error::InvalidColumnIndex(_)) => Ok(None),
            Err(error) => Err(StoreError::Other(error.into())),
        }
    }

    fn name(&self, index: usize) -> String {
        self.as_ref().column_name(index).unwrap_or("?").to_owned()
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(truth) => ValueRef::Integer(i64::from(*truth)),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}
