//! `thinkfamily import`: loads a directory of CSV files, each whole or not at all, and goes on where it stopped.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use uuid::Uuid;

use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    audit::{Entry, Kind, Operation, Subject, Trail},
    import::{self, Checked, ImportError, Importer, Table},
    store::{
        Store,
        bulk::{BulkError, ImportedFile, KeyTable, Load},
        connect::Databases,
        dataset::Dataset,
        rows::{AuthorityRow, MARKER_ADVICE},
        session::{Mode, Session},
    },
};

/// Progress within a file is told every so many rows.
const ROWS_BETWEEN_LINES: u64 = 50_000;

/// Load CSV files, one a table, each whole or not at all.
#[derive(Args, Clone, Debug)]
pub(super) struct ImportArgs {
    /// The directory with the files, such as person.csv and family.csv.
    directory: PathBuf,
    /// The code of the authority whose data they are.
    #[arg(long, default_value = "cambridgeshire")]
    authority: String,
    /// Make the authority, with this name, if it is not there.
    #[arg(long, value_name = "NAME")]
    new_authority: Option<String>,
    /// What whoever meets a family with a marker is asked to do: the authority's own words, kept until they are set anew.
    #[arg(long, value_name = "TEXT")]
    marker_advice: Option<String>,
}

/// What importing needs at hand.
struct Work<'a> {
    context: &'a Context,
    databases: &'a Databases,
    store: &'a Store,
    trail: &'a Trail,
}

/// How many files were loaded, and how many had been before.
#[derive(Default)]
struct Done {
    loaded: usize,
    before: usize,
    rows: u64,
}

/// Loads the files of the directory.
pub(super) async fn run(
    context: &Context,
    arguments: ImportArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    // A directory without files of ours is told before any database is touched.
    let files = import::files(&arguments.directory).map_err(Failure::problem)?;
    let databases = context.ready_databases().await?;
    let store = context.store(&databases);
    let trail = context.trail(&databases, "import").await?;
    let work = Work {
        context,
        databases: &databases,
        store: &store,
        trail: &trail,
    };
    let done = work.all(&arguments, &files).await;
    trail.close().await;
    context::close(databases).await;
    let done = done?;
    writeln!(
        out,
        "{} files with {} rows loaded, {} loaded before",
        done.loaded, done.rows, done.before
    )?;
    Ok(ExitCode::SUCCESS)
}

