//! `thinkfamily export`: the files of one authority, as they can be imported again.
//!
//! It discloses all that an authority has. So the trail is told of every family first, and of whoever is in none, and if it cannot be, nothing is written.

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

/// No entry of the trail speaks of more families, or people in none.
const FAMILIES: usize = 500;
/// So many entries are written at once.
const AT_ONCE: usize = 64;

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

/// Writes the files.
pub(super) async fn run(
    context: &Context,
    arguments: &ExportArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let code = context.authority_code(arguments.authority.as_ref())?;
    let folder = &arguments.folder;
    make(folder)?;
    let databases = context.existing_databases().await?;
    let store = context.store(&databases);
    let trail = context.trail(&databases, "export").await?;
    let done = export(context, &databases, &store, &trail, &code, folder).await;
    let done = done.map_err(|failure| with_what_is_left(failure, folder));
    trail.close().await;
    context::close(databases).await;
    let (rows, families) = done?;
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
    let look = Look::begin(databases).await.map_err(Failure::problem)?;
    let families = tell(context, &look, trail, authority.id).await?;
    let exporter = Exporter::new(agencies.iter().map(|agency| (agency.id, agency.code.clone())));
    let mut rows = 0;
    for table in FILES.iter().copied() {
        let failed = |error: io::Error| Failure::problem(format!("{}: {error}", table.file_name()));
        let mut file = BufWriter::new(private(&folder.join(table.file_name())).map_err(failed)?);
        file.write_all(&Exporter::header(table)).map_err(failed)?;
        let mut write = |page: &Dataset| {
            rows += page.len() as u64;
            let lines = exporter.lines(table, page).map_err(Failure::problem)?;
            file.write_all(&lines).map_err(failed)
        };
        if table == Table::Agency {
            // Their identifiers are other ones in another database; their codes are not.
            let agencies = agencies.clone();
            write(&Dataset {
                agencies,
                ..Dataset::default()
            })?;
        } else {
            let mut after = None;
            loop {
                let page = look.page(table, authority.id, after).await;
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
    look.end().await.map_err(Failure::problem)?;
    Ok((rows, families))
}

/// Whatever of a table's rows is wanted, all of them.
async fn all(
    look: &Look,
    table: Table,
    authority: i32,
    wanted: impl Fn(&Dataset) -> Vec<Uuid>,
) -> Result<Vec<Uuid>, Failure> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = look.page(table, authority, after).await.map_err(Failure::problem)?;
        match import::last(table, &page) {
            None => return Ok(found),
            last => after = last,
        }
        found.extend(wanted(&page));
    }
}

/// Tells the trail of every family and of whoever is in none, and gives the number of families.
async fn tell(context: &Context, look: &Look, trail: &Trail, authority: i32) -> Result<usize, Failure> {
    let of_families = |page: &Dataset| page.families.iter().map(|row| row.id).collect();
    let families = all(look, Table::Family, authority, of_families).await?;
    let of_members = |page: &Dataset| page.memberships.iter().map(|row| row.person_id).collect();
    let members: HashSet<Uuid> = all(look, Table::Membership, authority, of_members)
        .await?
        .into_iter()
        .collect();
    let of_nobody = |page: &Dataset| {
        let alone = page
            .people
            .iter()
            .map(|row| row.id)
            .filter(|person| !members.contains(person));
        alone.collect()
    };
    let alone = all(look, Table::Person, authority, of_nobody).await?;
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
    let of_families = families.chunks(FAMILIES).map(|families| entry(families, &[]));
    let mut entries: Vec<Entry> = of_families.collect();
    entries.extend(alone.chunks(FAMILIES).map(|people| entry(&[], people)));
    if entries.is_empty() {
        entries.push(entry(&[], &[]));
    }
    for some in entries.chunks(AT_ONCE) {
        for told in join_all(some.iter().map(|entry| trail.append(entry.clone()))).await {
            told.map_err(|error| Failure::problem(format!("{error}; nothing was exported")))?;
        }
    }
    Ok(families.len())
}

/// Says of an export that was broken off what it has left.
fn with_what_is_left(failure: Failure, folder: &Path) -> Failure {
    match fs::read_dir(folder).map(|mut files| files.next().is_some()) {
        Ok(false) => failure,
        _ => Failure::problem(format!(
            "{}; what was written to {} until then holds personal data: remove it before you try again",
            failure.sentence(),
            folder.display()
        )),
    }
}

/// Makes the folder for its owner alone, or finds it empty.
fn make(folder: &Path) -> Result<(), Failure> {
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

/// Makes a file that is not there, for the owner alone.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
