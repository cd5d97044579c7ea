//! Connections that reads of one statement share. Each takes the next question before the last is answered, so that
//! under load several of them are written, worked on and read together, and nobody sleeps and wakes up for each.
//!
//! The work of such a read goes to no thread, and where it is, inside of the runtime, it cannot wait. So it is run
//! twice: until it has asked, and again once the rows are there. Work that remembers things beside the database may ask
//! for something else by then; it is given no rows that it did not ask for.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{sync::Mutex, task::JoinHandle};
use tokio_postgres::Row;

use super::{
    connection::{Connection, Connector},
    errors::{connect_error, store_error},
    values,
};
use crate::{
    Columns, Engine, StoreError, ToValue, Tx, Value,
    once::{Ask, run_once},
};

/// A number of connections, opened when first needed and again when they were lost.
pub(crate) struct SharedConnections {
    connector: Arc<Connector>,
    places: Vec<Place>,
    is_closed: AtomicBool,
}

/// A statement with the values of its parameters.
#[derive(PartialEq)]
struct Question {
    sql: String,
    values: Vec<Value<'static>>,
}

impl Question {
    fn of(sql: &str, params: &[&dyn ToValue]) -> Result<Self, StoreError> {
        let values = values::of(params)?.into_iter().map(Value::into_owned).collect();
        Ok(Self { sql: sql.to_owned(), values })
    }
}

impl SharedConnections {
    pub(super) fn new(connector: Arc<Connector>, number: usize) -> Self {
        let places = (0..number.max(1)).map(|_| Place::default()).collect();
        Self { connector, places, is_closed: AtomicBool::new(false) }
    }

    /// Runs work that asks one statement.
    pub(crate) async fn read_once<T, E: From<StoreError>>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let question = match question_of(&work) {
            Ok(question) => question,
            Err(unasked) => return unasked,
        };
        let rows = self.ask(&question).await?;
        run(&work, &mut |sql, params, each| {
            if Question::of(sql, params)? != question {
                return Err(StoreError::NotAlone);
            }
            rows.iter().try_for_each(|row| each(&mut Columns::new(row)))
        })
    }

    /// Answers what was asked before, and nothing from then on.
    pub(crate) async fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        for place in &self.places {
            place.close().await;
        }
    }

    async fn ask(&self, question: &Question) -> Result<Vec<Row>, StoreError> {
        let place = self.places.iter().min_by_key(|place| place.askers.load(Ordering::Relaxed));
        let place = place.ok_or_else(StoreError::closed)?;
        let _asker = Asker::at(place);
        let (connection, is_new) = self.connection(place).await?;
        match connection.ask(question).await {
            // It broke while it lay idle. Nothing was changed, so the same can be asked again.
            Err(StoreError::Unavailable(_)) if !is_new => {
                place.forget(&connection).await;
                self.connection(place).await?.0.ask(question).await
            }
            answer => answer,
        }
    }

    /// The connection at that place, and whether it was only now made.
    async fn connection(&self, place: &Place) -> Result<(Arc<Connection>, bool), StoreError> {
        let mut open = place.open.lock().await;
        if self.is_closed.load(Ordering::SeqCst) {
            return Err(StoreError::closed());
        }
        if let Some(open) = open.as_ref().filter(|open| !open.connection.client.is_closed()) {
            return Ok((Arc::clone(&open.connection), false));
        }
        let (connection, driver) = self.connector.connect().await.map_err(connect_error)?;
        let connection = Arc::new(connection);
        *open = Some(Open { connection: Arc::clone(&connection), driver });
        Ok((connection, true))
    }
}

/// What the work asks; or its result, when it comes to one without.
fn question_of<T, E: From<StoreError>>(
    work: impl Fn(&mut Tx<'_>) -> Result<T, E>,
) -> Result<Question, Result<T, E>> {
    let mut question = None;
    let result = run(work, &mut |sql, params, _| {
        question = Some(Question::of(sql, params)?);
        // Whatever the work makes of this is not listened to.
        Err(StoreError::Aborted)
    });
    question.ok_or(result)
}

fn run<T, E: From<StoreError>>(
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ask: &mut Ask<'_>,
) -> Result<T, E> {
    let failed = Cell::new(false);
    match run_once(Engine::Postgres, &failed, work, ask) {
        Ok(_) if failed.get() => Err(StoreError::Aborted.into()),
        result => result,
    }
}

/// Where a connection is, or will be.
#[derive(Default)]
struct Place {
    open: Mutex<Option<Open>>,
    askers: AtomicUsize,
}

struct Open {
    connection: Arc<Connection>,
    /// Ends when nobody has the connection any more.
    driver: JoinHandle<()>,
}

impl Place {
    /// Makes room for a new connection in the place of this one.
    async fn forget(&self, lost: &Arc<Connection>) {
        let mut open = self.open.lock().await;
        if open.as_ref().is_some_and(|open| Arc::ptr_eq(&open.connection, lost)) {
            *open = None;
        }
    }

    async fn close(&self) {
        if let Some(Open { connection, driver }) = self.open.lock().await.take() {
            drop(connection);
            // Fails when its runtime is going down, which ends the connection too.
            let _ = driver.await;
        }
    }
}

/// Counts who waits at a place, for as long as they do.
struct Asker<'p>(&'p Place);

impl<'p> Asker<'p> {
    fn at(place: &'p Place) -> Self {
        place.askers.fetch_add(1, Ordering::Relaxed);
        Self(place)
    }
}

impl Drop for Asker<'_> {
    fn drop(&mut self) {
        self.0.askers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connection {
    async fn ask(&self, question: &Question) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(&question.sql).await.map_err(store_error)?;
        values::check(statement.params(), &question.values)?;
        self.client.query(&statement, &values::bound(&question.values)).await.map_err(store_error)
    }
}
