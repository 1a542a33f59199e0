//! A page of a chain that is copied to an archive file.

use uuid::Uuid;

use super::{record::FamiliesRow, records::Record};

/// A page of a chain to be copied, with the dictionary words that it uses.
pub(super) struct Part<'a> {
    pub(super) chain: Uuid,
    pub(super) number: i32,
    pub(super) records: &'a [Record],
    pub(super) families: &'a [FamiliesRow],
    pub(super) words: &'a [(i32, Vec<u8>, String)],
}
