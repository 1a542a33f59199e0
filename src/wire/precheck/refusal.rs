//! The refusals of the pre-check, and where in the document.

use std::fmt::Display;

use crate::error::{ErrorCode, RequestError};

/// A document that is not one.
pub(super) fn bad(message: &'static str) -> RequestError {
    RequestError::new(ErrorCode::BadUserInput, message)
}

/// A document with more of something than it may have.
pub(super) fn too_many(what: &str, most: impl Display) -> RequestError {
    RequestError::new(
        ErrorCode::TooComplex,
        format!("The document is too complex: at most {most} {what}."),
    )
}

/// Line and column, both from 1, of a byte of the document; columns count characters.
pub(super) fn location(source: &str, byte: usize) -> (usize, usize) {
    let before = source.get(..byte).unwrap_or(source);
    let normalised = before.replace("\r\n", "\n").replace('\r', "\n");
    let line = normalised.matches('\n').count() + 1;
    let column = normalised.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
