//! Documents that passed the pre-check, by their text: a program sends the same few again and again, and to read one costs more than to execute it.

use std::sync::Arc;

use async_graphql_parser::types::ExecutableDocument;
use quick_cache::{Weighter, sync::Cache};

use super::{limits::Limits, precheck};
use crate::error::RequestError;

/// How much text is held, in bytes. Parsed it takes some twenty times as much.
const MOST: usize = 1024 * 1024;
/// How long most texts are at least, in bytes.
const EACH: usize = 1024;

/// Documents that were read. What is asked for least makes room.
#[derive(Debug)]
pub(super) struct Documents(Cache<String, Arc<ExecutableDocument>, ByText>);

#[derive(Clone, Debug)]
struct ByText;

impl Weighter<String, Arc<ExecutableDocument>> for ByText {
    fn weight(&self, text: &String, _: &Arc<ExecutableDocument>) -> u64 {
        text.len() as u64
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::with_weighter(MOST / EACH, MOST as u64, ByText))
    }
}

impl Documents {
    /// The document with that text, pre-checked and parsed.
    ///
    /// # Errors
    /// Those of the pre-check. What fails is not remembered.
    pub(super) fn read(&self, text: &str, limits: &Limits) -> Result<Arc<ExecutableDocument>, RequestError> {
        if let Some(known) = self.0.get(text) {
            return Ok(known);
        }
        let document = Arc::new(precheck::check(text, limits)?);
        self.0.insert(text.to_owned(), Arc::clone(&document));
        Ok(document)
    }
}

#[cfg(test)]
mod tests;
