//! `thinkfamily import`: loads a directory of CSV files, each as a whole or not at all, and resumes where it
//! stopped. Existing rows are updated.

mod authority;
mod file;
mod job;
mod templates;
mod trail;

use std::{io::Write, path::PathBuf, process::ExitCode};

pub(super) use self::job::ImportArgs;
use self::{
    file::Totals,
    job::{ImportJob, import_failure, open, report},
};
use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    import::{self, Importer},
    records::Table,
    store::{
        bulk::Look,
        session::{Mode, Session},
    },
};

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: ImportArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.templates {
        return templates::write(folder, out);
    }
    let code = context.authority_code(arguments.authority.as_ref())?;
    // Report a directory without known files before any database is touched.
    let directory = arguments.directory.clone().unwrap_or_default();
    let files = import::files(&directory).map_err(Failure::problem)?;
    let databases = if arguments.check {
        context.existing_databases().await?
    } else {
        context.migrated_databases().await?
    };
    let store = context.store(&databases);
    let trail = if arguments.check {
        None
    } else {
        Some(context.trail(&databases, "import").await?)
    };
    let job = ImportJob {
        context,
        databases: &databases,
        store: &store,
        trail: trail.as_ref(),
    };
    let totals = job.import_files(&arguments, &code, &files).await;
    if let Some(trail) = trail {
        trail.close().await;
    }
    context::close(databases).await;
    let totals = totals?;
    let would = if arguments.check { " would be" } else { "" };
    writeln!(
        out,
        "{} files: {} rows{would} new, {}{would} changed, {} the same; {} files as they were loaded before",
        totals.files, totals.counts.new, totals.counts.changed, totals.counts.same, totals.unchanged_files
    )?;
    Ok(ExitCode::SUCCESS)
}

impl ImportJob<'_> {
    async fn import_files(
        &self,
        arguments: &ImportArgs,
        code: &str,
        files: &[(Table, PathBuf)],
    ) -> Result<Totals, Failure> {
        let sources = import::carried(files, self.context.clock.today()).map_err(import_failure)?;
        let authority = self.authority(arguments, code).await?;
        let agencies = match authority {
            Some(authority) => self.agencies(authority).await?,
            None => Vec::new(),
        };
        let number = authority.unwrap_or(authority::UNASSIGNED);
        let mut importer = Importer::new(number, code, agencies, self.context.clock.today());
        let snapshot = match self.trail {
            None => Some(Look::begin(self.databases).await.map_err(Failure::problem)?),
            Some(_) => None,
        };
        let mut totals = Totals::default();
        for source in &sources {
            let name = source.table.file_name();
            report(format_args!("{name}: checking"));
            let checked = importer.check(source.table, open(source)?).map_err(import_failure)?;
            let counts = match (&snapshot, self.trail) {
                (None, Some(trail)) => self.load(trail, &importer, number, &checked, source).await?,
                (Some(snapshot), _) => self.dry_run(snapshot, &importer, number, &checked, source).await?,
                (None, None) => None,
            };
            match counts {
                Some(counts) => {
                    let (new, changed, same) = (counts.new, counts.changed, counts.same);
                    report(format_args!("{name}: {new} new, {changed} changed, {same} the same"));
                }
                None => report(format_args!("{name}: as it was loaded before, passed over")),
            }
            totals.add(counts);
            importer.loaded(checked);
        }
        if let Some(snapshot) = snapshot {
            snapshot.end().await.map_err(Failure::problem)?;
        }
        Ok(totals)
    }

    async fn agencies(&self, authority: i32) -> Result<Vec<(String, uuid::Uuid)>, Failure> {
        let session = Session::begin(self.store, authority, Mode::Read).await;
        let session = session.map_err(Failure::problem)?;
        let agencies = session.agencies().await.map_err(Failure::problem)?.clone();
        session.end().await.map_err(Failure::problem)?;
        let agencies = agencies.all().into_iter();
        Ok(agencies.map(|agency| (agency.code.clone(), agency.id)).collect())
    }
}
