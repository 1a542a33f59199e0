//! Months of the trail that were taken to files of their own, where they are whole by themselves and can be checked and asked.

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

/// What was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Chains.
    pub chains: usize,
    /// Entries.
    pub entries: u64,
}

/// Why a month was not taken out of the database. It is whole where it was, whatever is in the file.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The trail's database, or the file, failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// An entry could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The trail could not be told.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// No chain began in the month.
    #[error("no chain of the trail began in {0}")]
    Nothing(String),
    /// What was copied is not as it was written.
    #[error("what was copied is not as it was written ({} found); `thinkfamily audit verify` says more", .0.total)]
    Unsound(Box<Report>),
}

/// Copies a month to a new file, checks it there, tells the trail where each of its chains ended, and only then takes it out of the database.
///
/// # Errors
/// The month is whole in the database after every error but one of the last step, which can be made again.
pub async fn archive(trail: &Trail, month: Month, file: &Path, keys: &[PublicKey]) -> Result<Archived, ArchiveError> {
    let store = trail.store();
    let archive = TrailStore::new_archive(file).await?;
    let words = |records: &[Record]| {
        let numbers: std::collections::BTreeSet<i32> =
            records.iter().flat_map(|record| words_of(&record.row)).collect();
        numbers.into_iter().collect()
    };
    let snapshot = store.snapshot().await?;
    let taken = archive.take_in(&snapshot, month, words).await?;
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
    store.let_go(month).await?;
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
