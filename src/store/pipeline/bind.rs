//! Bind parameters of statements, for both drivers.

use std::{error::Error, fmt, sync::Arc};

use sea_orm::{DbBackend, Value, sea_query::ArrayType};
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use uuid::Uuid;

/// A bind parameter.
#[derive(Clone)]
pub(in crate::store) enum Bind {
    /// A single value.
    One(Value),
    /// Any of these ids.
    Keys(Arc<[Uuid]>),
    /// Any of these texts.
    Words(Arc<[String]>),
    /// Any of these numbers.
    Numbers(Arc<[i64]>),
}

/// Hides the value, since the driver traces the parameters of its statements.
impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bind")
    }
}

impl<T: Into<Value>> From<T> for Bind {
    fn from(value: T) -> Self {
        Self::One(value.into())
    }
}

impl Bind {
    /// Converts it for the library. SQLite has no arrays, so they become JSON, with ids in hexadecimal.
    pub(in crate::store) fn into_value(self, backend: DbBackend) -> Value {
        let sqlite = backend == DbBackend::Sqlite;
        match self {
            Self::One(value) => value,
            Self::Keys(keys) if sqlite => {
                let mut text = String::with_capacity(keys.len() * 35 + 2);
                let mut buffer = Uuid::encode_buffer();
                for key in &*keys {
                    text.push_str(if text.is_empty() { "[\"" } else { "\",\"" });
                    text.push_str(key.simple().encode_lower(&mut buffer));
                }
                text.push_str(if text.is_empty() { "[]" } else { "\"]" });
                text.into()
            }
            Self::Words(words) if sqlite => serde_json::Value::from(words.to_vec()).to_string().into(),
            Self::Numbers(numbers) if sqlite => serde_json::Value::from(numbers.to_vec()).to_string().into(),
            Self::Keys(keys) => list(ArrayType::Uuid, keys.iter().map(|key| Value::from(*key))),
            Self::Words(words) => list(ArrayType::String, words.iter().map(|word| Value::from(word.as_str()))),
            Self::Numbers(numbers) => list(ArrayType::BigInt, numbers.iter().map(|number| Value::from(*number))),
        }
    }
}

fn list(of: ArrayType, values: impl Iterator<Item = Value>) -> Value {
    Value::Array(of, Some(Box::new(values.collect())))
}

type Written = Result<IsNull, Box<dyn Error + Sync + Send>>;

impl ToSql for Bind {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Written {
        match self {
            Self::Keys(keys) => (&**keys).to_sql(ty, out),
            Self::Words(words) => (&**words).to_sql(ty, out),
            Self::Numbers(numbers) => (&**numbers).to_sql(ty, out),
            Self::One(value) => one(value, ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A single value. An integer is sent in the type that the statement expects; whether it fits is otherwise
/// checked by the database.
fn one(value: &Value, ty: &Type, out: &mut BytesMut) -> Written {
    match value {
        Value::Bool(value) => value.to_sql_checked(ty, out),
        Value::Int(Some(value)) => number(i64::from(*value), ty, out),
        Value::SmallInt(Some(value)) => number(i64::from(*value), ty, out),
        Value::BigInt(Some(value)) => number(*value, ty, out),
        Value::BigUnsigned(Some(value)) => number(i64::try_from(*value)?, ty, out),
        Value::String(value) => value.as_deref().to_sql_checked(ty, out),
        Value::Uuid(value) => value.to_sql_checked(ty, out),
        Value::ChronoDate(value) => value.to_sql_checked(ty, out),
        Value::ChronoDateTimeUtc(value) => value.to_sql_checked(ty, out),
        Value::Int(None) | Value::SmallInt(None) | Value::BigInt(None) | Value::BigUnsigned(None) => Ok(IsNull::Yes),
        _ => Err("a value of a kind that no statement of ours has".into()),
    }
}

fn number(value: i64, ty: &Type, out: &mut BytesMut) -> Written {
    match *ty {
        Type::INT2 => i16::try_from(value)?.to_sql(ty, out),
        Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
        Type::INT8 => value.to_sql(ty, out),
        _ => Err("a number for what is none".into()),
    }
}
