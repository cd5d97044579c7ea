//! What can be bound to a statement and what can come back from one.
//!
//! [`Value`] is the small set of shapes both databases hold. Types of our own join by saying how they
//! are written ([`ToValue`]) and read ([`FromValue`]); the drivers never see anything else.

use std::{borrow::Cow, fmt};

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::StoreError;

/// One value on its way into or out of the database.
#[derive(Clone, PartialEq)]
pub enum Value<'v> {
    /// SQL's `NULL`.
    Null,
    /// A truth value; SQLite keeps it as 0 or 1.
    Bool(bool),
    /// A whole number; both databases give it 64 bits.
    Int(i64),
    /// Text.
    Text(Cow<'v, str>),
    /// Raw bytes.
    Bytes(Cow<'v, [u8]>),
    /// An id; SQLite keeps it as 16 bytes.
    Uuid(Uuid),
}

impl Value<'_> {
    /// The same value, which needs nothing of what it was made from.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Int(number) => Value::Int(number),
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::Bytes(bytes) => Value::Bytes(bytes.into_owned().into()),
            Self::Uuid(id) => Value::Uuid(id),
        }
    }

    /// The kind of value, for messages. Never the content, which may be personal.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "a number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Uuid(_) => "a UUID",
        }
    }

    /// PostgreSQL's text cannot hold the character NUL, so SQLite's may not either.
    pub(crate) fn without_nul(self) -> Result<Self, StoreError> {
        match &self {
            Value::Text(text) if text.contains('\0') => {
                Err(StoreError::wrong_shape("text without the character NUL", &self))
            }
            _ => Ok(self),
        }
    }
}

/// Tells the kind alone: the PostgreSQL driver logs the parameters of every statement when asked to debug,
/// and some are secret.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind())
    }
}

/// Something that can be bound to a `$n` of a statement.
pub trait ToValue {
    /// How this is written to the database.
    fn to_value(&self) -> Value<'_>;
}

/// Something that can be read from a column.
pub trait FromValue: Sized {
    /// Reads it, or says with [`StoreError::wrong_shape`] what was expected.
    fn from_value(value: Value<'_>) -> Result<Self, StoreError>;
}

/// Builds the parameter list of a statement: `params![self.project, id]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::ToValue),*] as &[&dyn $crate::ToValue]
    };
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl FromValue for bool {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Bool(truth) => Ok(truth),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(StoreError::wrong_shape("a boolean", &other)),
        }
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value<'_> {
        Value::Int(*self)
    }
}

impl FromValue for i64 {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Int(number) => Ok(number),
            other => Err(StoreError::wrong_shape("a number", &other)),
        }
    }
}

/// Smaller integers travel as 64-bit ones, and are checked on the way back.
macro_rules! small_integer {
    ($($integer:ty),*) => {$(
        impl ToValue for $integer {
            fn to_value(&self) -> Value<'_> {
                Value::Int(i64::from(*self))
            }
        }

        impl FromValue for $integer {
            fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
                let number = i64::from_value(value)?;
                Self::try_from(number)
                    .map_err(|_| StoreError::wrong_shape(concat!("a number within ", stringify!($integer)), &Value::Int(number)))
            }
        }
    )*};
}

small_integer!(u8, i16, u16, i32, u32);

impl ToValue for str {
    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value<'_> {
        self.as_str().to_value()
    }
}

impl FromValue for String {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => Err(StoreError::wrong_shape("text", &other)),
        }
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl<const LENGTH: usize> ToValue for [u8; LENGTH] {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl<const LENGTH: usize> FromValue for [u8; LENGTH] {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match &value {
            Value::Bytes(bytes) => bytes
                .as_ref()
                .try_into()
                .map_err(|_| StoreError::wrong_shape("bytes of another length", &value)),
            other => Err(StoreError::wrong_shape("bytes", other)),
        }
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            other => Err(StoreError::wrong_shape("bytes", &other)),
        }
    }
}

impl ToValue for Uuid {
    fn to_value(&self) -> Value<'_> {
        Value::Uuid(*self)
    }
}

impl FromValue for Uuid {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        match &value {
            Value::Uuid(id) => Ok(*id),
            Value::Bytes(bytes) => {
                Self::from_slice(bytes).map_err(|_| StoreError::wrong_shape("the 16 bytes of a UUID", &value))
            }
            other => Err(StoreError::wrong_shape("a UUID", other)),
        }
    }
}

/// Instants are stored in microseconds since 1970, the finest that both databases and every API of ours
/// can tell apart; what is finer is cut off.
impl ToValue for Timestamp {
    fn to_value(&self) -> Value<'_> {
        Value::Int(self.as_microsecond())
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let microseconds = i64::from_value(value)?;
        Self::from_microsecond(microseconds)
            .map_err(|_| StoreError::wrong_shape("microseconds of a time", &Value::Int(microseconds)))
    }
}

/// Calendar dates are stored as `2026-11-30`, which also sorts.
impl ToValue for Date {
    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.to_string()))
    }
}

impl FromValue for Date {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let Value::Text(text) = &value else { return Err(StoreError::wrong_shape("a date", &value)) };
        text.parse().map_err(|_| StoreError::wrong_shape("a date", &value))
    }
}

/// JSON is stored as text, so that key order and numbers come back as they went in.
impl ToValue for serde_json::Value {
    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.to_string()))
    }
}

impl FromValue for serde_json::Value {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let Value::Text(text) = &value else { return Err(StoreError::wrong_shape("JSON", &value)) };
        serde_json::from_str(text).map_err(|_| StoreError::wrong_shape("JSON", &value))
    }
}
