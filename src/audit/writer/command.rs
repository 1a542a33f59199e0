//! What callers and the task that writes have in common.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicU64},
};

use tokio::sync::oneshot;

use super::{error::TrailError, prepared::Prepared};
use crate::{audit::entry::HeadRef, store::trail::MadeRow};

/// What is counted, and how the task fares.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) entries: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) refused: AtomicU64,
    /// Whether the newest write failed.
    pub(super) failing: AtomicBool,
    /// Whether nothing more is written.
    pub(super) stopped: AtomicBool,
    /// Whether somebody tries to write again.
    pub(super) proving: AtomicBool,
    /// The newest change that was made.
    pub(super) made: Mutex<Option<MadeRow>>,
}

/// What the task is told.
pub(super) enum Command {
    Append(Prepared, oneshot::Sender<Result<HeadRef, TrailError>>),
    Close(oneshot::Sender<()>),
}
