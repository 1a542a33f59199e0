//! `thinkfamily import`: loads a directory of CSV files, each whole or not at all, and goes on where it stopped. Rows that are there are changed.

mod authority;
mod file;
mod templates;
mod trail;
mod work;

use std::{io::Write, path::PathBuf, process::ExitCode};

pub(super) use self::work::ImportArgs;
use self::{
    file::Done,
    work::{Work, open, refused, tell},
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
