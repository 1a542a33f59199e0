//! Why the command failed.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    audit::{export::ExportError, key::KeyError},
    store::trail::TrailStoreError,
};

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The trail's database failed.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// An export cannot be read or written.
    #[error("{path}: {error}")]
    Export {
        /// The file.
        path: PathBuf,
        /// The error.
        error: ExportError,
    },
    /// A file of a receipt, a proof or a witness cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// Standard output cannot be written to.
    #[error("the result cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The command needs the trail's database and none was given.
    #[error("the trail's database is needed for this")]
    NoDatabase,
}

impl AuditError {
    pub(super) fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            error,
        }
    }
}
