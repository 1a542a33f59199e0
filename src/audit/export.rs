//! Exporting the trail as JSON lines, to verify it elsewhere; or its heads alone, to notice later what is
//! missing.
//!
//! The first line states the format. Then come the entries by chain and sequence number, then the heads; the
//! last line counts both. The export is a snapshot at one instant. Stored data is written exactly as stored,
//! so that verifying the file finds what verifying the database would.

use std::io::{self, BufRead, Read, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    entry::MAX_BODY,
    stored::{chain_after, entries_after},
};
use crate::store::trail::{EntryRow, HeadRow, TrailSnapshot, TrailStore, TrailStoreError};

/// The longest line that is read, in bytes: escaped inside a JSON string, a body at most doubles in length.
pub const MAX_LINE: usize = 2 * MAX_BODY + 4096;
const FORMAT: &str = "thinkfamily trail export 1";
const PAGE: u32 = 64;

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    /// The header line, with the format.
    Format(String),
    /// An entry.
    Entry(ExportedEntry),
    /// A head.
    Head(ExportedHead),
    /// The trailer line: how many entries and heads came before it.
    End {
        /// Entries in the file.
        entries: u64,
        /// Heads in the file.
        heads: u64,
    },
}

/// An entry in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedEntry {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number.
    pub seq: i64,
    /// The hash of the previous entry.
    pub prev: String,
    /// The entry's hash.
    pub hash: String,
    /// The entry's canonical JSON, as a string, because its exact bytes were hashed.
    pub body: String,
}

/// A head in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedHead {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number of its newest entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: String,
    /// The signature.
    pub signature: String,
    /// The process that wrote the chain.
    pub process: String,
    /// When the head was last updated.
    pub updated_at: DateTime<Utc>,
}

impl From<HeadRow> for ExportedHead {
    fn from(row: HeadRow) -> Self {
        Self {
            chain: row.chain,
            seq: row.seq,
            hash: row.hash,
            signature: row.signature,
            process: row.process,
            updated_at: row.updated_at,
        }
    }
}

impl From<ExportedHead> for HeadRow {
    fn from(head: ExportedHead) -> Self {
        Self {
            chain: head.chain,
            seq: head.seq,
            hash: head.hash,
            signature: head.signature,
            process: head.process,
            updated_at: head.updated_at,
        }
    }
}

/// How much was exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Entries.
    pub entries: u64,
    /// Heads.
    pub heads: u64,
}

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// The file could not be read or written.
    #[error("the export could not be read or written: {0}")]
    File(#[from] io::Error),
    /// Not a line of an export.
    #[error("line {0} is not a line of an export of the trail")]
    Line(u64),
    /// The file is truncated.
    #[error("the export is not whole: it does not end with a line that counts what is in it")]
    NotWhole,
}

/// Exports the whole trail, or only its heads, as a snapshot of this instant.
pub async fn export(
    store: &TrailStore,
    heads_only: bool,
    out: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let snapshot = store.snapshot().await?;
    write_line(out, &Line::Format(FORMAT.to_owned()))?;
    let entries = if heads_only { 0 } else { entries(&snapshot, out).await? };
    let heads = heads(&snapshot, out).await?;
    write_line(out, &Line::End { entries, heads })?;
    out.flush()?;
    Ok(Exported { entries, heads })
}

async fn entries(snapshot: &TrailSnapshot, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let (mut count, mut before) = (0, None);
    while let Some(chain) = chain_after(snapshot, before).await? {
        before = Some(chain);
        count += entries_of(snapshot, chain, out).await?;
    }
    Ok(count)
}

async fn entries_of(snapshot: &TrailSnapshot, chain: Uuid, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let (mut count, mut after) = (0, 0);
    loop {
        let page = entries_after(snapshot, chain, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.seq;
        for row in page {
            write_line(out, &Line::Entry(exported(row)))?;
            count += 1;
        }
    }
}

async fn heads(snapshot: &TrailSnapshot, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = snapshot.heads_after(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.chain);
        for row in page {
            write_line(out, &Line::Head(row.into()))?;
            count += 1;
        }
    }
    Ok(count)
}

fn exported(row: EntryRow) -> ExportedEntry {
    ExportedEntry {
        chain: row.chain,
        seq: row.seq,
        prev: row.prev_hash,
        hash: row.hash,
        body: row.body,
    }
}

fn write_line(out: &mut (dyn Write + Send), line: &Line) -> Result<(), ExportError> {
    let mut text = serde_json::to_vec(line).map_err(io::Error::from)?;
    text.push(b'\n');
    Ok(out.write_all(&text)?)
}

/// A reader of an export's lines, numbered from 1. A line that is too long or malformed is an error, and
/// reading may continue after it; memory is bounded by [`MAX_LINE`].
#[derive(Debug)]
pub struct Lines<R> {
    from: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `from`.
    pub fn new(from: R) -> Self {
        Self { from, number: 0 }
    }

    /// The next line; `None` at the end of the file.
    pub fn next_line(&mut self) -> Result<Option<(u64, Line)>, ExportError> {
        let mut text = Vec::new();
        let longest = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        self.from.by_ref().take(longest).read_until(b'\n', &mut text)?;
        if text.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        if text.last() != Some(&b'\n') && text.len() == MAX_LINE {
            self.from.skip_until(b'\n')?;
            return Err(ExportError::Line(self.number));
        }
        match serde_json::from_slice(&text) {
            Ok(Line::Format(format)) if format != FORMAT || self.number != 1 => Err(ExportError::Line(self.number)),
            Ok(line) if self.number == 1 && !matches!(line, Line::Format(_)) => Err(ExportError::Line(1)),
            Ok(line) => Ok(Some((self.number, line))),
            Err(_) => Err(ExportError::Line(self.number)),
        }
    }
}

/// The heads in an export, full or heads only. The file must be complete.
pub fn read_heads(from: impl BufRead) -> Result<Vec<HeadRow>, ExportError> {
    let mut lines = Lines::new(from);
    let mut heads = Vec::new();
    let mut whole = false;
    while let Some((number, line)) = lines.next_line()? {
        match line {
            _ if whole => return Err(ExportError::Line(number)),
            Line::Head(_) if heads.len() >= super::verify::MAX_NAMED => return Err(ExportError::Line(number)),
            Line::Head(head) => heads.push(head.into()),
            Line::End { heads: count, .. } => whole = u64::try_from(heads.len()).is_ok_and(|read| read == count),
            Line::Format(_) | Line::Entry(_) => {}
        }
    }
    if whole { Ok(heads) } else { Err(ExportError::NotWhole) }
}
