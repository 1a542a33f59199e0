//! `thinkfamily audit prove` and `verify-receipt`: proves to anybody with the public key that the content of
//! a receipt is recorded.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{error::AuditError, witness};
use crate::{
    audit::{
        HeadKey, PublicKey,
        prove::{InvalidReceipt, MAX_PROOF_BYTES, Proof, ProveError, prove},
        receipt::{MAX_RECEIPT, SignedReceipt},
    },
    store::trail::TrailStore,
};

#[derive(Args, Clone, Debug)]
pub(super) struct Prove {
    /// The receipt: what stood in the answer's `extensions.receipt`.
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    /// The proof's file; it must not be there yet.
    #[arg(long, value_name = "PROOF")]
    out: PathBuf,
    /// Prove it by the newest checkpoint that this witness has, instead of one that is signed now: its
    /// folder, or a file of it.
    #[arg(long, value_name = "WITNESS")]
    witness: Vec<PathBuf>,
    /// The key that signed the receipt, if that is not the server's own any more.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct VerifyReceipt {
    /// The receipt.
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    /// Its proof.
    #[arg(value_name = "PROOF")]
    proof: Option<PathBuf>,
    /// The trail's public key; may be given more than once.
    #[arg(long, value_name = "FILE", required = true)]
    public_key: Vec<PathBuf>,
    /// A witness that must have the proof's checkpoint: its folder, or a file of it.
    #[arg(long, value_name = "WITNESS", requires = "proof")]
    witness: Vec<PathBuf>,
}

/// Reads a file of at most `max_bytes` bytes; of a longer one, one byte more.
fn read(path: &Path, max_bytes: usize) -> Result<Vec<u8>, AuditError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| AuditError::file(path, error))?;
    Ok(bytes)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl Prove {
    /// Makes the proof. A bad receipt or trail is reported and fails.
    pub(super) async fn run(
        &self,
        store: &TrailStore,
        key: &Path,
        out: &mut (dyn Write + Send),
    ) -> Result<ExitCode, AuditError> {
        let key = HeadKey::load(self.key.as_deref().unwrap_or(key))?;
        let witnessed = witness::read(&self.witness, &[key.public()])?;
        for finding in &witnessed.1.findings {
            writeln!(out, "{finding}")?;
        }
        let witnessed = (!self.witness.is_empty()).then_some(&witnessed.0);
        let proved = match SignedReceipt::read(&read(&self.receipt, MAX_RECEIPT)?) {
            Some(receipt) => prove(store, &key, &receipt, witnessed).await,
            None => Err(InvalidReceipt::NotSigned.into()),
        };
        match proved {
            Ok(proof) => {
                let bytes = serde_json::to_vec_pretty(&proof).map_err(io::Error::from)?;
                write_new(&self.out, &bytes).map_err(|error| AuditError::file(&self.out, error))?;
                writeln!(out, "proved: {} entries\n{}", proof.entries.len(), proof.checkpoint)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(ProveError::Store(error)) => Err(error.into()),
            Err(wrong) => {
                if let ProveError::Unsound(report) = &wrong {
                    for finding in &report.findings {
                        writeln!(out, "{finding}")?;
                    }
                }
                writeln!(out, "{wrong}")?;
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

impl VerifyReceipt {
    /// Verifies the receipt from files alone.
    pub(super) fn run(&self, out: &mut (dyn Write + Send)) -> Result<ExitCode, AuditError> {
        let keys: Vec<PublicKey> =
            (self.public_key.iter().map(|path| PublicKey::load(path))).collect::<Result<_, _>>()?;
        let witnessed = witness::read(&self.witness, &keys)?.0;
        let witnessed = (!self.witness.is_empty()).then_some(&witnessed);
        let receipt = SignedReceipt::read(&read(&self.receipt, MAX_RECEIPT)?).ok_or(InvalidReceipt::NotSigned);
        let proof = match &self.proof {
            None => Ok(None),
            Some(path) => Proof::read(&read(path, MAX_PROOF_BYTES)?)
                .map(Some)
                .ok_or(InvalidReceipt::Unreadable),
        };
        let checked = receipt.and_then(|receipt| receipt.check(proof?.as_ref(), &keys, witnessed));
        match checked {
            Ok(receipt) => {
                write!(out, "{}", receipt.words())?;
                writeln!(
                    out,
                    "{}",
                    match (&receipt.recorded, &self.proof) {
                        (None, _) => "signed: nothing of anybody was given or changed, so nothing is recorded",
                        (Some(_), None) => "signed; without a proof nothing shows that it is recorded",
                        (Some(_), Some(_)) => "signed, and its entries are in the trail as of the proof's checkpoint",
                    }
                )?;
                Ok(ExitCode::SUCCESS)
            }
            Err(wrong) => {
                writeln!(out, "{wrong}")?;
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
