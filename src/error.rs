//! What may go wrong with a request, in the codes that partners' programs act on.
//!
//! Messages are fixed texts: they never echo what was sent, and never carry SQL, paths or stored values.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

pub mod request_id;

/// The `extensions.code` of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// No token, or one that is not accepted.
    Unauthenticated,
    /// The token allows several purposes and the request names none.
    PurposeRequired,
    /// The information sharing agreement does not permit it to this caller for this purpose.
    NotInAgreement,
    /// The request is not well formed, or a value is not one that can be accepted.
    BadUserInput,
    /// The operation is larger than the limits allow.
    TooComplex,
    /// The document, or the identifier of one, is not registered for a client that needs it to be.
    DocumentNotRegistered,
    /// The caller asks too often.
    TooManyRequests,
    /// The state that the request wants to change is not as it assumes.
    Conflict,
    /// The server cannot answer now; trying again later may help.
    Unavailable,
    /// The server failed; the request id finds the cause in its log.
    Internal,
}

impl ErrorCode {
    /// The code as it stands in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::PurposeRequired => "PURPOSE_REQUIRED",
            Self::NotInAgreement => "NOT_IN_AGREEMENT",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::TooComplex => "TOO_COMPLEX",
            Self::DocumentNotRegistered => "DOCUMENT_NOT_REGISTERED",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Conflict => "CONFLICT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A request that is refused as a whole, before or instead of being executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// What kind of error it is.
    pub code: ErrorCode,
    /// What was wrong and what would be right; at most 300 characters, never an echo of the input.
    pub message: Cow<'static, str>,
    /// Lines and columns (from 1) in the document that the error speaks of.
    pub locations: Vec<(usize, usize)>,
    /// When the same request may be answered, where that is known.
    pub retry: Option<Retry>,
}

/// When to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The instant.
    pub at: DateTime<Utc>,
    /// Seconds until then, at least one.
    pub after: u64,
}

impl Retry {
    /// At an instant that lies ahead.
    pub fn at(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let milliseconds = u64::try_from((at - now).num_milliseconds()).unwrap_or_default();
        Self {
            at,
            after: milliseconds.div_ceil(1000).max(1),
        }
    }
}

impl RequestError {
    /// An error that speaks of the request as a whole.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            locations: Vec::new(),
            retry: None,
        }
    }

    /// The same error, with when to come back.
    #[must_use]
    pub fn retry(mut self, retry: Option<Retry>) -> Self {
        self.retry = retry;
        self
    }

    /// The same error, pointing at a place in the document.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.locations.push((line, column));
        self
    }
}
