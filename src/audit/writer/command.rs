//! What the callers and the writer task share.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicU64},
};

use tokio::sync::oneshot;

use super::{error::TrailError, prepared::Prepared};
use crate::{audit::entry::HeadRef, store::trail::MadeRow};

/// Counters, and the health of the task.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) entries: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) refused: AtomicU64,
    /// Whether the newest write failed.
    pub(super) failing: AtomicBool,
    /// Whether writing has stopped for good.
    pub(super) stopped: AtomicBool,
    /// Whether a trial write is running.
    pub(super) probing: AtomicBool,
    /// The newest committed change.
    pub(super) made: Mutex<Option<MadeRow>>,
}

/// A message to the task.
pub(super) enum Command {
    Append(Prepared, oneshot::Sender<Result<HeadRef, TrailError>>),
    Close(oneshot::Sender<()>),
}
