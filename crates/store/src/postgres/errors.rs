//! PostgreSQL's errors in the store's words. Its `DETAIL` repeats the row's content, so it is left out.

use tokio_postgres::{
    Error,
    error::{DbError, SqlState},
};

use crate::{Cause, Outage, StoreError};

/// What the server said, fit for a log.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL says {code}: {message}")]
struct ServerError {
    code: String,
    message: String,
}

/// Translates the error of a statement.
pub(super) fn store_error(error: Error) -> StoreError {
    let Some(server) = error.as_db_error() else {
        return if is_lost(&error) {
            StoreError::Unavailable(Outage::new(error))
        } else {
            StoreError::Other(error.into())
        };
    };
    let constraint = || server.constraint().unwrap_or("unnamed").to_owned();
    match *server.code() {
        SqlState::UNIQUE_VIOLATION => StoreError::Conflict(constraint()),
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            StoreError::MissingReference(constraint())
        }
        SqlState::CHECK_VIOLATION => StoreError::Check(constraint()),
        SqlState::NOT_NULL_VIOLATION => StoreError::Check(not_null_name(server)),
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED => StoreError::Busy(Outage::new(cause(server))),
        SqlState::DISK_FULL => StoreError::Full(Outage::new(cause(server))),
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
        _ if is_lost(&error) => StoreError::Unavailable(Outage::new(cause(server))),
        _ => StoreError::Other(cause(server)),
    }
}

/// Translates the error of an attempt to connect.
pub(super) fn connect_error(error: Error) -> StoreError {
    StoreError::Unavailable(match error.as_db_error() {
        Some(server) => Outage::new(cause(server)),
        None => Outage::new(error),
    })
}

/// Whether the connection is gone, and with it everything that was not committed.
pub(super) fn is_lost(error: &Error) -> bool {
    let is_shutting_down = matches!(
        error.code(),
        Some(
            &SqlState::ADMIN_SHUTDOWN
                | &SqlState::CRASH_SHUTDOWN
                | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        )
    );
    error.is_closed() || is_shutting_down
}

fn not_null_name(server: &DbError) -> String {
    let part = |name: Option<&str>| name.unwrap_or("unnamed").to_owned();
    format!("{}_{}_not_null", part(server.table()), part(server.column()))
}

fn cause(server: &DbError) -> Cause {
    ServerError { code: server.code().code().to_owned(), message: server.message().to_owned() }.into()
}
