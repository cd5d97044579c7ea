//! Where the database is and how much of the machine it may use.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use crate::UrlError;

/// The database that a process works on.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file, made when missing: `sqlite:path`.
    Sqlite(PathBuf),
    /// A SQLite database that ends with the store: `sqlite::memory:`.
    SqliteMemory,
    /// A PostgreSQL server, in the form that libpq reads: `postgres://user:password@host/database`.
    ///
    /// `sslmode=require` (or `verify-full`, here the same) encrypts and checks the server's certificate
    /// against the system's roots, or those in `SSL_CERT_FILE`; without it the connection is plain.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            None => Err(UrlError::UnknownScheme),
            Some(":memory:") => Ok(Self::SqliteMemory),
            Some(rest) => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(UrlError::NoFile),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            },
        }
    }
}

/// Leaves out a PostgreSQL URL's content, which may hold a password.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Self::SqliteMemory => formatter.write_str("sqlite::memory:"),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

/// Which of the two databases this is, for the few places where they truly differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, inside the process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl Engine {
    /// The database's own time in SQL, in microseconds since 1970: the same for every node, whatever its clock says.
    pub(crate) const fn now_us(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
            Self::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
        }
    }
}

/// How a store is run. The defaults suit a small server.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Threads that read a SQLite file beside its one writer.
    pub sqlite_readers: usize,
    /// Whether a commit to SQLite waits until it is on the disk. Only rows that may be lost do without, such as a test's.
    pub sqlite_waits_for_disk: bool,
    /// Connections to PostgreSQL for transactions, each with a thread of its own; opened when first needed.
    pub postgres_connections: usize,
    /// Connections to PostgreSQL that reads of one statement share; opened when first needed.
    pub postgres_shared_connections: usize,
    /// The longest that a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// The longest that a PostgreSQL statement may run.
    pub statement_timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            sqlite_readers: 4,
            sqlite_waits_for_disk: true,
            postgres_connections: 16,
            postgres_shared_connections: 4,
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_database() {
        let read = |text: &str| text.parse::<DatabaseUrl>().unwrap();
        assert_eq!(read("sqlite:data/live.db"), DatabaseUrl::Sqlite("data/live.db".into()));
        assert_eq!(read("sqlite:///var/live.db"), DatabaseUrl::Sqlite("/var/live.db".into()));
        assert_eq!(read("sqlite::memory:"), DatabaseUrl::SqliteMemory);
        assert_eq!(read("postgresql://host/db"), DatabaseUrl::Postgres("postgresql://host/db".into()));
    }

    #[test]
    fn other_urls_are_refused() {
        assert!(matches!("mysql://host/db".parse::<DatabaseUrl>(), Err(UrlError::UnknownScheme)));
        assert!(matches!("sqlite:".parse::<DatabaseUrl>(), Err(UrlError::NoFile)));
    }

    #[test]
    fn a_password_in_the_url_is_not_printed() {
        let url: DatabaseUrl = "postgres://user:hunter2@host/db".parse().unwrap();
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