impl Work<'_> {
    async fn all(&self, arguments: &ImportArgs, files: &[(Table, PathBuf)]) -> Result<Done, Failure> {
        let authority = self.authority(arguments).await?;
        let session = Session::begin(self.store, authority.id, Mode::Read)
            .await
            .map_err(Failure::problem)?;
        let agencies = session.agencies().await.map_err(Failure::problem)?.clone();
        session.end().await.map_err(Failure::problem)?;
        let agencies = agencies
            .all()
            .into_iter()
            .map(|agency| (agency.code.clone(), agency.id));
        let mut importer = Importer::new(authority.id, &authority.code, agencies, self.context.clock.today());
        let mut done = Done::default();
        for (table, path) in files {
            tell(format_args!("{}: checking", table.file_name()));
            let checked = importer.check(*table, open(*table, path)?).map_err(refused)?;
            let name = table.file_name();
            if let Some(rows) = self.file(&importer, authority.id, &checked, path).await? {
                tell(format_args!("{name}: {rows} rows loaded"));
                done.loaded += 1;
                done.rows += rows;
            } else {
                tell(format_args!("{name}: loaded before, passed over"));
                done.before += 1;
            }
            importer.loaded(checked);
        }
        Ok(done)
    }

    /// The authority whose data they are, made if that was asked for.
    async fn authority(&self, arguments: &ImportArgs) -> Result<AuthorityRow, Failure> {
        let code = &arguments.authority;
        let advice = arguments.marker_advice.as_deref().map(str::trim);
        if advice.is_some_and(|text| text.is_empty() || text.len() > 1000 || text.chars().any(char::is_control)) {
            return Err(Failure::usage(
                "what to do about a marker is one line of 1 to 1000 characters",
            ));
        }
        if let Some(mut found) = self.store.authority_named(code).await.map_err(Failure::problem)? {
            if let Some(advice) = advice {
                let load = Load::begin(self.databases).await.map_err(Failure::problem)?;
                load.advise(found.id, advice).await.map_err(Failure::problem)?;
                load.commit().await.map_err(Failure::problem)?;
                advice.clone_into(&mut found.marker_advice);
            }
            return Ok(found);
        }
        let Some(name) = &arguments.new_authority else {
            return Err(Failure::problem(
                "the database has no authority of that code; --new-authority NAME makes it",
            ));
        };
        let is_code = |text: &str| {
            (1..=200).contains(&text.len())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        if !is_code(code) || name.trim().is_empty() || name.chars().any(char::is_control) || name.len() > 400 {
            return Err(Failure::usage(
                "an authority's code is of letters, digits, -, _ and . only, and its name is not empty",
            ));
        }
        let mut load = Load::begin(self.databases).await.map_err(Failure::problem)?;
        let row = AuthorityRow {
            id: load.free_authority_number().await.map_err(Failure::problem)?,
            code: code.clone(),
            name: name.clone(),
            own_consent_age: 13,
            emergency_hours: 8,
            suppression_threshold: 5,
            marker_advice: advice.unwrap_or(MARKER_ADVICE).to_owned(),
        };
        let data = Dataset {
            authorities: vec![row.clone()],
            ..Dataset::default()
        };
        load.add(&data, &mut |_| {}).await.map_err(Failure::problem)?;
        load.commit().await.map_err(Failure::problem)?;
        Ok(row)
    }

    /// Loads one file whole, and gives the number of its rows; nothing if it was loaded before.
    async fn file(
        &self,
        importer: &Importer,
        authority: i32,
        checked: &Checked,
        path: &Path,
    ) -> Result<Option<u64>, Failure> {
        let name = checked.table.file_name();
        let failed = |error: BulkError| Failure::problem(format!("{name}: {error}; nothing of the file was loaded"));
        let mut load = Load::begin(self.databases).await.map_err(failed)?;
        if load.has_file(authority, name, &checked.hash).await.map_err(failed)? {
            load.abandon().await.map_err(failed)?;
            return Ok(None);
        }
        let there = there(&load, authority, checked).await.map_err(failed)?;
        checked
            .missing(|reference| match there.get(&(reference.table, reference.id)) {
                None => false,
                Some(of) => of.is_none() || reference.family.is_none() || *of == reference.family,
            })
            .map_err(|problems| refused(problems.into()))?;
        let mut next_line = ROWS_BETWEEN_LINES;
        for batch in importer.batches(checked, open(checked.table, path)?) {
            let batch = batch.map_err(refused)?;
            load.add(&batch, &mut |progress| {
                if progress.rows >= next_line {
                    next_line = progress.rows + ROWS_BETWEEN_LINES;
                    tell(format_args!("{name}: {} of {} rows", progress.rows, checked.rows));
                }
            })
            .await
            .map_err(failed)?;
        }
        let now = self.context.clock.now();
        let file = ImportedFile {
            authority,
            name: name.to_owned(),
            content_hash: checked.hash.clone(),
            rows: i64::try_from(checked.rows).unwrap_or(i64::MAX),
        };
        load.note_file(&file, now).await.map_err(failed)?;
        // The entry first: rows that the trail does not know of must not be there.
        let mut entry = Entry::new(Kind::Write, now);
        entry.awaits = true;
        entry.authority = Some(authority);
        entry.subject = Subject::new("command-line").ok();
        entry.operation = Some(Operation::of(
            Some(&format!("import_{}", checked.table.name())),
            &checked.hash,
        ));
        let announced = self
            .trail
            .append(entry.clone())
            .await
            .map_err(Failure::problem)?
            .place();
        let kept = match load.confirm((authority, announced.chain, announced.seq)).await {
            Ok(()) => load.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            entry.kind = Kind::WriteFailed;
            entry.awaits = false;
            entry.about = Some(announced);
            if let Err(error) = self.trail.append(entry).await {
                tracing::error!(%error, seq = announced.seq, "an entry announces what was not made");
            }
            return Err(failed(error));
        }
        self.trail.made(authority, [announced]);
        Ok(Some(checked.rows))
    }
}

/// What the database has of the rows that a file names.
async fn there(
    load: &Load,
    authority: i32,
    checked: &Checked,
) -> Result<HashMap<(Table, Uuid), Option<Uuid>>, BulkError> {
    let mut wanted: BTreeMap<Table, Vec<Uuid>> = BTreeMap::new();
    for reference in &checked.unresolved {
        wanted.entry(reference.table).or_default().push(reference.id);
    }
    let mut there = HashMap::new();
    for (table, keys) in wanted {
        let named = KeyTable {
            name: table.name(),
            of_family: !matches!(table, Table::Agency | Table::Person | Table::Family),
        };
        let found = load.keys_there(named, authority, &keys).await?;
        there.extend(found.into_iter().map(|(key, family)| ((table, key), family)));
    }
    Ok(there)
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
                "{file} was refused: nothing of it was loaded, nor of the files after it"
            ))
        }
        error => Failure::problem(error),
    }
}

/// A line on standard error. Where nobody reads it, the import goes on.
fn tell(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}
