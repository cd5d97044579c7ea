//! Values as PostgreSQL's binary protocol carries them.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::{StoreError, ToValue, Value, row::Row};

/// The values of a statement's parameters.
pub(super) fn of<'p>(params: &'p [&dyn ToValue]) -> Result<Vec<Value<'p>>, StoreError> {
    params.iter().map(|param| param.to_value().without_nul()).collect()
}

/// Makes sure, before anything is sent, that the values fit the statement: one that does not is our mistake, and
/// should not cost the connection's transaction a confusing answer.
pub(super) fn check(types: &[Type], values: &[Value<'_>]) -> Result<(), StoreError> {
    if types.len() != values.len() {
        let message = format!("the statement has {} parameters and was given {}", types.len(), values.len());
        return Err(StoreError::Other(message.into()));
    }
    let misfit = types.iter().zip(values).position(|(kind, value)| !fits(value, kind));
    misfit.map_or(Ok(()), |index| {
        let column = || format!("${} of type {}", index + 1, types[index]);
        Err(StoreError::wrong_shape("a value of that type", &values[index]).in_column(column))
    })
}

/// The same values as the driver takes them.
pub(super) fn bound<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A value as it is sent, which needs nothing of what it was made from; nothing for `NULL`.
#[derive(Debug)]
pub(super) struct Encoded(Option<BytesMut>);

/// The same values, made ready to be sent later.
pub(super) fn encoded(types: &[Type], values: &[Value<'_>]) -> Result<Vec<Encoded>, StoreError> {
    let encode = |(kind, value): (&Type, &Value<'_>)| {
        let mut bytes = BytesMut::new();
        match value.to_sql(kind, &mut bytes) {
            Ok(IsNull::Yes) => Ok(Encoded(None)),
            Ok(IsNull::No) => Ok(Encoded(Some(bytes))),
            Err(error) => Err(StoreError::Other(error)),
        }
    };
    types.iter().zip(values).map(encode).collect()
}

impl ToSql for Encoded {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Some(bytes) = &self.0 else { return Ok(IsNull::Yes) };
        out.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    /// It was encoded for its parameter.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn fits(value: &Value<'_>, kind: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) => *kind == Type::BOOL,
        Value::Int(number) => match *kind {
            Type::INT8 => true,
            Type::INT4 => i32::try_from(*number).is_ok(),
            Type::INT2 => i16::try_from(*number).is_ok(),
            _ => false,
        },
        Value::Text(_) => {
            matches!(*kind, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN)
        }
        Value::Bytes(_) => *kind == Type::BYTEA,
        Value::Uuid(_) => *kind == Type::UUID,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(truth) => truth.to_sql(kind, out),
            Self::Int(number) => match *kind {
                Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(kind, out),
                _ => number.to_sql(kind, out),
            },
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql(kind, out),
            Self::Uuid(id) => id.to_sql(kind, out),
        }
    }

    /// Every value was seen to fit before it came here.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'r> FromSql<'r> for Value<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::BOOL => Self::Bool(bool::from_sql(kind, raw)?),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::BYTEA => Self::Bytes(raw.into()),
            Type::UUID => Self::Uuid(Uuid::from_sql(kind, raw)?),
            _ => Self::Text(<&str>::from_sql(kind, raw)?.into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::BYTEA | Type::UUID)
            || <&str as FromSql>::accepts(kind)
    }
}

impl Row for tokio_postgres::Row {
    fn value(&self, index: usize) -> Result<Option<Value<'_>>, StoreError> {
        let Some(column) = self.columns().get(index) else { return Ok(None) };
        if !<Value<'_> as FromSql<'_>>::accepts(column.type_()) {
            return Err(StoreError::WrongShape {
                column: format!("{} of type {}", column.name(), column.type_()),
                expected: "a value we store",
                found: "another type; CAST it in the statement",
            });
        }
        self.try_get(index).map(Some).map_err(|error| StoreError::Other(error.into()))
    }

    fn name(&self, index: usize) -> String {
        self.columns().get(index).map_or("?", |column| column.name()).to_owned()
    }
}
