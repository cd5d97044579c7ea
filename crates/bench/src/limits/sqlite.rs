//! The same SQL through rusqlite alone.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::work::{Statement, Work};
use crate::failure::{Failure, failure};
use crate::load::CONNECTIONS;
use crate::seed::Seeded;

/// How many requests' work is done a second: by as many readers as there are cores, or by one writer that has as many
/// transactions share a durable commit as the load generator has connections.
pub(crate) fn per_second(
    database_url: &str,
    work: Work,
    seeded: &Arc<Seeded>,
    duration: Duration,
) -> Result<f64, Failure> {
    let path = database_url.strip_prefix("sqlite:").ok_or_else(|| failure("not a SQLite URL"))?;
    let threads = if work.is_durable() { 1 } else { thread::available_parallelism()?.get() };
    let start = |index| {
        let (path, seeded) = (path.to_owned(), Arc::clone(seeded));
        thread::spawn(move || run(&path, work, &seeded, index * seeded.customers.len() / threads, duration))
    };
    let mut total = 0.0;
    for thread in (0..threads).map(start).collect::<Vec<_>>() {
        total += thread.join().map_err(|_| failure("a thread panicked"))??;
    }
    Ok(total)
}

fn run(path: &str, work: Work, seeded: &Seeded, first: usize, duration: Duration) -> Result<f64, Failure> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // Else SQLite plans the list of subscriptions anew at every execution, for the sake of its bound values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < duration {
        if work.is_durable() {
            connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        for _ in 0..CONNECTIONS {
            let unit = work.unit(seeded, first + usize::try_from(done)?);
            for statement in unit.reads.iter().chain(&unit.writes) {
                execute(&connection, statement)?;
            }
            done += 1;
        }
        if work.is_durable() {
            connection.execute_batch("COMMIT")?;
        }
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

/// Runs a statement and looks at every value that comes back.
fn execute(connection: &Connection, statement: &Statement) -> Result<(), Failure> {
    let mut prepared = connection.prepare_cached(&statement.sql.replace('$', "?"))?;
    let columns = prepared.column_count();
    let mut rows = prepared.query(rusqlite::params_from_iter(&statement.values))?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
    }
    Ok(())
}
