//! `thinkfamily agreement`: checks or loads an agreement file, and prints who sees what.

mod file;
pub(super) mod load;

use std::{collections::BTreeMap, io::Write, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use self::load::{LoadError, Loaded};
use super::{
    context::{self, Context, read_text},
    failure::Failure,
};
use crate::{
    graphql::matrix,
    sharing::{
        agreement::Policy,
        agreement_file::{LARGEST_FILE, Problem, Refused},
    },
    store::{
        Store,
        session::{Mode, Session},
    },
};

/// Check or load an agreement, or print who sees what.
#[derive(Args, Clone, Debug)]
pub(super) struct AgreementArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Read a file and print every problem with its line, and what in it can never hold; needs no database,
    /// so agencies are only checked by `load`.
    Check {
        /// The agreement file (TOML).
        file: PathBuf,
    },
    /// Check a file against the database, and load it as a version that takes effect on its date.
    Load {
        /// The agreement file (TOML).
        file: PathBuf,
    },
    /// Print who sees what under the agreements in force today, by category of data and group of callers.
    Matrix {
        /// Field by field instead, for each agency kind, role and purpose.
        #[arg(long)]
        full: bool,
        /// Agreement files to print it for, instead of those in the database.
        files: Vec<PathBuf>,
        /// Only this authority's; every authority's otherwise.
        #[arg(long, conflicts_with = "files")]
        authority: Option<String>,
    },
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: AgreementArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    match arguments.command {
        Command::Check { file } => {
            let checked =
                file::read(&read_text(&file, LARGEST_FILE)?).map_err(|refused| report_problems(&file, &refused))?;
            let agreement = &checked.agreement;
            writeln!(
                out,
                "{}: {} version {} of {} is good: {} clauses, {} signatories, in force from {}",
                file.display(),
                agreement.code,
                agreement.version,
                checked.authority,
                agreement.clauses.len(),
                agreement.signatories.len(),
                agreement.effective_from
            )?;
            print_warnings(out, &file, &checked.warnings(&BTreeMap::new()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Load { file } => load_file(context, &file, out).await,
        Command::Matrix { files, authority, full } if files.is_empty() => {
            let databases = context.existing_databases().await?;
            let policies = policies(&context.store(&databases), authority.as_deref()).await;
            context::close(databases).await;
            for (name, policy) in policies? {
                writeln!(out, "{name}\n")?;
                out.write_all(table(&policy, context, full).as_bytes())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Matrix { files, full, .. } => {
            let mut policy = Policy::default();
            for path in &files {
                let read =
                    file::read(&read_text(path, LARGEST_FILE)?).map_err(|refused| report_problems(path, &refused))?;
                policy.agreements.push(read.agreement);
            }
            out.write_all(table(&policy, context, full).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The table of who sees what today.
fn table(policy: &Policy, context: &Context, full: bool) -> String {
    let today = context.clock.today();
    if full {
        matrix::text(policy, today)
    } else {
        matrix::summary::text(policy, today)
    }
}

async fn load_file(
    context: &Context,
    file: &std::path::Path,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let text = read_text(file, LARGEST_FILE)?;
    let databases = context.migrated_databases().await?;
    let trail = context.trail(&databases, "agreement-load").await?;
    let loaded = load::load(&context.store(&databases), &trail, &text, "command-line").await;
    trail.close().await;
    context::close(databases).await;
    match loaded {
        Ok(Loaded::Now {
            code,
            version,
            warnings,
        }) => {
            writeln!(out, "{code} version {version} is loaded")?;
            print_warnings(out, file, &warnings)?;
        }
        Ok(Loaded::Before { code, version }) => {
            writeln!(
                out,
                "{code} version {version} was loaded before, with this very text; nothing to do"
            )?;
        }
        Err(LoadError::Refused(refused)) => return Err(report_problems(file, &refused)),
        Err(error) => return Err(Failure::problem(error)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints warnings about clauses that can never apply.
fn print_warnings(out: &mut (dyn Write + Send), file: &std::path::Path, warnings: &[Problem]) -> Result<(), Failure> {
    for warning in warnings {
        writeln!(
            out,
            "{}:{}: warning: {}",
            file.display(),
            warning.line,
            warning.sentence
        )?;
    }
    Ok(())
}

/// Prints every problem on standard error, as `file:line: sentence`.
fn report_problems(file: &std::path::Path, refused: &Refused) -> Failure {
    let mut lines: Vec<String> = refused
        .problems
        .iter()
        .map(|problem| format!("{}:{}: {}", file.display(), problem.line, problem.sentence))
        .collect();
    if refused.more > 0 {
        lines.push(format!("and {} more", refused.more));
    }
    // If standard error is closed, the exit code still tells.
    let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
    let count = refused.problems.len() + refused.more;
    let noun = if count == 1 { "problem" } else { "problems" };
    Failure::problem(format!("{}: {count} {noun}, nothing was loaded", file.display()))
}

async fn policies(store: &Store, only: Option<&str>) -> Result<Vec<(String, Policy)>, Failure> {
    let authorities = store.authorities().await.map_err(Failure::problem)?;
    let mut policies = Vec::new();
    for authority in authorities
        .into_iter()
        .filter(|authority| only.is_none_or(|only| authority.code == only))
    {
        let session = Session::begin(store, authority.id, Mode::Read)
            .await
            .map_err(Failure::problem)?;
        let policies_of_authority = session.policies(store).await.map_err(Failure::problem)?;
        session.end().await.map_err(Failure::problem)?;
        // Authorities that only supply statistics have no agreement.
        if only.is_some() || !policies_of_authority.policy.agreements.is_empty() {
            policies.push((authority.name, policies_of_authority.policy.clone()));
        }
    }
    if policies.is_empty() {
        return Err(Failure::problem(match only {
            Some(_) => "the database has no authority of that code",
            None => "the database has no agreement",
        }));
    }
    Ok(policies)
}
