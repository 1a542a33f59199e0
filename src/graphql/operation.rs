//! What the wire hands over and gets back: one operation in, one answer out, or one event after another.

use std::sync::Arc;

use async_graphql_parser::types::ExecutableDocument;
use uuid::Uuid;

use super::language::Resolved;
use crate::{clock::Stopwatch, error::RequestError, sharing::caller::Caller};

/// How the caller wants to be told of withheld values (`x-withheld`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithheldMode {
    /// Null, and an account in `extensions.disclosure`; `errors` stays empty.
    #[default]
    Report,
    /// Null, and an error for every value.
    Error,
    /// The whole operation is refused before anything is read if its fields go beyond the ceiling.
    Fail,
}

/// Which operations the transport can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Queries only: HTTP GET.
    Queries,
    /// Queries and mutations.
    QueriesAndMutations,
}

/// One operation, within the limits and parsed, for one caller.
#[derive(Debug)]
pub struct OperationRequest {
    /// The request's id, shown in the answer's header, the log and the trail.
    pub request_id: Uuid,
    /// Since when the server has had it, whole: an answer that must take as long as another counts from here.
    pub began: Stopwatch,
    /// Who is asking.
    pub caller: Caller,
    /// The document as sent.
    pub query: String,
    /// The same document, parsed after it passed the pre-check.
    pub document: Arc<ExecutableDocument>,
    /// Which of the document's operations is meant.
    pub operation_name: Option<String>,
    /// The variables as sent.
    pub variables: serde_json::Map<String, serde_json::Value>,
    /// How withheld values are told.
    pub withheld: WithheldMode,
    /// Whether a receipt is wanted (`x-receipt`).
    pub receipt: bool,
    /// What the transport permits.
    pub allowed: Allowed,
}

/// An operation that was understood: what is left of it to be executed, and who asks in which way. Variables have their values.
#[derive(Debug)]
pub struct Asked {
    /// The request's id.
    pub request_id: Uuid,
    /// Since when the server has had it.
    pub began: Stopwatch,
    /// Who is asking.
    pub caller: Caller,
    /// The document as sent, for the trail to name it by its hash. Nobody else looks at it.
    pub query: String,
    /// The operation's name, if it has one.
    pub name: Option<String>,
    /// How withheld values are told.
    pub withheld: WithheldMode,
    /// Whether a receipt is wanted.
    pub receipt: bool,
    /// What is to be executed.
    pub resolved: Resolved,
}

/// What becomes of an operation.
#[derive(Debug)]
pub enum Answer {
    /// It was executed: a JSON object with `data` and perhaps `errors` and `extensions`.
    Executed(Vec<u8>),
    /// It was refused as a whole; nothing was read or written.
    Refused(RequestError),
    /// A mutation came by a transport that only carries queries.
    NotByThisMethod,
}

/// What a subscription gives next.
#[derive(Debug)]
pub enum Event {
    /// A JSON object with `data` and perhaps `errors` and `extensions`.
    Next(Vec<u8>),
    /// There is nothing more to come.
    Complete,
    /// It ends, because it may not or cannot go on.
    Refused(RequestError),
}
