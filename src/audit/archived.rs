//! Archiving whole months of the trail to files, where each can be verified and queried on its own.

use std::path::Path;

use super::{
    code::Code,
    entry::{Entry, HeadRef},
    finding::Report,
    hash::Hash,
    key::PublicKey,
    kind::Kind,
    packed::words_of,
    read::ReadError,
    verify::verify_archive,
    writer::{Trail, TrailError},
};
use crate::store::trail::{HeadRow, Month, Record, TrailStore, TrailStoreError};

/// How much was archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Chains.
    pub chains: usize,
    /// Entries.
    pub entries: u64,
}

/// Why a month was not removed from the database. It is still complete there, whatever the file holds.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The trail's database, or the file, failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// An entry could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The entry that records the archiving could not be written to the trail.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// No chain began in the month.
    #[error("no chain of the trail began in {0}")]
    Nothing(String),
    /// The copy differs from what was originally written.
    #[error("what was copied is not as it was written ({} found); `thinkfamily audit verify` says more", .0.total)]
    Unsound(Box<Report>),
}

/// Archives a month: copies it to a new file, verifies the copy, records in the trail where each chain ended,
/// and only then deletes the month from the database.
///
/// # Errors
/// The month is still complete in the database after every error except one in the final deletion, which can
/// be repeated.
pub async fn archive(trail: &Trail, month: Month, file: &Path, keys: &[PublicKey]) -> Result<Archived, ArchiveError> {
    let store = trail.store();
    let archive = TrailStore::new_archive(file).await?;
    let words = |records: &[Record]| {
        let numbers: std::collections::BTreeSet<i32> =
            records.iter().flat_map(|record| words_of(&record.row)).collect();
        numbers.into_iter().collect()
    };
    let snapshot = store.snapshot().await?;
    let taken = archive.copy_month(&snapshot, month, words).await?;
    drop(snapshot);
    if taken.heads.is_empty() {
        return Err(ArchiveError::Nothing(month.name()));
    }
    let report = verify_archive(&archive, keys, &taken.heads).await?;
    archive.close().await?;
    if !report.is_sound() || report.entries != taken.entries {
        return Err(ArchiveError::Unsound(Box::new(report)));
    }
    let mut entry = Entry::new(Kind::Archived, trail.now());
    entry.reason = Some(Code::nearest(month.name()));
    entry.heads = taken.heads.iter().filter_map(head_ref).collect();
    trail.append(entry).await?;
    store.delete_month(month).await?;
    Ok(Archived {
        chains: taken.heads.len(),
        entries: taken.entries,
    })
}

fn head_ref(row: &HeadRow) -> Option<HeadRef> {
    Some(HeadRef {
        chain: row.chain,
        seq: row.seq,
        hash: Hash::parse(&row.hash).ok()?,
    })
}
