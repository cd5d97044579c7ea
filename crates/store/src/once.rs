//! Work that asks one statement: what needs no transaction around it must not become two.

use std::cell::Cell;

use crate::{
    Engine, StoreError, ToValue, Tx,
    tx::{EachRow, Session},
};

/// What answers the statement.
pub(crate) type Ask<'a> = dyn FnMut(&str, &[&dyn ToValue], &mut EachRow<'_>) -> Result<(), StoreError> + 'a;

/// Runs work whose one statement `ask` answers, and notes whether that failed.
pub(crate) fn run_once<R>(
    engine: Engine,
    failed: &Cell<bool>,
    work: impl FnOnce(&mut Tx<'_>) -> R,
    ask: &mut Ask<'_>,
) -> R {
    work(&mut Tx::new(&mut Once { engine, ask, is_spent: false }, failed))
}

/// Lets the first statement through and refuses the others: they could see another state of the database.
struct Once<'o, 'a> {
    engine: Engine,
    ask: &'o mut Ask<'a>,
    is_spent: bool,
}

impl Session for Once<'_, '_> {
    fn engine(&self) -> Engine {
        self.engine
    }

    fn execute(&mut self, _: &str, _: &[&dyn ToValue]) -> Result<u64, StoreError> {
        Err(StoreError::ReadOnly)
    }

    fn query(
        &mut self,
        sql: &str,
        params: &[&dyn ToValue],
        each: &mut EachRow<'_>,
    ) -> Result<(), StoreError> {
        // Without a transaction PostgreSQL does not know that this is to be a read.
        if !sql.trim_start().starts_with("SELECT") {
            return Err(StoreError::ReadOnly);
        }
        if std::mem::replace(&mut self.is_spent, true) {
            return Err(StoreError::NotAlone);
        }
        (self.ask)(sql, params, each)
    }

    fn batch(&mut self, _: &str) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    fn prepare(&mut self, _: &str) -> Result<(), StoreError> {
        Err(StoreError::NotAlone)
    }
}
