//! `thinkfamily export`: the files of one authority, in the format that import reads.
//!
//! It discloses all data of an authority. So every family, and everybody in no family, is recorded in the
//! trail first; if that fails nothing is written.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use futures_util::future::join_all;
use uuid::Uuid;

use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    audit::{Code, Entry, Kind, Operation, Subject, Trail, person::PersonKey},
    import::{self, Exporter, FILES},
    records::{AgencyRow, Table},
    sharing::category::Category,
    store::{
        Store,
        bulk::Look,
        connect::Databases,
        dataset::Dataset,
        session::{Mode, Session},
    },
};

/// Most families, or people without one, per entry of the trail.
const MAX_FAMILIES_PER_ENTRY: usize = 500;
/// Entries written concurrently.
const CONCURRENT_ENTRIES: usize = 64;

/// Write the CSV files of one authority, as import reads them.
#[derive(Args, Clone, Debug)]
pub(super) struct ExportArgs {
    /// The folder to write to; it is made if it is not there, and must be empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The code of the authority [default: cambridgeshire in development, none otherwise].
    #[arg(long, value_name = "CODE")]
    authority: Option<String>,
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &ExportArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let code = context.authority_code(arguments.authority.as_ref())?;
    let folder = &arguments.folder;
    create_folder(folder)?;
    let databases = context.existing_databases().await?;
    let store = context.store(&databases);
    let trail = context.trail(&databases, "export").await?;
    let result = export(context, &databases, &store, &trail, &code, folder).await;
    let result = result.map_err(|failure| with_leftover_warning(failure, folder));
    trail.close().await;
    context::close(databases).await;
    let (rows, families) = result?;
    writeln!(
        out,
        "{} files with {rows} rows of {families} families: they hold all that the authority has of these people",
        FILES.len()
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn export(
    context: &Context,
    databases: &Databases,
    store: &Store,
    trail: &Trail,
    code: &str,
    folder: &Path,
) -> Result<(u64, usize), Failure> {
    let authority = store.authority_named(code).await.map_err(Failure::problem)?;
    let authority = authority.ok_or_else(|| Failure::problem("the database has no authority of that code"))?;
    let session = Session::begin(store, authority.id, Mode::Read).await;
    let session = session.map_err(Failure::problem)?;
    let agencies = session.agencies().await.map_err(Failure::problem)?.clone();
    session.end().await.map_err(Failure::problem)?;
    let mut agencies: Vec<AgencyRow> = agencies.all().into_iter().cloned().collect();
    agencies.sort_by(|one, other| one.code.cmp(&other.code));
    let snapshot = Look::begin(databases).await.map_err(Failure::problem)?;
    let families = record_in_trail(context, &snapshot, trail, authority.id).await?;
    let exporter = Exporter::new(agencies.iter().map(|agency| (agency.id, agency.code.clone())));
    let mut rows = 0;
    for table in FILES.iter().copied() {
        let failed = |error: io::Error| Failure::problem(format!("{}: {error}", table.file_name()));
        let mut file = BufWriter::new(create_private_file(&folder.join(table.file_name())).map_err(failed)?);
        file.write_all(&Exporter::header(table)).map_err(failed)?;
        let mut write = |page: &Dataset| {
            rows += page.len() as u64;
            let lines = exporter.lines(table, page).map_err(Failure::problem)?;
            file.write_all(&lines).map_err(failed)
        };
        if table == Table::Agency {
            // Identifiers of agencies differ between databases; their codes do not.
            let agencies = agencies.clone();
            write(&Dataset {
                agencies,
                ..Dataset::default()
            })?;
        } else {
            let mut after = None;
            loop {
                let page = snapshot.page(table, authority.id, after).await;
                let page = page.map_err(Failure::problem)?;
                match import::last(table, &page) {
                    None => break,
                    last => after = last,
                }
                write(&page)?;
            }
        }
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
    }
    snapshot.end().await.map_err(Failure::problem)?;
    Ok((rows, families))
}

/// Collects ids from all rows of a table.
async fn all_ids(
    snapshot: &Look,
    table: Table,
    authority: i32,
    ids: impl Fn(&Dataset) -> Vec<Uuid>,
) -> Result<Vec<Uuid>, Failure> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = snapshot.page(table, authority, after).await.map_err(Failure::problem)?;
        match import::last(table, &page) {
            None => return Ok(found),
            last => after = last,
        }
        found.extend(ids(&page));
    }
}

