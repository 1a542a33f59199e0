//! A page of a chain on its way to a file of its own.

use uuid::Uuid;

use super::{record::FamiliesRow, records::Record};

/// A page of a chain on its way, with the words that it speaks with.
pub(super) struct Part<'a> {
    pub(super) chain: Uuid,
    pub(super) number: i32,
    pub(super) records: &'a [Record],
    pub(super) families: &'a [FamiliesRow],
    pub(super) words: &'a [(i32, Vec<u8>, String)],
}
