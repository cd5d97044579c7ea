//! A transaction as the rest of the code sees it: synchronous, and the same for both databases.

use std::cell::Cell;

use jiff::Timestamp;

use crate::{Columns, Engine, FromRow, StoreError, ToValue};

/// What a transaction needs of a driver. The driver begins and ends the transaction around it.
pub(crate) trait Session {
    fn engine(&self) -> Engine;

    /// Runs a statement without rows and answers how many rows it touched.
    fn execute(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<u64, StoreError>;

    /// Runs a statement of which nobody wants to hear but that it failed, and that may be heard from whatever follows.
    fn send(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<(), StoreError> {
        self.execute(sql, params).map(drop)
    }

    /// Waits for what was sent.
    fn await_sent(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Runs a statement and shows every row to `each`.
    fn query(&mut self, sql: &str, params: &[&dyn ToValue], each: &mut EachRow<'_>)
    -> Result<(), StoreError>;

    /// Runs several statements that take no parameters, uncached and word for word.
    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;

    /// Checks that a statement fits the schema without running it.
    fn prepare(&mut self, sql: &str) -> Result<(), StoreError>;
}

/// What [`Session::query`] does with a row.
pub(crate) type EachRow<'e> = dyn FnMut(&mut Columns<'_>) -> Result<(), StoreError> + 'e;

/// An open transaction.
///
/// Statements are written once for both databases, with `$1`, `$2`, … for parameters. `FOR UPDATE`, `FOR NO KEY UPDATE` and
/// `FOR UPDATE SKIP LOCKED` may end a `SELECT`: SQLite's writer is alone and leaves them out.
///
/// After any error the transaction can only be rolled back (PostgreSQL insists, so SQLite does the same):
/// further statements answer [`StoreError::Aborted`]. What may fail and be survived runs in [`Tx::attempt`].
pub struct Tx<'t> {
    session: &'t mut dyn Session,
    failed: &'t Cell<bool>,
    now: Option<Timestamp>,
}

impl<'t> Tx<'t> {
    pub(crate) fn new(session: &'t mut dyn Session, failed: &'t Cell<bool>) -> Self {
        Self { session, failed, now: None }
    }

    /// The same transaction for a shorter time, so that a table's type can hold a `Tx` of its own.
    pub fn reborrow(&mut self) -> Tx<'_> {
        Tx { session: &mut *self.session, failed: self.failed, now: self.now }
    }

    /// The same transaction, which knows what time it is: rows that keep when they last changed take it from here.
    pub fn at(&mut self, now: Timestamp) -> Tx<'_> {
        Tx { now: Some(now), ..self.reborrow() }
    }

    /// The time, where it was given.
    pub(crate) const fn now(&self) -> Option<Timestamp> {
        self.now
    }

    /// The database beneath.
    pub fn engine(&self) -> Engine {
        self.session.engine()
    }

    /// Runs a statement that returns no rows and answers how many rows it touched.
    pub fn execute(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<u64, StoreError> {
        self.guard(|session| session.execute(sql, params))
    }

    /// Runs a statement whose outcome nobody waits for: it is done before any later one, and should it fail, that one says
    /// so, or the commit. On PostgreSQL it travels with what comes next, and so takes no time of its own.
    pub fn send(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<(), StoreError> {
        self.guard(|session| session.send(sql, params))
    }

    /// The row that the statement finds, if any. Two rows are an error.
    pub fn optional<T: FromRow>(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
    ) -> Result<Option<T>, StoreError> {
        let mut rows = self.list(sql, params)?.into_iter();
        let first = rows.next();
        if rows.next().is_some() {
            self.guard(|_| Err(wrong_count("at most one row", "more")))
        } else {
            Ok(first)
        }
    }

    /// The one row that the statement must find.
    pub fn one<T: FromRow>(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<T, StoreError> {
        match self.optional(sql, params)? {
            Some(row) => Ok(row),
            None => self.guard(|_| Err(wrong_count("one row", "none"))),
        }
    }

    /// All rows that the statement finds, in its order.
    pub fn list<T: FromRow>(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.guard(|session| {
            session.query(sql, params, &mut |columns| {
                rows.push(T::from_row(columns)?);
                Ok(())
            })
        })?;
        Ok(rows)
    }

    /// Runs a part that may fail without taking the whole transaction with it: its `Err` undoes the part
    /// alone, and the caller may go on.
    pub fn attempt<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.batch("SAVEPOINT attempt")?;
        let failed = Cell::new(false);
        let result = work(&mut Tx { session: &mut *self.session, failed: &failed, now: self.now });
        // What the part has sent belongs to it: its failure must not be met outside.
        let heard = self.session.await_sent();
        match result.and_then(|value| heard.map(|()| value).map_err(E::from)) {
            Ok(value) if !failed.get() => {
                self.batch("RELEASE SAVEPOINT attempt")?;
                Ok(value)
            }
            outcome => {
                self.batch("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")?;
                outcome.and(Err(StoreError::Aborted.into()))
            }
        }
    }

    /// Checks that a statement fits the schema without running it. For tests over all statements.
    pub fn prepare(&mut self, sql: &str) -> Result<(), StoreError> {
        self.guard(|session| session.prepare(sql))
    }

    /// Runs several statements without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.guard(|session| session.batch(sql))
    }

    fn guard<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.failed.get() {
            return Err(StoreError::Aborted);
        }
        let result = work(self.session);
        self.failed.set(result.is_err());
        result
    }
}

fn wrong_count(expected: &'static str, found: &'static str) -> StoreError {
    StoreError::WrongShape { column: "the statement".to_owned(), expected, found }
}
