//! What an operation says, worked out once: whether it fits the schema, which values its variables have, and what is left of it then.
//!
//! Everything after this room (the plan and its cost, the account, execution, introspection, subscriptions, the trail) is given a [`Resolved`] operation, which
//! has no variables and no `@skip` or `@include` any more. So none of them can forget a default, or look at what is left out.
//!
//! The library that executes has a validation of its own. It never asks whether a variable may stand where it is used, and takes no notice of a variable that
//! must be given and is not (`tests/library` shows both). So another one, which serves introspection already, says whether a document fits. Programs send the same
//! few documents all day; those that were found good are remembered.

mod explain;
mod fit;
mod place;
mod resolve;
mod said;
mod variables;
mod words;

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};

pub use self::{resolve::Resolved, said::Said};
use self::{said::unfit, words::Words};
use super::{escapes::plain, sdl::published, shape::Unclassified};
use crate::error::RequestError;

/// How many documents are remembered, and how long one of them may be, in bytes.
const REMEMBERED: usize = 256;
const LONGEST: usize = 8192;

/// The whole schema, and what was found to fit it.
pub struct Language {
    schema: Valid<Schema>,
    good: Mutex<HashSet<String>>,
}

/// Why an operation cannot be executed, before it is put into words for whoever asks.
pub enum Wrong {
    /// The document does not fit; what is said where nothing better is found to say.
    Document(RequestError),
    /// A value does not fit.
    Value,
}

impl Language {
    /// The language of the library's schema.
    ///
    /// # Errors
    /// When that is not one.
    pub fn of(library: &str) -> Result<Self, Unclassified> {
        let unreadable = || Unclassified(vec!["the schema is not readable".to_owned()]);
        let sdl = published(library, None).map_err(|_| unreadable())?;
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").map_err(|_| unreadable())?;
        Ok(Self::over(schema))
    }

    fn over(schema: Valid<Schema>) -> Self {
        Self {
            schema,
            good: Mutex::default(),
        }
    }

    /// What an operation of a document comes to, if the document fits the schema, in all its operations and in what is left out, and the variables' values do.
    ///
    /// # Errors
    /// When something does not fit; [`Language::explain`] says what.
    pub fn read(&self, said: Said<'_>) -> Result<Resolved, Wrong> {
        self.fits(said.query).map_err(Wrong::Document)?;
        let words = Words::of_nobody(&self.schema);
        resolve::resolve(&words, said).map_err(|_| Wrong::Value)
    }

    /// What does not fit, in the words of whoever asks: what they wrote, where, and what of their own schema they probably meant.
    pub fn explain(&self, said: Said<'_>, wrong: Wrong, own: Option<&Schema>) -> RequestError {
        let words = Words::new(&self.schema, own);
        match wrong {
            Wrong::Document(otherwise) => explain::explain(&words, said.document).unwrap_or(otherwise),
            Wrong::Value => match resolve::resolve(&words, said) {
                Err(error) => error,
                // What did not fit a moment ago cannot fit now.
                Ok(_) => unfit("The operation does not fit the schema."),
            },
        }
    }

    /// Whether a document fits the schema.
    fn fits(&self, query: &str) -> Result<(), RequestError> {
        if self.good.lock().unwrap_or_else(PoisonError::into_inner).contains(query) {
            return Ok(());
        }
        ExecutableDocument::parse_and_validate(&self.schema, plain(query), "query.graphql").map_err(|found| {
            let Some(first) = found.errors.iter().next() else {
                return explain::otherwise(None);
            };
            let refused = explain::otherwise(first.error.unstable_error_name());
            match first.line_column_range() {
                Some(places) => refused.at(places.start.line, places.start.column),
                None => refused,
            }
        })?;
        if query.len() <= LONGEST {
            let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
            if good.len() >= REMEMBERED {
                good.clear();
            }
            good.insert(query.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
