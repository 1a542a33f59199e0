//! `thinkfamily migrate`: migrates the databases, for operators who do not want migration at start.

use std::{io::Write, process::ExitCode};

use clap::{Args, Subcommand};

use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::store::{connect::Databases, keys, migrate::StepStatus};

/// Migrate the databases, or say how far they are.
#[derive(Args, Clone, Debug)]
pub(super) struct MigrateArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Apply every step that was not applied, each database whole or not at all.
    Up,
    /// Say which steps were applied; exit code 1 when some were not.
    Status,
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &MigrateArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let databases = match arguments.command {
        Command::Up => context.databases().await?,
        Command::Status => context.read_only_databases().await?,
    };
    let result = match arguments.command {
        Command::Up => up(&databases, out).await,
        Command::Status => status(&databases, out).await,
    };
    context::close(databases).await;
    result
}

async fn up(databases: &Databases, out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> {
    let pending = pending(&steps(databases).await?);
    databases.migrate_up().await.map_err(Failure::problem)?;
    keys::backfill(databases).await.map_err(Failure::problem)?;
    if pending == 0 {
        writeln!(out, "{}: nothing to apply", databases.url())?;
    } else {
        writeln!(out, "{}: {pending} steps applied", databases.url())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn status(databases: &Databases, out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> {
    let steps = steps(databases).await?;
    for step in &steps {
        let state = if step.applied { "applied" } else { "pending" };
        let database = if step.trail { "trail" } else { "main" };
        writeln!(out, "{state}  {database:<5}  {}", step.name)?;
    }
    Ok(if pending(&steps) == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn steps(databases: &Databases) -> Result<Vec<StepStatus>, Failure> {
    databases.migration_status().await.map_err(Failure::problem)
}

fn pending(steps: &[StepStatus]) -> usize {
    steps.iter().filter(|step| !step.applied).count()
}
