//! `thinkfamily import`: loads a directory of CSV files, each whole or not at all, and goes on where it stopped. Rows that are there are changed.

mod authority;
mod file;
mod templates;
mod trail;

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use self::file::Done;
use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    audit::Trail,
    import::{self, ImportError, Importer},
    records::Table,
    store::{
        Store,
        bulk::Look,
        connect::Databases,
        session::{Mode, Session},
    },
};

/// Load CSV files, one a table, each whole or not at all.
#[derive(Args, Clone, Debug)]
pub(super) struct ImportArgs {
    /// The directory with the files, such as person.csv and family.csv.
    #[arg(value_name = "DIR", required_unless_present = "templates")]
    directory: Option<PathBuf>,
    /// The code of the authority whose data they are [default: cambridgeshire in development, none otherwise].
    #[arg(long, value_name = "CODE")]
    authority: Option<String>,
    /// Make the authority, with this name, if it is not there.
    #[arg(long, value_name = "NAME")]
    new_authority: Option<String>,
    /// What whoever meets a family with a marker is asked to do: the authority's own words, kept until they are set anew.
    #[arg(long, value_name = "TEXT")]
    marker_advice: Option<String>,
    /// Say what would be new, changed and refused, and write nothing.
    #[arg(long, conflicts_with = "marker_advice")]
    check: bool,
    /// Write an empty file of each table with the names of its columns, and load nothing.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["directory", "authority", "new_authority", "marker_advice", "check"])]
    templates: Option<PathBuf>,
}

/// What importing needs at hand.
struct Work<'a> {
    context: &'a Context,
    databases: &'a Databases,
    store: &'a Store,
    /// Where changes are announced; none where nothing is to be written.
    trail: Option<&'a Trail>,
}

/// Loads the files of the directory.
pub(super) async fn run(
    context: &Context,
    arguments: ImportArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.templates {
        return templates::write(folder, out);
    }
    let code = context.authority_code(arguments.authority.as_ref())?;
    // A directory without files of ours is told before any database is touched.
    let directory = arguments.directory.clone().unwrap_or_default();
    let files = import::files(&directory).map_err(Failure::problem)?;
    let databases = if arguments.check {
        context.existing_databases().await?
    } else {
        context.ready_databases().await?
    };
    let store = context.store(&databases);
    let trail = if arguments.check {
        None
    } else {
        Some(context.trail(&databases, "import").await?)
    };
    let work = Work {
        context,
        databases: &databases,
        store: &store,
        trail: trail.as_ref(),
    };
    let done = work.all(&arguments, &code, &files).await;
    if let Some(trail) = trail {
        trail.close().await;
    }
    context::close(databases).await;
    let done = done?;
    let would = if arguments.check { " would be" } else { "" };
    writeln!(
        out,
        "{} files: {} rows{would} new, {}{would} changed, {} the same; {} files as they were loaded before",
        done.files, done.counts.new, done.counts.changed, done.counts.same, done.before
    )?;
    Ok(ExitCode::SUCCESS)
}

impl Work<'_> {
    async fn all(&self, arguments: &ImportArgs, code: &str, files: &[(Table, PathBuf)]) -> Result<Done, Failure> {
        let authority = self.authority(arguments, code).await?;
        let agencies = match authority {
            Some(authority) => self.agencies(authority).await?,
            None => Vec::new(),
        };
        let number = authority.unwrap_or(authority::NONE);
        let mut importer = Importer::new(number, code, agencies, self.context.clock.today());
        let look = match self.trail {
            None => Some(Look::begin(self.databases).await.map_err(Failure::problem)?),
            Some(_) => None,
        };
        let mut done = Done::default();
        for (table, path) in files {
            tell(format_args!("{}: checking", table.file_name()));
            let checked = importer.check(*table, open(*table, path)?).map_err(refused)?;
            let name = table.file_name();
            let counts = match (&look, self.trail) {
                (None, Some(trail)) => self.load(trail, &importer, number, &checked, path).await?,
                (Some(look), _) => self.look(look, &importer, number, &checked, path).await?,
                (None, None) => None,
            };
            match counts {
                Some(counts) => {
                    let (new, changed, same) = (counts.new, counts.changed, counts.same);
                    tell(format_args!("{name}: {new} new, {changed} changed, {same} the same"));
                }
                None => tell(format_args!("{name}: as it was loaded before, passed over")),
            }
            done.add(counts);
            importer.loaded(checked);
        }
        if let Some(look) = look {
            look.end().await.map_err(Failure::problem)?;
        }
        Ok(done)
    }

    async fn agencies(&self, authority: i32) -> Result<Vec<(String, uuid::Uuid)>, Failure> {
        let session = Session::begin(self.store, authority, Mode::Read).await;
        let session = session.map_err(Failure::problem)?;
        let agencies = session.agencies().await.map_err(Failure::problem)?.clone();
        session.end().await.map_err(Failure::problem)?;
        let all = agencies.all().into_iter();
        Ok(all.map(|agency| (agency.code.clone(), agency.id)).collect())
    }
}

fn open(table: Table, path: &Path) -> Result<BufReader<File>, Failure> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|error| Failure::problem(format!("{}: cannot be read: {error}", table.file_name())))
}

/// Tells every bad line, and that nothing of the file was loaded.
fn refused(error: ImportError) -> Failure {
    match error {
        ImportError::Refused(problems) => {
            tell(format_args!("{problems}"));
            let file = problems.problems.first().map_or("the file", |problem| problem.file);
            Failure::problem(format!(
                "{file} was refused, for {}: nothing of it was loaded, nor of the files after it",
                problems.count()
            ))
        }
        error => Failure::problem(error),
    }
}

/// A line on standard error. Where nobody reads it, the import goes on.
fn tell(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}
