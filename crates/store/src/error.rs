//! What can go wrong in the store, in words that are the same for both databases.

use std::error::Error;
use std::fmt;

use crate::Value;

/// A cause that only the log needs.
pub type Cause = Box<dyn Error + Send + Sync>;

/// A statement or a transaction failed; nothing of the transaction was kept, except where
/// [`StoreError::InDoubt`] says that nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique index refused the row. Holds the index's name, such as `customers_email_key`;
    /// a primary key is `<table>_pkey`.
    #[error("a row with the same key exists already ({0})")]
    Conflict(String),
    /// A foreign key refused the change. Holds the constraint's name, or `foreign_key` on SQLite,
    /// which does not tell.
    #[error("a row that this one needs does not exist, or is still needed ({0})")]
    MissingReference(String),
    /// A `CHECK` or `NOT NULL` refused the row. Holds the constraint's name;
    /// a `NOT NULL` is `<table>_<column>_not_null`.
    #[error("the row breaks the rule {0}")]
    Check(String),
    /// Somebody else held a lock for too long, or the statement ran for too long. Safe to try again.
    #[error("the database is busy")]
    Busy(#[source] Outage),
    /// The database cannot be reached, or the store was closed. Nothing was changed.
    #[error("the database cannot be reached")]
    Unavailable(#[source] Outage),
    /// The connection broke while the commit was under way: it happened or it did not.
    #[error("the connection to the database broke during a commit")]
    InDoubt(#[source] Cause),
    /// A value cannot be what the code takes it for.
    #[error("{column}: expected {expected}, found {found}")]
    WrongShape {
        /// Where, as far as known.
        column: String,
        /// What the code asked for.
        expected: &'static str,
        /// The kind of what was there; never its content.
        found: &'static str,
    },
    /// The disk is full.
    #[error("the disk of the database is full")]
    Full(#[source] Outage),
    /// A statement tried to write inside [`Store::read`](crate::Store::read).
    #[error("a read-only transaction cannot write")]
    ReadOnly,
    /// [`Store::read_once`](crate::Store::read_once) was given work that asks a second statement, or another one than when
    /// it was first run.
    #[error("a second statement, where only one was announced")]
    NotAlone,
    /// An earlier statement of this transaction failed and the code went on regardless.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    /// Anything else, such as a mistake in a statement.
    #[error("the database refused a statement")]
    Other(#[source] Cause),
}

/// Why the database could not be used just then. Nothing was changed, and the same may work later.
///
/// A type of its own, so that it can be found among the causes of an error, whatever others stand around it.
#[derive(Debug)]
pub struct Outage(Cause);

impl Outage {
    /// An outage with this cause.
    pub fn new(cause: impl Into<Cause>) -> Self {
        Self(cause.into())
    }
}

impl From<&str> for Outage {
    fn from(cause: &str) -> Self {
        Self::new(cause)
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// It stands in its cause's place, and says nothing of its own.
impl Error for Outage {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl StoreError {
    /// For [`FromValue`](crate::FromValue): this value is not what was expected.
    pub fn wrong_shape(expected: &'static str, found: &Value<'_>) -> Self {
        Self::WrongShape { column: "a value".to_owned(), expected, found: found.kind() }
    }

    /// Whether the unique index of this name refused the row.
    pub fn is_conflict(&self, index: &str) -> bool {
        matches!(self, Self::Conflict(name) if name == index)
    }

    pub(crate) fn in_column(self, name: impl FnOnce() -> String) -> Self {
        match self {
            Self::WrongShape { expected, found, .. } => Self::WrongShape { column: name(), expected, found },
            other => other,
        }
    }

    pub(crate) fn closed() -> Self {
        Self::Unavailable("the store is closed".into())
    }
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names neither of the databases we know.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The file or the server cannot be used.
    #[error("cannot open the database")]
    Unusable(#[source] Cause),
    /// The server is older than what the statements need.
    #[error("PostgreSQL {found} is too old; {needed} or newer is needed")]
    TooOld {
        /// The server's version, as it writes it.
        found: String,
        /// The oldest major version that will do.
        needed: u32,
    },
}

/// A database URL that cannot be read. Never repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// It starts with none of the known schemes.
    #[error("a database URL starts with `sqlite:` or `postgres://`")]
    UnknownScheme,
    /// `sqlite:` and nothing after it.
    #[error("`sqlite:` needs a file name, or `:memory:`")]
    NoFile,
    /// The driver cannot read it.
    #[error("the PostgreSQL URL cannot be read")]
    Postgres(#[source] Cause),
}

/// The schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer version of the program has been here; going on could lose what it keeps.
    #[error(
        "the database was made by a newer version: it has the migration {0}, which this program does not know"
    )]
    Newer(String),
    /// The text of a migration that has been applied is not the text in this program.
    #[error("the migration {0} was changed after it had been applied")]
    Changed(String),
    /// A migration failed; none of those that were due has been kept.
    #[error("the migration {name} failed")]
    Failed {
        /// Its name.
        name: String,
        /// Why.
        source: StoreError,
    },
    /// The record of migrations could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A backup could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Only a database in a file is backed up by us.
    #[error("only a SQLite file can be backed up here; use pg_dump for PostgreSQL")]
    NotAFile,
    /// A backup never replaces anything.
    #[error("the target exists already")]
    TargetExists,
    /// The copy failed.
    #[error("the backup failed")]
    Failed(#[source] Cause),
}
