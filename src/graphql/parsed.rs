//! A document that was read, to be used again when it comes again.

use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql_parser::types::ExecutableDocument;

/// A document within the limits, parsed.
#[derive(Debug)]
pub struct Document {
    /// What it says.
    pub parsed: ExecutableDocument,
    fits: AtomicBool,
}

impl Document {
    /// A document that was not compared with the schema yet.
    pub fn new(parsed: ExecutableDocument) -> Self {
        Self {
            parsed,
            fits: AtomicBool::default(),
        }
    }

    /// Whether it was found to fit the schema, whoever asked: fields beyond somebody's ceiling are in the schema like all others, and withheld.
    pub(super) fn fits(&self) -> bool {
        self.fits.load(Ordering::Relaxed)
    }

    /// Notes that it does.
    pub(super) fn note_that_it_fits(&self) {
        self.fits.store(true, Ordering::Relaxed);
    }
}
