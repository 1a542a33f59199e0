//! A third party's folder: notes are appended to one file per chain. Its owner can remove files at any time.

use std::{fs::OpenOptions, io::Write as _, path::PathBuf};

use uuid::Uuid;

/// A folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Appends a note to a chain's file.
    pub(super) async fn add(&self, chain: Uuid, note: &str) -> Result<(), &'static str> {
        let file = self.0.join(format!("{chain}.checkpoints"));
        // The previous note may have been truncated by a full disk.
        let note = format!("\n{note}");
        let adding = tokio::task::spawn_blocking(move || {
            let mut file = OpenOptions::new().append(true).create(true).open(file)?;
            file.write_all(note.as_bytes())?;
            file.sync_data()
        });
        match adding.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(kind = %error.kind(), "a note could not be added");
                Err("not_written")
            }
            Err(_) => Err("not_written"),
        }
    }
}
