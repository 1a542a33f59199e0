//! What a resolver may say went wrong. It has no `Display`, so that no text of the database can slip into an answer.

use crate::{error::ErrorCode, store::session::StoreError};

/// An error of one field.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// An argument is not what it must be; the text is fixed and says what would be right.
    BadUserInput(&'static str),
    /// The operation as a whole fails; the cause is in the log.
    Internal,
    /// The database does not answer.
    Unavailable,
    /// Another change came first.
    Conflict,
}

impl ApiError {
    /// The public code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::BadUserInput(_) => ErrorCode::BadUserInput,
            Self::Internal => ErrorCode::Internal,
            Self::Unavailable => ErrorCode::Unavailable,
            Self::Conflict => ErrorCode::Conflict,
        }
    }

    /// The public text.
    pub fn message(&self) -> &'static str {
        match self {
            Self::BadUserInput(text) => text,
            Self::Unavailable => "The database does not answer. Try again later.",
            Self::Internal => "The server failed. Quote the request id when you report it.",
            Self::Conflict => "Another change came first. Send the request again.",
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            StoreError::Unavailable(_) => {
                tracing::error!(%error, "store.unavailable");
                Self::Unavailable
            }
            StoreError::Database(_) | StoreError::Corrupt(_) => {
                tracing::error!(%error, "store.failed");
                Self::Internal
            }
        }
    }
}
