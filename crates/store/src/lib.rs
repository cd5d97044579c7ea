//! Perennial's database: transactions as synchronous closures, the same on SQLite and PostgreSQL.
//!
//! [`Store::write`] and [`Store::read`] run a closure over a [`Tx`] on a thread that owns a connection;
//! [`Store::read_once`] needs no thread of its own on PostgreSQL.
//! Statements are written once, beside the rows they fill; what the two databases do differently stays in
//! `sqlite/`, `postgres/` and `sql.rs`. [`StoreError`] says what went wrong in the same words for both.
//!
//! Not here: what the rows mean, which is the domain's, and when they change, which is the core's.

#[cfg(test)]
extern crate self as perennial_store;

// From the test kit by path, in tests alone: depending on that crate would have every test here wait for the core.
#[cfg(test)]
#[expect(unreachable_pub, dead_code, reason = "it is public in the test kit, where all of it is used")]
#[path = "../../testkit/src/database.rs"]
mod database;

mod error;
mod fresh_id;
mod jobs;
mod migrate;
mod migrations;
mod once;
mod options;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod store;
pub mod tables;
mod task;
mod tx;
mod value;

pub use error::{BackupError, Cause, MigrateError, OpenError, Outage, StoreError, UrlError};
pub use fresh_id::FreshIds;
pub(crate) use fresh_id::first_id_of;
pub use jobs::{Job, JobState, Jobs, NewJob, backoff};
pub use migrate::SchemaState;
pub use migrations::{MIGRATIONS, Migration};
pub use options::{DatabaseUrl, Engine, StoreOptions};
pub use row::{Columns, FromRow};
pub use store::Store;
pub use tx::Tx;
pub use value::{FromValue, ToValue, Value};
