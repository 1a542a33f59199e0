//! Whether an operation and its variables fit the schema, before anything is read for it.
//!
//! The library that executes has a validation of its own and does it too. It never asks whether a variable may stand where it is used, and it takes
//! no notice of a variable that must be given and is not (`tests/library` shows both). So another one, which serves introspection already, says so
//! first. Programs send the same few documents all day; those that were found good are remembered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use apollo_compiler::{
    ExecutableDocument, Schema, request::coerce_variable_values, response::JsonMap, validation::Valid,
};

use super::{sdl::published, shape::Unclassified};
use crate::error::{ErrorCode, RequestError};

/// How many documents are remembered, and how long one of them may be, in bytes.
const REMEMBERED: usize = 256;
const LONGEST: usize = 8192;

/// The whole schema, and what was found to fit it.
pub struct Validation {
    schema: Valid<Schema>,
    good: Mutex<HashMap<String, Arc<Valid<ExecutableDocument>>>>,
}

impl Validation {
    /// Against the library's schema.
    ///
    /// # Errors
    /// When that is not one.
    pub fn against(library: &str) -> Result<Self, Unclassified> {
        let unreadable = || Unclassified(vec!["the schema is not readable".to_owned()]);
        let sdl = published(library, None).map_err(|_| unreadable())?;
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").map_err(|_| unreadable())?;
        Ok(Self {
            schema,
            good: Mutex::default(),
        })
    }

    /// Says whether a document fits, and whether the variables are those that its operation needs.
    pub fn check(
        &self,
        query: &str,
        operation: Option<&str>,
        variables: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), RequestError> {
        let document = self.document(query)?;
        let operation = document.operations.get(operation).map_err(|_| refusal("operation"))?;
        if operation.variables.is_empty() {
            return Ok(());
        }
        let given = serde_json::Value::Object(variables.clone());
        let given: JsonMap = serde_json::from_value(given).map_err(|_| refusal("variable"))?;
        let Err(error) = coerce_variable_values(&self.schema, operation, &given) else {
            return Ok(());
        };
        let place = error.location().and_then(|place| place.line_column(&document.sources));
        let refused = refusal("variable");
        Err(match place {
            Some(place) => refused.at(place.line, place.column),
            None => refused,
        })
    }

    fn document(&self, query: &str) -> Result<Arc<Valid<ExecutableDocument>>, RequestError> {
        if let Some(known) = self.good.lock().unwrap_or_else(PoisonError::into_inner).get(query) {
            return Ok(Arc::clone(known));
        }
        let read = ExecutableDocument::parse_and_validate(&self.schema, query, "query.graphql");
        let document = Arc::new(read.map_err(|found| {
            let Some(first) = found.errors.iter().next() else {
                return refusal("document");
            };
            let refused = refusal(&first.error.to_string());
            match first.line_column_range() {
                Some(places) => refused.at(places.start.line, places.start.column),
                None => refused,
            }
        })?);
        if query.len() <= LONGEST {
            let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
            if good.len() >= REMEMBERED {
                good.clear();
            }
            good.insert(query.to_owned(), Arc::clone(&document));
        }
        Ok(document)
    }
}

/// The refusal of what does not fit. The library's own words name what is in the schema and echo input, so ours are told.
pub(super) fn refusal(said: &str) -> RequestError {
    let has = |word: &str| said.to_ascii_lowercase().contains(word);
    let text = if has("not have a field") || has("unknown field") || has("cannot query field") {
        "A field is not in the schema. The schema is at /schema.graphql."
    } else if has("variable") {
        "A variable is not declared, is missing, or has a value of another type."
    } else if has("argument") || has("expected value") {
        "An argument is not in the schema, is missing, or has a value of another type."
    } else if has("fragment") || has("type condition") {
        "A fragment is unknown, unused, or on a type where it cannot apply."
    } else if has("subfields") || has("selection") {
        "An object needs a selection of fields, and a value must not have one."
    } else {
        "The operation does not fit the schema. The schema is at /schema.graphql."
    };
    RequestError::new(ErrorCode::BadUserInput, text)
}
