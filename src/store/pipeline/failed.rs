//! Why a statement over a reading connection failed.

use tokio_postgres::{Error, error::SqlState};

use crate::store::failure::{StoreError, is_unavailable};

/// The error without the database's words.
pub(super) fn failed(error: &Error) -> StoreError {
    match error.code() {
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => StoreError::Conflict,
        Some(&SqlState::QUERY_CANCELED) => StoreError::TOO_LONG,
        Some(code) if is_unavailable(code.code()) => StoreError::Unavailable("the server gave up"),
        Some(code) => StoreError::Database(format!("a statement failed {}", code.code())),
        None if error.is_closed() => StoreError::Unavailable("the connection failed"),
        None => StoreError::Database("a statement could not be sent or understood".to_owned()),
    }
}
