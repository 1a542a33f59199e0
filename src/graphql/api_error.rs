//! What a resolver may say went wrong. It has no `Display`, so that no text of the database can slip into an answer.

use crate::{
    error::{ErrorCode, Retry, request_id},
    store::{fence::NotServed, session::StoreError},
};

/// An error of one field.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// An argument is not what it must be; the text is fixed and says what would be right.
    BadUserInput(&'static str),
    /// The operation as a whole fails; the cause is in the log.
    Internal,
    /// The database does not answer.
    Unavailable,
    /// The authority is not served by this database, or not now.
    NotServed(NotServed),
    /// Its time was over before it was done.
    TookTooLong,
    /// Another change came first.
    Conflict,
    /// The client has asked about as many people as it may; when it may go on.
    TooManyRequests(Retry),
    /// The client, its agency or the person has made as many changes as they may; when they may go on.
    TooManyChanges(Retry),
}

impl ApiError {
    /// The public code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::BadUserInput(_) => ErrorCode::BadUserInput,
            Self::Internal => ErrorCode::Internal,
            Self::Unavailable | Self::NotServed(_) | Self::TookTooLong => ErrorCode::Unavailable,
            Self::Conflict => ErrorCode::Conflict,
            Self::TooManyRequests(_) | Self::TooManyChanges(_) => ErrorCode::TooManyRequests,
        }
    }

    /// The public text.
    pub fn message(&self) -> &'static str {
        match self {
            Self::BadUserInput(text) => text,
            Self::Unavailable => "The database does not answer. Try again later.",
            Self::NotServed(NotServed::Moving) => {
                "Your authority is being moved to another server and is not served for a moment. Send the request again."
            }
            Self::NotServed(NotServed::Elsewhere) => {
                "Your authority is served by another server now. Send the request again; if it comes here once more, the address is an old one."
            }
            Self::TookTooLong => "The operation took too long and was stopped. Ask for less, or try again later.",
            Self::Internal => "The server failed. Quote the request id when you report it.",
            Self::Conflict => "Another change came first. Send the request again.",
            Self::TooManyRequests(_) => {
                "Your program has asked about as many people as it may in this time. It may go on at retryAt."
            }
            Self::TooManyChanges(_) => {
                "As many changes were made as may be in this time: by you, by your program, or by your agency of this family. Go on at retryAt."
            }
        }
    }

    /// When to come back, where that is known.
    pub fn retry(&self) -> Option<Retry> {
        match self {
            Self::TooManyRequests(retry) | Self::TooManyChanges(retry) => Some(*retry),
            _ => None,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            StoreError::NotServed(away) => Self::NotServed(away),
            StoreError::Unavailable(_) => {
                tracing::error!(%error, request_id = request_id::current(), "store.unavailable");
                Self::Unavailable
            }
            StoreError::Database(_) | StoreError::Corrupt(_) | StoreError::NotCovered => {
                tracing::error!(%error, request_id = request_id::current(), "store.failed");
                Self::Internal
            }
        }
    }
}
