//! High-water marks of the trail in the data directory, outside both databases: how far each chain had got,
//! and which change was made last.
//!
//! A small file next to the keys, replaced atomically. If a database is behind it, something was lost. It
//! holds no personal data and no values.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hash::Hash;

/// The file in the data directory.
pub const FILE: &str = "marks";
const FORMAT: &str = "thinkfamily marks 1";
/// The most chains remembered: the newest ones.
const MAX_CHAINS: usize = 64;
/// The longest file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// The high-water mark of one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number of its newest entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: Hash,
    /// When the mark was written.
    pub at: DateTime<Utc>,
    /// The identity of the trail that the chain belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Uuid>,
    /// The newest change that it announces and that was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<MadeMark>,
}

/// A change that was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeMark {
    /// The authority whose data it changed.
    pub authority: i32,
    /// The sequence number of its entry.
    pub seq: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: String,
    chains: Vec<Mark>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MarksError {
    /// It cannot be read or written.
    #[error("the file {} cannot be used: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// It is not one of this program's files.
    #[error("the file {} is not one of this program's, or not whole", .0.display())]
    Unreadable(PathBuf),
}

/// Reads the marks of a data directory; empty if it has none yet.
pub fn read(data_dir: &Path) -> Result<Vec<Mark>, MarksError> {
    let path = data_dir.join(FILE);
    let mut text = String::new();
    let read = File::open(&path).and_then(|file| file.take(MAX_FILE).read_to_string(&mut text));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(MarksError::File { path, source }),
    }
    match serde_json::from_str::<Text>(&text) {
        Ok(text) if text.format == FORMAT => Ok(text.chains),
        _ => Err(MarksError::Unreadable(path)),
    }
}

/// Writes a mark, replacing that of the same chain. Several processes may do so at once.
pub fn put(data_dir: &Path, mark: Mark) -> Result<(), MarksError> {
    let path = data_dir.join(FILE);
    let failed = |source| MarksError::File {
        path: path.clone(),
        source,
    };
    let beside = |ending: &str| data_dir.join(format!("{FILE}.{ending}"));
    let mut private = OpenOptions::new();
    private.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut private, 0o600);
    // The lock is held until the function returns; other processes wait for it.
    let lock = private.open(beside("lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    let mut chains = read(data_dir)?;
    chains.retain(|known| known.chain != mark.chain);
    chains.push(mark);
    chains.sort_by_key(|mark| std::cmp::Reverse((mark.at, mark.chain)));
    chains.truncate(MAX_CHAINS);
    let text = Text {
        format: FORMAT.to_owned(),
        chains,
    };
    let new = beside("new");
    let mut file = private.open(&new).map_err(failed)?;
    let text = serde_json::to_vec(&text).map_err(|error| failed(error.into()))?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&new, &path))
        .map_err(failed)
}

/// Removes a file that is not one of this program's, so that a new one can be started.
pub fn take_away(data_dir: &Path) -> Result<(), MarksError> {
    let path = data_dir.join(FILE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(MarksError::File { path, source }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
