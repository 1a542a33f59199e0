//! Limits on requests and documents.

use super::{error::ConfigError, source::RawSettings};

/// Limits on one request, checked in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub body_bytes: usize,
    /// Largest document, in bytes.
    pub document_bytes: usize,
    /// Most lexical tokens in a document.
    pub document_tokens: usize,
    /// Deepest nesting of brackets of any kind.
    pub bracket_depth: usize,
    /// Most operations in a document.
    pub operations: usize,
    /// Most fragment definitions in a document.
    pub fragments: usize,
    /// Most variables of one operation.
    pub variables: usize,
    /// Most aliases in a document.
    pub aliases: usize,
    /// Most directives in a document.
    pub directives: usize,
    /// Most repeats of one response key in one selection set.
    pub repeats: usize,
    /// Most fields at the root of an operation.
    pub root_fields: usize,
    /// Most selections after fragments are expanded.
    pub expanded_selections: usize,
    /// Deepest nesting of fields; the standard introspection query needs 16.
    pub depth: usize,
    /// Highest cost of one operation.
    pub cost: u64,
    /// Highest total cost of one client's operations in any minute.
    pub cost_per_minute: u64,
    /// Most operations of one client running and waiting at once.
    pub requests_per_client: usize,
}

impl Limits {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        let size = |name, default, range| settings.number(name, default, range).map(|number| number as usize);
        let limits = Self {
            body_bytes: size("body_bytes", 1024 * 1024, 1024..=64 * 1024 * 1024)?,
            document_bytes: size("document_bytes", 32 * 1024, 256..=1024 * 1024)?,
            document_tokens: size("document_tokens", 2_000, 50..=100_000)?,
            bracket_depth: size("bracket_depth", 64, 16..=200)?,
            operations: size("operations", 10, 1..=100)?,
            fragments: size("fragments", 50, 0..=1_000)?,
            variables: size("variables", 50, 0..=1_000)?,
            aliases: size("aliases", 100, 0..=10_000)?,
            directives: size("directives", 20, 0..=1_000)?,
            repeats: size("repeats", 10, 1..=1_000)?,
            root_fields: size("root_fields", 20, 1..=1_000)?,
            expanded_selections: size("expanded_selections", 5_000, 50..=100_000)?,
            depth: size("depth", 20, 1..=100)?,
            cost: u64::from(settings.number("cost", 20_000, 1..=100_000_000)?),
            cost_per_minute: u64::from(settings.number("cost_per_minute", 60_000_000, 1..=u32::MAX)?),
            requests_per_client: size("requests_per_client", 200, 1..=1_000_000)?,
        };
        if limits.document_bytes > limits.body_bytes {
            return Err(ConfigError::new("document_bytes", "want at most body_bytes"));
        }
        if limits.cost_per_minute < limits.cost {
            return Err(ConfigError::new("cost_per_minute", "want at least cost"));
        }
        Ok(limits)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::read(&RawSettings::default()).expect("the defaults are within their own ranges, as a test shows")
    }
}
