//! A folder of somebody else's: a file for each chain, to which notes are added. Whoever has it can take files away at any time.

use std::{fs::OpenOptions, io::Write as _, path::PathBuf};

use uuid::Uuid;

/// A folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Adds a note to a chain's file.
    pub(super) async fn add(&self, chain: Uuid, note: &str) -> Result<(), &'static str> {
        let file = self.0.join(format!("{chain}.checkpoints"));
        // The line before may have been cut off, by a disk that was full.
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
