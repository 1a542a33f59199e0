//! Documents that are known before they are sent: their identifiers, and whether a schema has what they ask for.

use std::fmt::Write as _;

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};
use aws_lc_rs::digest::{SHA256, digest};

use super::escapes::plain;

/// The most problems of one document that are told.
const MOST_PROBLEMS: usize = 5;

/// The identifier of a document: the SHA-256 of its text, as 64 lower-case hexadecimal digits.
pub fn sha256(text: &str) -> String {
    digest(&SHA256, text.as_bytes())
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut hash, byte| {
            // Writing to a String does not fail.
            let _ = write!(hash, "{byte:02x}");
            hash
        })
}

/// A schema that documents are held against.
#[derive(Debug)]
pub struct Checker {
    schema: Valid<Schema>,
}

impl Checker {
    /// Reads a schema; `None` when it is not one.
    pub fn of(sdl: &str) -> Option<Self> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").ok()?;
        Some(Self { schema })
    }

    /// The names of a document's operations, an unnamed one's being empty; or what the schema does not have, in words for whoever wrote it. The
    /// document must have passed the limits before.
    ///
    /// # Errors
    /// When the document is not valid against the schema.
    pub fn check(&self, text: &str) -> Result<Vec<String>, Vec<String>> {
        let document = ExecutableDocument::parse_and_validate(&self.schema, plain(text), "document.graphql").map_err(
            |broken| {
                let told = broken.errors.iter().take(MOST_PROBLEMS);
                told.map(|problem| problem.to_json().message).collect::<Vec<_>>()
            },
        )?;
        let names = document.operations.iter();
        Ok(names
            .map(|operation| operation.name.as_ref().map(ToString::to_string).unwrap_or_default())
            .collect())
    }
}

#[cfg(test)]
mod tests;
