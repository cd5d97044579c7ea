//! The same SQL through tokio-postgres alone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use perennial_store::Value;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row};

use super::work::{Statement, Work};
use crate::failure::Failure;
use crate::load::CONNECTIONS;
use crate::seed::Seeded;

/// How many requests' work is done a second over as many connections as the load generator has.
pub(crate) fn per_second(
    database_url: &str,
    work: Work,
    seeded: &Arc<Seeded>,
    duration: Duration,
) -> Result<f64, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let start = |index: usize| {
            let first = index * seeded.customers.len() / CONNECTIONS;
            tokio::spawn(run(database_url.to_owned(), work, Arc::clone(seeded), first, duration))
        };
        let mut total = 0.0;
        for task in (0..CONNECTIONS).map(start).collect::<Vec<_>>() {
            total += task.await??;
        }
        Ok(total)
    })
}

/// Has the planner know its tables, as it would some minutes after they were filled.
pub(crate) fn analyze(database_url: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        Ok(Session::connect(database_url).await?.client.batch_execute("VACUUM ANALYZE").await?)
    })
}

async fn run(
    database_url: String,
    work: Work,
    seeded: Arc<Seeded>,
    first: usize,
    duration: Duration,
) -> Result<f64, Failure> {
    let mut session = Session::connect(&database_url).await?;
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < duration {
        let unit = work.unit(&seeded, first + usize::try_from(done)?);
        for statement in &unit.reads {
            session.execute(statement).await?;
        }
        if work.is_durable() {
            session.client.batch_execute("BEGIN").await?;
            for statement in &unit.writes {
                session.execute(statement).await?;
            }
            session.client.batch_execute("COMMIT").await?;
        }
        done += 1;
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

struct Session {
    client: Client,
    prepared: HashMap<&'static str, tokio_postgres::Statement>,
}

impl Session {
    async fn connect(database_url: &str) -> Result<Self, Failure> {
        let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
        // Ends with the client.
        tokio::spawn(connection);
        Ok(Self { client, prepared: HashMap::new() })
    }

    /// Runs a statement and looks at every value that comes back.
    async fn execute(&mut self, statement: &Statement) -> Result<(), Failure> {
        if !self.prepared.contains_key(statement.sql) {
            self.prepared.insert(statement.sql, self.client.prepare(statement.sql).await?);
        }
        let prepared = &self.prepared[statement.sql];
        let values = statement.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect::<Vec<_>>();
        let rows: Vec<Row> = self.client.query(prepared, &values).await?;
        for row in &rows {
            for column in 0..row.len() {
                std::hint::black_box(row.try_get::<_, Value<'_>>(column)?);
            }
        }
        Ok(())
    }
}
