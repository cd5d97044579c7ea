//! SQLite's errors in the store's words.
//!
//! For a unique index SQLite names the columns that clash, not the index; the catalogue knows which it is.

use rusqlite::{Connection, Error, ffi};

use crate::{Outage, StoreError};

/// Translates an error. `connection` is asked for the name of a unique index.
pub(super) fn store_error(connection: &Connection, error: Error) -> StoreError {
    let Error::SqliteFailure(failure, message) = &error else { return StoreError::Other(error.into()) };
    let message = message.as_deref().unwrap_or_default();
    let detail = message.split_once(": ").map_or(message, |(_, detail)| detail);
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return StoreError::Conflict(unique_name(connection, detail));
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return StoreError::MissingReference("foreign_key".to_owned()),
        ffi::SQLITE_CONSTRAINT_CHECK => return StoreError::Check(detail.to_owned()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            return StoreError::Check(format!("{}_not_null", detail.replace('.', "_")));
        }
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            return StoreError::WrongShape {
                column: detail.to_owned(),
                expected: "a value of the column's type",
                found: "another",
            };
        }
        _ => {}
    }
    // The rest of the code says more about the cause than we need to tell apart.
    match failure.extended_code & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StoreError::Busy(Outage::new(error)),
        ffi::SQLITE_FULL => StoreError::Full(Outage::new(error)),
        ffi::SQLITE_READONLY => StoreError::ReadOnly,
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => {
            StoreError::Unavailable(Outage::new(error))
        }
        _ => StoreError::Other(error.into()),
    }
}

/// The name of the index behind `table.a, table.b`, or behind `index 'name'`, which is how SQLite speaks of
/// an index over expressions.
fn unique_name(connection: &Connection, detail: &str) -> String {
    if let Some(quoted) = detail.strip_prefix("index '") {
        return quoted.trim_end_matches('\'').to_owned();
    }
    let table = detail.split('.').next().unwrap_or(detail);
    let columns: Vec<&str> =
        detail.split(", ").map(|column| column.rsplit('.').next().unwrap_or(column)).collect();
    // Without an index the table's own row number clashed, and that is only ever its primary key.
    index_over(connection, table, &columns.join(",")).unwrap_or_else(|| format!("{table}_pkey"))
}

/// Indexes made by a constraint have no name of their own here; they get the one PostgreSQL would give.
fn index_over(connection: &Connection, table: &str, columns: &str) -> Option<String> {
    const UNIQUE_INDEXES: &str = "SELECT list.name, list.origin, \
         (SELECT group_concat(info.name, ',' ORDER BY info.seqno) FROM pragma_index_info(list.name) AS info) AS columns \
         FROM pragma_index_list(?1) AS list WHERE list.\"unique\" AND columns = ?2";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let (name, origin) = connection.query_row(UNIQUE_INDEXES, (table, columns), read).ok()?;
    match origin.as_str() {
        "pk" => Some(format!("{table}_pkey")),
        "u" => Some(format!("{table}_{}_key", columns.replace(',', "_"))),
        _ => Some(name),
    }
}
