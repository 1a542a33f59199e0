//! Whether a document may be looked at at all: counted and bounded in linear time before any library parses or validates it.
//!
//! Validation libraries can be killed by a kilobyte of fragments that each spread the next twice, and by documents of a
//! million tokens; nothing that fails here gets that far. Knows nothing of the schema, the caller or HTTP.

mod lexer;
mod refusal;
mod scan;
mod shape;
#[cfg(test)]
mod tests;

use async_graphql_parser::{Error as ParseError, parse_query, types::ExecutableDocument};

use self::refusal::bad;
use super::limits::Limits;
use crate::{
    error::{ErrorCode, RequestError},
    graphql::escapes::plain,
};

/// Parses a document that is within the limits.
///
/// # Errors
/// `TOO_COMPLEX` when a limit is passed, `BAD_USER_INPUT` when the document is not well formed, spreads an unknown fragment
/// or spreads fragments in a circle. The texts are fixed and never repeat the document.
pub fn check(source: &str, limits: &Limits) -> Result<ExecutableDocument, RequestError> {
    scan::scan(source, limits)?;
    let document = parse_query(plain(source)).map_err(|error| refused(&error))?;
    shape::check(&document, limits)?;
    Ok(document)
}

fn refused(error: &ParseError) -> RequestError {
    let refusal = match error {
        ParseError::RecursionLimitExceeded => RequestError::new(
            ErrorCode::TooComplex,
            "The document is too complex: its selection sets stand too deep inside one another.",
        ),
        ParseError::MissingOperation => bad("The document holds no operation."),
        ParseError::MultipleOperations { .. } => {
            bad("An operation without a name must be the only operation of its document.")
        }
        ParseError::OperationDuplicated { .. } => bad("Two operations of the document have the same name."),
        ParseError::FragmentDuplicated { .. } => bad("Two fragments of the document have the same name."),
        _ => bad("The document is not well-formed GraphQL."),
    };
    match error.positions().next() {
        Some(pos) => refusal.at(pos.line, pos.column),
        None => refusal,
    }
}
