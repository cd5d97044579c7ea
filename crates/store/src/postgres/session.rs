//! A transaction on PostgreSQL. `BEGIN` travels with the first statement, so it costs no time of its own.

use std::{io, sync::Arc};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Error, Statement, error::SqlState, types::ToSql};

use super::{
    connection::{Connection, Connector},
    errors::{connect_error, is_lost, store_error},
    values::{self, Encoded},
};
use crate::{
    Columns, Engine, StoreError, ToValue, Value,
    task::Access,
    tx::{EachRow, Session},
};

/// A connection, made when it is first needed and again when it was lost, and the transaction on it.
pub(super) struct PostgresSession {
    runtime: Runtime,
    connector: Arc<Connector>,
    connection: Option<Connection>,
    stage: Stage,
    /// A statement whose outcome nobody waits for: it travels with whatever comes next.
    sent: Option<Sent>,
    /// Whether the transaction failed through no fault of its own, so that running it again may help.
    was_unlucky: bool,
}

/// One unchanging view; such a transaction takes no row locks and never fails to serialize.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// How far the transaction is.
#[derive(Clone, Copy)]
enum Stage {
    /// Nothing was sent yet; this `BEGIN` travels with the first statement.
    Pending(&'static str),
    /// Open at the server.
    Open,
}

/// A statement of an open transaction that is still here.
struct Sent {
    statement: Statement,
    values: Vec<Encoded>,
}

impl Sent {
    async fn run(&self, client: &Client) -> Result<(), Error> {
        let values = self.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect::<Vec<_>>();
        client.execute(&self.statement, &values).await.map(drop)
    }
}

/// An error before it is known whether the transaction was merely unlucky.
enum Failure {
    Driver(Error),
    Store(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl PostgresSession {
    pub(super) fn new(connector: Arc<Connector>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let stage = Stage::Pending(BEGIN_READ);
        Ok(Self { runtime, connector, connection: None, stage, sent: None, was_unlucky: false })
    }

    /// Has the next statement open a transaction.
    pub(super) fn begin(&mut self, access: Access) {
        self.was_unlucky = false;
        self.sent = None;
        self.stage = match access {
            // Rows that matter are locked by the statements; see `Store::write`.
            Access::Write => Stage::Pending("BEGIN ISOLATION LEVEL READ COMMITTED"),
            Access::Read | Access::ReadOnce => Stage::Pending(BEGIN_READ),
        };
    }

    /// Commits durably. A transaction without statements has nothing to commit; a connection on which it
    /// fails is given up.
    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        let sent = self.sent.take();
        let Some(connection) = self.connection.as_ref().filter(|_| self.is_open()) else {
            return Ok(());
        };
        let client = &connection.client;
        let (sent, committed) = self.runtime.block_on(async {
            tokio::join!(biased; run(sent.as_ref(), client), client.batch_execute("COMMIT"))
        });
        if committed.is_err() {
            self.connection = None;
        }
        // Behind a statement that failed, the server takes COMMIT for ROLLBACK.
        sent.and(committed).map_err(|error| {
            self.was_unlucky = is_victim(&error);
            if is_lost(&error) { StoreError::InDoubt(error.into()) } else { store_error(error) }
        })
    }

    /// Ends the transaction without a trace; a connection on which that fails is given up.
    pub(super) fn roll_back(&mut self) {
        self.sent = None;
        if !self.is_open() {
            return;
        }
        let result = self
            .connection
            .as_ref()
            .map(|connection| self.runtime.block_on(connection.client.batch_execute("ROLLBACK")));
        if matches!(result, Some(Err(_))) {
            self.connection = None;
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Whether the transaction lost a deadlock or its connection, before anything was committed.
    pub(super) fn was_unlucky(&self) -> bool {
        self.was_unlucky
    }

    /// Does something on the connection. One that broke while it lay idle shows it at the first statement
    /// of a transaction; that statement then goes to a new connection.
    fn on_connection<T>(
        &mut self,
        work: &impl AsyncFn(&mut Connection, Ahead<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let was_connected = self.connection.is_some();
        match self.try_on_connection(work) {
            Err(StoreError::Unavailable(_)) if was_connected && !self.is_open() => {
                self.connection = None;
                self.was_unlucky = false;
                self.try_on_connection(work)
            }
            result => result,
        }
    }

    fn try_on_connection<T>(
        &mut self,
        work: &impl AsyncFn(&mut Connection, Ahead<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let Self { runtime, connector, connection, stage, sent, .. } = self;
        let result = runtime.block_on(async {
            let connection = match connection {
                Some(open) => open,
                None => connection.insert(connector.connect().await.map_err(connect_error)?.0),
            };
            work(connection, Ahead { stage, sent }).await
        });
        result.map_err(|failure| match failure {
            Failure::Driver(error) => {
                self.was_unlucky |= is_lost(&error) || is_victim(&error);
                store_error(error)
            }
            Failure::Store(error) => error,
        })
    }
}

/// What has to reach the server before the next statement: the `BEGIN`, or a statement that was sent.
struct Ahead<'s> {
    stage: &'s mut Stage,
    sent: &'s mut Option<Sent>,
}

impl Ahead<'_> {
    /// Waits for `work`, which travels right behind.
    async fn of<T>(
        self,
        client: &Client,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        let Stage::Pending(begin) = *self.stage else {
            let sent = self.sent.take();
            let (sent, result) = tokio::join!(biased; run(sent.as_ref(), client), work);
            // Where the first has failed, the second was refused because of it.
            return Ok(sent.and(result)?);
        };
        match tokio::join!(biased; client.batch_execute(begin), work) {
            (Ok(()), result) => {
                *self.stage = Stage::Open;
                Ok(result?)
            }
            (Err(error), Err(_)) => Err(error.into()),
            // The statement ran outside a transaction, as if it had been committed.
            (Err(error), Ok(_)) => Err(StoreError::InDoubt(error.into()).into()),
        }
    }
}

async fn run(sent: Option<&Sent>, client: &Client) -> Result<(), Error> {
    match sent {
        Some(sent) => sent.run(client).await,
        None => Ok(()),
    }
}

fn is_victim(error: &Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE))
}

/// A statement with the values to bind to it, both known to fit.
async fn prepared<'p>(
    connection: &Connection,
    sql: &str,
    params: &'p [&dyn ToValue],
) -> Result<(Statement, Vec<Value<'p>>), Failure> {
    let statement = connection.statement(sql).await?;
    let values = values::of(params)?;
    values::check(statement.params(), &values)?;
    Ok((statement, values))
}

impl Session for PostgresSession {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn execute(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<u64, StoreError> {
        self.on_connection(&async |connection, ahead| {
            let (statement, values) = prepared(connection, sql, params).await?;
            let bound = values::bound(&values);
            ahead.of(&connection.client, connection.client.execute(&statement, &bound)).await
        })
    }

    fn send(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<(), StoreError> {
        if !self.is_open() || self.sent.is_some() {
            return self.execute(sql, params).map(drop);
        }
        let sent = self.on_connection(&async |connection, _| {
            let (statement, values) = prepared(connection, sql, params).await?;
            let values = values::encoded(statement.params(), &values)?;
            Ok(Sent { statement, values })
        })?;
        self.sent = Some(sent);
        Ok(())
    }

    fn await_sent(&mut self) -> Result<(), StoreError> {
        if self.sent.is_none() {
            return Ok(());
        }
        self.on_connection(&async |connection, ahead| ahead.of(&connection.client, async { Ok(()) }).await)
    }

    fn query(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        each: &mut EachRow<'_>,
    ) -> Result<(), StoreError> {
        let rows = self.on_connection(&async |connection, ahead| {
            let (statement, values) = prepared(connection, sql, params).await?;
            let bound = values::bound(&values);
            ahead.of(&connection.client, connection.client.query(&statement, &bound)).await
        })?;
        rows.iter().try_for_each(|row| each(&mut Columns::new(row)))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.on_connection(&async |connection, ahead| {
            ahead.of(&connection.client, connection.client.batch_execute(sql)).await
        })
    }

    fn prepare(&mut self, sql: &str) -> Result<(), StoreError> {
        self.on_connection(&async |connection, _| {
            connection.client.prepare(sql).await?;
            Ok(())
        })
    }
}
