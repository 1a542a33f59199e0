//! Documents that passed the pre-check, by their text: a program sends the same few again and again, and to read one costs more than to execute it.
//!
//! Two generations stand in for a least-recently-used list, as for tokens: what is held is bounded, and each step costs the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql_parser::types::ExecutableDocument;

use super::{limits::Limits, precheck};
use crate::error::RequestError;

/// How much text a generation holds, in bytes. Parsed it takes some twenty times as much.
const MOST: usize = 512 * 1024;

/// Documents that were read.
#[derive(Debug, Default)]
pub(super) struct Documents(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<String, Arc<ExecutableDocument>>,
    old: HashMap<String, Arc<ExecutableDocument>>,
    bytes: usize,
}

impl Documents {
    /// The document with that text, pre-checked and parsed.
    ///
    /// # Errors
    /// Those of the pre-check. What fails is not remembered.
    pub(super) fn read(&self, text: &str, limits: &Limits) -> Result<Arc<ExecutableDocument>, RequestError> {
        if let Some(known) = self.cached(text) {
            return Ok(known);
        }
        let document = Arc::new(precheck::check(text, limits)?);
        self.generations().add(text.to_owned(), Arc::clone(&document));
        Ok(document)
    }

    fn cached(&self, text: &str) -> Option<Arc<ExecutableDocument>> {
        let mut generations = self.generations();
        if let Some(known) = generations.young.get(text) {
            return Some(Arc::clone(known));
        }
        let (text, known) = generations.old.remove_entry(text)?;
        generations.add(text, Arc::clone(&known));
        Some(known)
    }

    fn generations(&self) -> std::sync::MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn add(&mut self, text: String, document: Arc<ExecutableDocument>) {
        if self.bytes + text.len() > MOST {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.young.insert(text, document);
    }
}

#[cfg(test)]
mod tests {
    use super::{Documents, MOST};
    use crate::wire::limits::Limits;

    #[test]
    fn what_comes_again_is_not_read_again() {
        let (documents, limits) = (Documents::default(), Limits::default());
        let first = documents.read("{ viewer { role } }", &limits).unwrap();
        let again = documents.read("{ viewer { role } }", &limits).unwrap();
        assert!(std::sync::Arc::ptr_eq(&first, &again));
        assert!(documents.read("{ viewer { role }", &limits).is_err());
        assert!(documents.read("{ viewer { role }", &limits).is_err());
    }

    #[test]
    fn what_is_held_is_bounded() {
        let (documents, limits) = (Documents::default(), Limits::default());
        let padding = "#".repeat(20_000);
        for number in 0..200 {
            documents
                .read(&format!("{{ a{number}: viewer {{ role }} }} {padding}"), &limits)
                .unwrap();
        }
        let held = documents.generations();
        let bytes: usize = held.young.keys().chain(held.old.keys()).map(String::len).sum();
        assert!(bytes <= 2 * MOST, "{bytes}");
        assert!(held.young.len() < 200);
    }
}
