//! Why the trail could not be written, or not be opened.

use crate::{audit::entry::EntryError, store::trail::TrailStoreError};

/// Why an entry is not known to be durable. Whatever it would have recorded must not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailError {
    /// The queue is full.
    #[error("too many entries wait to be written to the trail")]
    Busy,
    /// The entry is not valid.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The database did not write it; the log has the cause.
    #[error("the trail could not be written")]
    NotWritten,
    /// The trail was closed, or its task has ended.
    #[error("the trail is closed")]
    Closed,
}

/// Why the trail could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// The first entry could not be built.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The database timed out.
    #[error("the trail's database did not answer in time")]
    TimedOut,
    /// The chain has been changed by somebody else, so this process no longer writes to it.
    #[error("the trail's chain is not as this process left it: nothing more is written")]
    Stopped,
}
