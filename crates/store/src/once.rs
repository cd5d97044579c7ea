//! A connection for one statement: what needs no transaction around it must not become two.

use crate::{
    Engine, StoreError, ToValue,
    tx::{EachRow, Session},
};

/// Lets the first statement through and refuses the others: they could see another state of the database.
pub(crate) struct Once<'s> {
    session: &'s mut dyn Session,
    is_spent: bool,
}

impl<'s> Once<'s> {
    pub(crate) fn new(session: &'s mut dyn Session) -> Self {
        Self { session, is_spent: false }
    }

    fn first(&mut self) -> Result<&mut dyn Session, StoreError> {
        if std::mem::replace(&mut self.is_spent, true) {
            return Err(StoreError::NotAlone);
        }
        Ok(self.session)
    }
}

impl Session for Once<'_> {
    fn engine(&self) -> Engine {
        self.session.engine()
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
        self.first()?.query(sql, params, each)
    }

    fn batch(&mut self, _: &str) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    fn prepare(&mut self, sql: &str) -> Result<(), StoreError> {
        self.first()?.prepare(sql)
    }
}
