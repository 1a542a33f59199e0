//! `thinkfamily audit`: verifies the trail end to end, and exports it or its heads.
//!
//! Only opens files and the trail; `crate::audit` does the verification.

mod error;
mod receipts;
mod witness;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};

pub use self::error::AuditError;
use crate::{
    audit::{
        HeadKey, PublicKey, Report,
        export::{ExportError, export, read_heads},
        offline::verify_file_with_witness,
        verify::{verify_archive, verify_with_witness},
    },
    store::trail::TrailStore,
};

/// Check the trail, or take it elsewhere.
#[derive(Args, Clone, Debug)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Check the trail end to end; exit code 1 when anything is found.
    Verify(Verify),
    /// Write the trail as JSON lines, and its public key beside it.
    Export(Export),
    /// Prove that the entries of a receipt are in the trail.
    Prove(receipts::Prove),
    /// Check a receipt and its proof with the public key alone; exit code 1 when they are not good.
    VerifyReceipt(receipts::VerifyReceipt),
}

#[derive(Args, Clone, Debug)]
struct Verify {
    /// Check this export instead of the database.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Heads exported earlier, each of which must be found again.
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// What a witness was told, all of which must be found again: its folder, or a file of it; may be given
    /// more than once.
    #[arg(long, value_name = "WITNESS")]
    witness: Vec<PathBuf>,
    /// A file that a month was taken to: it is checked as well, and must have what the trail says; may be
    /// given more than once. Once any is given, all must be.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    archive: Vec<PathBuf>,
    /// The public key to check with, instead of the server's own; may be given more than once.
    #[arg(long, value_name = "FILE")]
    public_key: Vec<PathBuf>,
}

#[derive(Args, Clone, Debug)]
struct Export {
    /// Only the signed heads: small enough to keep elsewhere every day.
    #[arg(long)]
    heads_only: bool,
    /// The file to write; it must not be there yet. The public key goes to the same name with `.pub` added.
    #[arg(value_name = "OUT")]
    out: PathBuf,
}

impl AuditArgs {
    /// Whether [`run`] needs the trail's database: not to verify a file.
    pub fn needs_database(&self) -> bool {
        !matches!(
            &self.command,
            Command::Verify(Verify { file: Some(_), .. }) | Command::VerifyReceipt(_)
        )
    }
}

/// Runs the command. `key` is the path of the key that signs heads; `out` gets the result for people to read.
/// The exit code is 1 when verification found anything.
pub async fn run(
    args: &AuditArgs,
    store: Option<&TrailStore>,
    key: &Path,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, AuditError> {
    match &args.command {
        Command::Verify(options) => {
            let report = check(options, store, key).await?;
            print(&report, out)?;
            Ok(if report.is_sound() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Command::Prove(options) => options.run(store.ok_or(AuditError::NoDatabase)?, key, out).await,
        Command::VerifyReceipt(options) => options.run(out),
        Command::Export(options) => {
            let store = store.ok_or(AuditError::NoDatabase)?;
            let public = HeadKey::load(key)?.public();
            let failed = |error: ExportError| AuditError::Export {
                path: options.out.clone(),
                error,
            };
            let exported = write_new(&options.out, store, options.heads_only)
                .await
                .map_err(failed)?;
            let mut name = options.out.clone().into_os_string();
            name.push(".pub");
            public.export(Path::new(&name))?;
            writeln!(
                out,
                "{} entries and {} heads exported",
                exported.entries, exported.heads
            )?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn check(options: &Verify, store: Option<&TrailStore>, key: &Path) -> Result<Report, AuditError> {
    let keys = if options.public_key.is_empty() {
        vec![HeadKey::load(key)?.public()]
    } else {
        let keys: Result<Vec<_>, _> = options.public_key.iter().map(|path| PublicKey::load(path)).collect();
        keys?
    };
    let heads = match &options.heads {
        None => Vec::new(),
        Some(path) => File::open(path)
            .map_err(ExportError::from)
            .and_then(|file| read_heads(BufReader::new(file)))
            .map_err(|error| AuditError::Export {
                path: path.clone(),
                error,
            })?,
    };
    let (witnessed, witness_report) = witness::read(&options.witness, &keys)?;
    let checked = if let Some(path) = &options.file {
        verify_file_with_witness(path, &keys, &heads, &witnessed).map_err(|error| AuditError::Export {
            path: path.clone(),
            error,
        })?
    } else {
        let store = store.ok_or(AuditError::NoDatabase)?;
        let mut archives = Vec::new();
        for path in &options.archive {
            archives.push(TrailStore::archive(path).await?);
        }
        let mut report = verify_with_witness(store, &keys, &heads, &witnessed, &archives).await?;
        for archive in &archives {
            report = report.followed_by(verify_archive(archive, &keys, &[]).await?);
            archive.close().await?;
        }
        report
    };
    Ok(witness_report.followed_by(checked))
}

/// Writes an export to a file that only its owner can read, and removes it if it is not completed.
async fn write_new(
    path: &Path,
    store: &TrailStore,
    heads_only: bool,
) -> Result<crate::audit::export::Exported, ExportError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = BufWriter::new(options.open(path)?);
    let exported = match export(store, heads_only, &mut file).await {
        Ok(exported) => file.get_ref().sync_all().map(|()| exported).map_err(ExportError::from),
        Err(error) => Err(error),
    };
    if exported.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(path);
    }
    exported
}

fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        writeln!(out, "{finding}")?;
    }
    let listed = u64::try_from(report.findings.len()).unwrap_or(u64::MAX);
    if report.total > listed {
        writeln!(out, "and {} more", report.total - listed)?;
    }
    let summary = if report.is_sound() {
        "nothing found".to_owned()
    } else {
        format!("{} found", report.total)
    };
    writeln!(
        out,
        "{} entries in {} chains checked: {summary}",
        report.entries, report.chains
    )?;
    if !report.lost.is_empty() {
        writeln!(
            out,
            "of {} chains entries are lost, as the trail itself tells: a restore has said so",
            report.lost.len()
        )?;
    }
    Ok(())
}
