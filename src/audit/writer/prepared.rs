//! An entry ready to be written.

use chrono::{DateTime, SubsecRound, Utc};

use crate::audit::{
    entry::{Entry, EntryError, Kind},
    packed::Unpacked,
};

/// An entry ready to be written, except for its sequence number and the numbers of its words. Prepared by the
/// caller, so that the task only hashes and writes.
pub(super) struct Prepared {
    pub(super) at: DateTime<Utc>,
    pub(super) kind: Kind,
    pub(super) authority: Option<i32>,
    pub(super) unpacked: Unpacked,
    /// The canonical JSON, which is what is hashed.
    pub(super) body: String,
}

impl Prepared {
    pub(super) fn new(entry: &Entry) -> Result<Self, EntryError> {
        Ok(Self {
            at: entry.at.trunc_subsecs(6),
            kind: entry.kind,
            authority: entry.authority,
            body: entry.to_body()?,
            unpacked: Unpacked::of(entry).map_err(|_| EntryError::Unwritable)?,
        })
    }
}
