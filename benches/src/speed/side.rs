//! A server that is measured.

use serde_json::Value;

use super::operations::{Asked, Operation};
use crate::server::Process;

/// One of those that are measured beside each other.
pub trait Side {
    /// As the report calls it.
    fn name(&self) -> &'static str;

    /// Whether it decides who may see what; the others have one caller's rows written into their statements.
    fn decides(&self) -> bool;

    /// The running server.
    fn process(&self) -> &Process;

    /// The bytes of one request.
    fn request(&self, operation: Operation, asked: &Asked) -> Vec<u8>;

    /// Its answer in the words of ours; an error says what should be there and is not.
    fn in_our_words(&self, operation: Operation, answer: Value) -> Result<Value, String>;

    /// Ends it.
    fn into_process(self: Box<Self>) -> Process;
}

/// What an answer holds under `data`.
pub fn data(mut answer: Value) -> Result<Value, String> {
    if answer.get("errors").is_some() {
        return Err(format!("it answered with errors: {answer}"));
    }
    match answer["data"].take() {
        Value::Null => Err(format!("it answered without data: {answer}")),
        data => Ok(data),
    }
}
