//! What an operation says before it is understood, and the refusal of what does not fit.

use async_graphql_parser::types::{self, OperationDefinition};
use serde_json::{Map, Value as Json};

use crate::error::{ErrorCode, RequestError};

/// What was said: a document that has passed the pre-check, which of its operations is meant, and the values that its variables are given.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// The document's text.
    pub query: &'a str,
    /// The document.
    pub document: &'a types::ExecutableDocument,
    /// The operation that is meant.
    pub operation: &'a OperationDefinition,
    /// What the variables are given.
    pub given: &'a Map<String, Json>,
}

/// The refusal of what does not fit.
pub(super) fn unfit(message: impl Into<std::borrow::Cow<'static, str>>) -> RequestError {
    RequestError::new(ErrorCode::BadUserInput, message)
}
