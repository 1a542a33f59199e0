//! `thinkfamily archive`: moves a month of the trail to a file of its own, and queries such files for who saw
//! a family.

use std::{io::Write, path::PathBuf, process::ExitCode, str::FromStr};

use chrono::Datelike;
use clap::{Args, Subcommand};

use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    audit::{Cursor, about_family, archived::archive},
    store::{
        session::{Mode, Session},
        trail::{Month, TrailStore},
    },
};

/// Entries read per page.
const PAGE_SIZE: u32 = 200;

/// Take months of the trail to files of their own, or ask these.
#[derive(Args, Clone, Debug)]
pub(super) struct ArchiveArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Copy a month that is over to a new file, check it there, and take it out of the database.
    Take(Take),
    /// Tell who saw a family, by files that months were taken to; one line of JSON for each entry, the newest
    /// first in each file.
    Ask(Ask),
}

#[derive(Args, Clone, Debug)]
struct Take {
    /// The month, such as 2026-10: all chains that began in it.
    #[arg(value_name = "MONTH")]
    month: MonthArgument,
    /// The file to make; it must not be there yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args, Clone, Debug)]
struct Ask {
    /// The code of the family's authority.
    #[arg(long, value_name = "CODE")]
    authority: String,
    /// The family's reference.
    #[arg(long, value_name = "REFERENCE")]
    family: String,
    /// The files.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// A month on the command line.
#[derive(Clone, Copy, Debug)]
struct MonthArgument(Month);

impl FromStr for MonthArgument {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let month = || {
            let (year, month) = text.split_once('-')?;
            let of_digits = year.len() == 4 && month.len() == 2;
            Month::of(year.parse().ok().filter(|_| of_digits)?, month.parse().ok()?)
        };
        month().map(Self).ok_or("not a month: 2026-10 is one")
    }
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &ArchiveArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Take(options) => take(context, options, out).await?,
        Command::Ask(options) => query(context, options, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn take(context: &Context, options: &Take, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
    let MonthArgument(month) = options.month;
    let now = context.clock.now();
    let over = Month::of(now.year(), now.month()).is_some_and(|this| month < this);
    if !over {
        return Err(Failure::usage(format!(
            "{} is not over: chains may still begin in it",
            month.name()
        )));
    }
    let databases = context.existing_databases().await?;
    let done = async {
        let trail = context.trail(&databases, "archive").await?;
        let keys = [trail.public_key()];
        let taken = archive(&trail, month, &options.file, &keys).await;
        trail.close().await;
        taken.map_err(Failure::problem)
    };
    let done = done.await;
    context::close(databases).await;
    let taken = done?;
    writeln!(
        out,
        "{}: {} entries in {} chains, checked; the database has them no more",
        options.file.display(),
        taken.entries,
        taken.chains
    )?;
    Ok(())
}

async fn query(context: &Context, options: &Ask, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
    let databases = context.read_only_databases().await?;
    let found = async {
        context::refuse_pending_migrations(&databases).await?;
        let store = context.store(&databases);
        let authority = store
            .authority_named(&options.authority)
            .await
            .map_err(Failure::problem)?;
        let authority =
            authority.ok_or_else(|| Failure::problem(format!("there is no authority `{}`", options.authority)))?;
        let session = Session::begin(&store, authority.id, Mode::Read)
            .await
            .map_err(Failure::problem)?;
        let families = session
            .families_with_reference(&options.family)
            .await
            .map_err(Failure::problem)?;
        session.end().await.map_err(Failure::problem)?;
        Ok::<_, Failure>((authority.id, families))
    };
    let found = found.await;
    context::close(databases).await;
    let (authority, families) = found?;
    if families.is_empty() {
        return Err(Failure::problem("there is no family of that reference"));
    }
    for file in &options.files {
        let archive = TrailStore::archive(file).await.map_err(Failure::problem)?;
        for family in &families {
            let mut before = None;
            loop {
                let page = about_family(&archive, authority, *family, before, PAGE_SIZE).await;
                let page = page.map_err(Failure::problem)?;
                let Some((place, entry)) = page.last() else { break };
                before = Some(Cursor::after(*place, entry));
                for (_, entry) in &page {
                    writeln!(out, "{}", entry.to_body().map_err(Failure::problem)?)?;
                }
            }
        }
        archive.close().await.map_err(Failure::problem)?;
    }
    Ok(())
}
