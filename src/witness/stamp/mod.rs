//! Time stamps from an authority (RFC 3161), which certifies when a checkpoint already existed. Each time
//! stamp is stored next to the note that it covers, so that standard tools can verify it; this server does
//! not verify who signed it.

mod der;
mod message;
#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand;
use uuid::Uuid;

use self::message::TimeStampRequest;
use super::address::Address;

/// The content type of requests.
const QUERY: &str = "application/timestamp-query";
/// The content type of responses.
const REPLY: &str = "application/timestamp-reply";
/// The longest response, in bytes. With the certificates of its signer it has some thousands.
const MAX_REPLY: usize = 1 << 16;

/// Requests time stamps for checkpoints, and stores them.
pub(super) struct Stamps {
    authority: Address,
    folder: PathBuf,
}

impl Stamps {
    /// From an authority, into a folder, which is created if it does not exist.
    pub(super) fn new(authority: Address, folder: PathBuf) -> Self {
        Self { authority, folder }
    }

    /// Gets a time stamp for the note of a chain with this many entries.
    pub(super) async fn stamp(&self, chain: Uuid, size: u64, note: &str) -> Result<(), &'static str> {
        let mut chance = [0; 8];
        rand::fill(&mut chance).map_err(|_| "no_chance")?;
        let question = TimeStampRequest::new(note.as_bytes(), chance);
        let reply = self.authority.ask(QUERY, question.to_der(), (REPLY, MAX_REPLY)).await?;
        if let Err(unfit) = question.check(&reply) {
            return Err(unfit.word());
        }
        let (folder, note) = (self.folder.clone(), note.to_owned());
        let name = format!("{chain}-{size}");
        let keeping = tokio::task::spawn_blocking(move || keep(&folder, &name, &note, &reply));
        match keeping.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(kind = %error.kind(), "a stamp could not be kept");
                Err("not_written")
            }
            Err(_) => Err("not_written"),
        }
    }
}

/// Writes a note and its time stamp, each atomically; the time stamp last, so that none is without its note.
fn keep(folder: &Path, name: &str, note: &str, stamp: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (ending, bytes) in [("checkpoint", note.as_bytes()), ("tsr", stamp)] {
        let beside = folder.join(format!("{name}.{ending}.new"));
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&beside, folder.join(format!("{name}.{ending}")))?;
    }
    File::open(folder)?.sync_all()
}
