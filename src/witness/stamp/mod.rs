//! An authority of time stamps (RFC 3161), which says of a checkpoint when it was there already. Each stamp is kept beside the note that it is about, so that
//! others' programs check it as it is; this server does not check who signed it.

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

use self::message::Question;
use super::address::Address;

/// What is sent.
const QUERY: &str = "application/timestamp-query";
/// What comes back.
const REPLY: &str = "application/timestamp-reply";
/// No reply is longer, in bytes. With the certificates of its signer it has some thousands.
const MAX_REPLY: usize = 1 << 16;

/// Has checkpoints stamped, and keeps the stamps.
pub(super) struct Stamps {
    authority: Address,
    folder: PathBuf,
}

impl Stamps {
    /// From an authority, into a folder, which is made where it is not there.
    pub(super) fn new(authority: Address, folder: PathBuf) -> Self {
        Self { authority, folder }
    }

    /// Has the note of a chain with so many entries stamped.
    pub(super) async fn stamp(&self, chain: Uuid, size: u64, note: &str) -> Result<(), &'static str> {
        let mut chance = [0; 8];
        rand::fill(&mut chance).map_err(|_| "no_chance")?;
        let question = Question::new(note.as_bytes(), chance);
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

/// Puts a stamp and its note in place, each whole or not at all; the stamp last, so that none is without its note.
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