/// Records in the trail every family and everybody without one. Returns the number of families.
async fn record_in_trail(context: &Context, snapshot: &Look, trail: &Trail, authority: i32) -> Result<usize, Failure> {
    let family_ids = |page: &Dataset| page.families.iter().map(|row| row.id).collect();
    let families = all_ids(snapshot, Table::Family, authority, family_ids).await?;
    let member_ids = |page: &Dataset| page.memberships.iter().map(|row| row.person_id).collect();
    let members: HashSet<Uuid> = all_ids(snapshot, Table::Membership, authority, member_ids)
        .await?
        .into_iter()
        .collect();
    let people_without_family = |page: &Dataset| {
        let unattached = page
            .people
            .iter()
            .map(|row| row.id)
            .filter(|person| !members.contains(person));
        unattached.collect()
    };
    let unattached = all_ids(snapshot, Table::Person, authority, people_without_family).await?;
    let now = context.clock.now();
    let entry = |families: &[Uuid], people: &[Uuid]| {
        let mut entry = Entry::new(Kind::Disclosed, now);
        entry.authority = Some(authority);
        entry.subject = Subject::new("command-line").ok();
        entry.operation = Some(Operation::of(Some("export"), "thinkfamily export 1"));
        let personal = Category::ALL.into_iter().filter(|category| category.is_personal());
        entry.categories = personal.map(|category| Code::nearest(category.code())).collect();
        entry.families.extend(families);
        entry.people.extend(people.iter().copied().map(PersonKey::from));
        entry
    };
    let entries = families
        .chunks(MAX_FAMILIES_PER_ENTRY)
        .map(|families| entry(families, &[]));
    let mut entries: Vec<Entry> = entries.collect();
    entries.extend(
        unattached
            .chunks(MAX_FAMILIES_PER_ENTRY)
            .map(|people| entry(&[], people)),
    );
    if entries.is_empty() {
        entries.push(entry(&[], &[]));
    }
    for chunk in entries.chunks(CONCURRENT_ENTRIES) {
        for written in join_all(chunk.iter().map(|entry| trail.append(entry.clone()))).await {
            written.map_err(|error| Failure::problem(format!("{error}; nothing was exported")))?;
        }
    }
    Ok(families.len())
}

/// Adds a warning about files left by an export that failed.
fn with_leftover_warning(failure: Failure, folder: &Path) -> Failure {
    match fs::read_dir(folder).map(|mut files| files.next().is_some()) {
        Ok(false) => failure,
        _ => Failure::problem(format!(
            "{}; what was written to {} until then holds personal data: remove it before you try again",
            failure.sentence(),
            folder.display()
        )),
    }
}

/// Creates the folder for its owner alone, or checks that it is empty and private.
fn create_folder(folder: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::problem(format!("{}: {error}", folder.display()));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder).map_err(failed)?.permissions()) & 0o077 != 0 {
        let sentence = "is open to others than its owner: `chmod 700` it first, or name a folder that is not there";
        return Err(Failure::problem(format!("{} {sentence}", folder.display())));
    }
    if fs::read_dir(folder).map_err(failed)?.next().is_some() {
        let sentence = "is not empty: an export is not mixed with other files";
        return Err(Failure::problem(format!("{} {sentence}", folder.display())));
    }
    Ok(())
}

/// Creates a new file for its owner alone.
fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
