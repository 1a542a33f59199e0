//! `thinkfamily backup`: consistent, verified copies of both SQLite databases while servers run.
//!
//! The main database is copied before the trail, so that every change in the copy has its entry. A change
//! made between the copies is in the trail alone, and `thinkfamily restore` makes it again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;

use super::{
    context::{self, Context},
    failure::Failure,
    restore,
};
use crate::{
    audit::{HeadKey, hash::Hash, verify::verify},
    store::{
        connect::{Databases, Settings},
        database_url::DatabaseUrl,
        trail::TrailStore,
    },
};

const MAIN: &str = "thinkfamily.db";
const TRAIL: &str = "thinkfamily.trail.db";
const MANIFEST: &str = "manifest.json";

/// Copy both SQLite databases to a new folder, checked, while servers go on.
#[derive(Args, Clone, Debug)]
pub(super) struct BackupArgs {
    /// The folder to make; it must not be there yet.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The manifest of the backup.
#[derive(Serialize)]
struct Manifest {
    format: &'static str,
    /// The main database is as of this moment or a little later.
    began: DateTime<Utc>,
    /// The trail is as of this moment or a little earlier.
    ended: DateTime<Utc>,
    /// Entries of the trail.
    entries: u64,
    files: Vec<CopiedFile>,
}

#[derive(Serialize)]
struct CopiedFile {
    name: &'static str,
    bytes: u64,
    sha256: Hash,
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &BackupArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let (main, trail) = context.database_urls()?;
    if main.file().is_none() || trail.file().is_none() {
        return Err(Failure::usage(
            "this copies SQLite files; for PostgreSQL use pg_basebackup and an archive of its WAL, as docs/operations.md says",
        ));
    }
    let key = HeadKey::load(&context.trail_key_path()).map_err(Failure::problem)?;
    let databases = context.read_only_databases().await?;
    let result = copy(context, arguments, &databases, &key, out).await;
    context::close(databases).await;
    result.map(|()| ExitCode::SUCCESS)
}

async fn copy(
    context: &Context,
    arguments: &BackupArgs,
    databases: &Databases,
    key: &HeadKey,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    context::refuse_pending_migrations(databases).await?;
    let folder = &arguments.folder;
    let failed = |error: io::Error| Failure::problem(format!("{}: {error}", folder.display()));
    create_folder(folder).map_err(failed)?;
    let (main, trail) = (folder.join(MAIN), folder.join(TRAIL));
    let began = context.clock.now();
    for path in [&main, &trail] {
        create_private_file(path).map_err(failed)?;
    }
    databases.copy_main(&main).await.map_err(Failure::problem)?;
    databases.copy_trail(&trail).await.map_err(Failure::problem)?;
    let ended = context.clock.now();
    let entries = check(context, &main, &trail, key, out).await?;
    let manifest = Manifest {
        format: "thinkfamily backup 1",
        began,
        ended,
        entries,
        files: [MAIN, TRAIL]
            .into_iter()
            .map(|name| describe_copy(folder, name))
            .collect::<io::Result<_>>()
            .map_err(failed)?,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(error.into()))?;
    create_private_file(&folder.join(MANIFEST))
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(failed)?;
    writeln!(out, "{}: whole, {entries} entries checked", folder.display())?;
    Ok(())
}

/// Opens the copies and verifies that they are whole and that the trail is sound. Returns the number of its
/// entries.
async fn check(
    context: &Context,
    main: &Path,
    trail: &Path,
    key: &HeadKey,
    out: &mut (dyn Write + Send),
) -> Result<u64, Failure> {
    let settings = Settings {
        read_only: true,
        ..Settings::default()
    };
    let (main, trail) = (DatabaseUrl::sqlite(main), DatabaseUrl::sqlite(trail));
    let copies = Databases::open_at(&main, &trail, &settings).await;
    let copies = copies.map_err(Failure::problem)?;
    let checked = async {
        if !copies.are_whole().await.map_err(Failure::problem)? {
            return Err(Failure::problem("the copy is not whole: do not rely on it"));
        }
        let report = verify(&TrailStore::of(&copies), &[key.public()], &[]).await;
        let report = report.map_err(Failure::problem)?;
        if !report.is_sound() {
            return Err(Failure::problem(
                "the trail is not as it was written; `thinkfamily audit verify` says what was found",
            ));
        }
        let later = restore::changes_missing(&context.store(&copies)).await?;
        if later > 0 {
            writeln!(
                out,
                "{later} changes were made between the copies; a restore does them again where it can"
            )?;
        }
        Ok(report.entries)
    };
    let checked = checked.await;
    context::close(copies).await;
    checked
}

fn describe_copy(folder: &Path, name: &'static str) -> io::Result<CopiedFile> {
    let file = File::open(folder.join(name))?;
    file.sync_all()?;
    let (sha256, bytes) = Hash::of_all(file)?;
    Ok(CopiedFile { name, bytes, sha256 })
}

/// Creates a new folder for its owner alone.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a new file for its owner alone.
fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
