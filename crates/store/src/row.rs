//! From rows to values of ours.

use uuid::Uuid;

use crate::{FromValue, StoreError, Value};

/// What a driver's row can do.
pub(crate) trait Row {
    /// The value at `index`, or `None` past the last column.
    fn value(&self, index: usize) -> Result<Option<Value<'_>>, StoreError>;

    /// The name of the column at `index`, for messages.
    fn name(&self, index: usize) -> String;
}

/// Hands out the columns of one row in the order in which the statement lists them.
pub struct Columns<'r> {
    row: &'r dyn Row,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(crate) fn new(row: &'r dyn Row) -> Self {
        Self { row, next: 0 }
    }

    /// The next column.
    ///
    /// Fields of a struct literal are evaluated as written, so a row is read by listing the fields in the
    /// order of the statement: `Customer { id: row.take()?, email: row.take()? }`.
    pub fn take<T: FromValue>(&mut self) -> Result<T, StoreError> {
        let index = self.next;
        self.next += 1;
        let Some(value) = self.row.value(index)? else {
            return Err(StoreError::WrongShape {
                column: format!("column {}", index + 1),
                expected: "one column more",
                found: "the end of the row",
            });
        };
        T::from_value(value).map_err(|error| error.in_column(|| self.row.name(index)))
    }
}

/// Something that one row becomes.
pub trait FromRow: Sized {
    /// Takes its columns from the row.
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError>;
}

/// One-column rows need no struct.
macro_rules! single_column {
    ($($value:ty),*) => {$(
        impl FromRow for $value {
            fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
                row.take()
            }
        }
    )*};
}

single_column!(bool, i64, String, Uuid, Vec<u8>, serde_json::Value, jiff::Timestamp);

impl<T: FromValue> FromRow for Option<T> {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        row.take()
    }
}

impl<A: FromValue, B: FromValue> FromRow for (A, B) {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok((row.take()?, row.take()?))
    }
}

impl<A: FromValue, B: FromValue, C: FromValue> FromRow for (A, B, C) {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok((row.take()?, row.take()?, row.take()?))
    }
}

impl<A: FromValue, B: FromValue, C: FromValue, D: FromValue> FromRow for (A, B, C, D) {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok((row.take()?, row.take()?, row.take()?, row.take()?))
    }
}
