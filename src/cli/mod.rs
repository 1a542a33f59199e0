//! The command line: the subcommands, and their exit codes.
//!
//! It wires the other rooms together; rules are theirs. Exit codes: 0 success, 1 problems were found or it
//! failed, 2 the command line or a setting is wrong.

mod agreement;
mod archive;
pub mod audit;
mod backup;
mod codes;
mod context;
mod demo;
mod documents;
mod export;
mod failure;
mod health;
mod import;
mod log;
mod matching;
mod migrate;
mod move_authority;
mod restore;
mod schema;
mod secret;
mod serve;
pub mod token;

use std::{
    ffi::OsString,
    io::{self, Write},
    panic::AssertUnwindSafe,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

pub use self::serve::service_metrics;
use self::{context::Context, failure::Failure};
use crate::{
    clock::{Clock, Ids},
    config::{Config, ConfigArgs},
    store::trail::TrailStore,
    telemetry::Traces,
};

/// One GraphQL API that gives each partner exactly what the sharing agreement and the family's consent
/// permit.
#[derive(Parser, Debug)]
#[command(
    name = "thinkfamily",
    version,
    subcommand_help_heading = "Commands (serve when none is given)",
    after_help = "Exit codes: 0 all is well; 1 problems were found, or it could not be done; 2 the command line or a setting \
                  is wrong."
)]
struct App {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Migrate, then serve.
    Serve,
    /// Print a token of the development issuer.
    Token(token::TokenArgs),
    /// Check or load an agreement, or print who sees what.
    Agreement(agreement::AgreementArgs),
    /// Load CSV files, one a table, each whole or not at all; rows that are there are changed.
    Import(import::ImportArgs),
    /// Write the CSV files of one authority, as import reads them.
    Export(export::ExportArgs),
    /// Print the words that files and the API know, with what each means.
    Codes(codes::CodesArgs),
    /// Load made-up families, the same ones for the same seed.
    Demo(demo::DemoArgs),
    /// Print the schema, whole or as one partner sees it.
    Schema(schema::SchemaArgs),
    /// Register the documents of a client, or say that it may send no others.
    Documents(documents::DocumentsArgs),
    /// Check the trail, or take it elsewhere.
    Audit(audit::AuditArgs),
    /// Take months of the trail to files of their own, or ask these.
    Archive(archive::ArchiveArgs),
    /// Copy both SQLite databases to a new folder, checked, while servers go on.
    Backup(backup::BackupArgs),
    /// Compare the databases after a restore or a failover, and do again what the trail knows.
    Restore(restore::RestoreArgs),
    /// Migrate the databases, or say how far they are.
    Migrate(migrate::MigrateArgs),
    /// Have an authority be served by another database.
    MoveAuthority(move_authority::MoveArgs),
    /// Ask the server on this machine whether it is well.
    Health(health::HealthArgs),
    /// Estimate how descriptions of one person differ, or try a model on data.
    Matching(matching::MatchingArgs),
}

/// Runs the command of the process's command line.
pub fn main() -> ExitCode {
    log::install_panic_hook();
    // A panic is a bug: its location is logged; its message may hold anything and is never shown.
    std::panic::catch_unwind(AssertUnwindSafe(|| run(std::env::args_os()))).unwrap_or_else(|_| {
        print_error("the program failed by a mistake of its own; the log says where");
        ExitCode::FAILURE
    })
}

fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let app = match App::try_parse_from(arguments) {
        Ok(app) => app,
        Err(error) => {
            // The parser returns help and version as errors; they go to standard output with exit code 0.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let result = Config::load(&app.config).map_err(Failure::from).and_then(|config| {
        let serving = matches!(app.command, None | Some(Command::Serve));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::problem(format!("the program cannot start its threads: {error}")))?;
        let traces = if serving { init_tracing(&runtime)? } else { None };
        log::init(config.log, serving, traces.as_ref());
        let result = runtime.block_on(dispatch(app.command.unwrap_or(Command::Serve), config));
        if let Some(traces) = traces {
            traces.close();
        }
        // Remaining tasks need not be awaited: all that matters was.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(code) => code,
        Err(failure) => {
            if !failure.sentence().is_empty() {
                print_error(failure.sentence());
            }
            failure.exit_code()
        }
    }
}

/// Sets up tracing, if the environment configures it.
fn init_tracing(runtime: &tokio::runtime::Runtime) -> Result<Option<Traces>, Failure> {
    let _guard = runtime.enter();
    let environment = |name: &str| std::env::var(name).ok();
    Traces::from_environment(&environment).map_err(Failure::usage)
}

async fn dispatch(command: Command, config: Config) -> Result<ExitCode, Failure> {
    let mut out = io::stdout();
    let out = &mut out as &mut (dyn Write + Send);
    let context = Context {
        config,
        clock: Clock::system(),
        ids: Ids::random(),
    };
    match command {
        Command::Serve => serve::run(&context, out).await,
        Command::Token(arguments) => {
            token::run(&context.config, &arguments, &context.clock, &context.ids, out).map_err(Failure::problem)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Agreement(arguments) => agreement::run(&context, arguments, out).await,
        Command::Import(arguments) => import::run(&context, arguments, out).await,
        Command::Export(arguments) => export::run(&context, &arguments, out).await,
        Command::Codes(arguments) => codes::run(&arguments, out),
        Command::Demo(arguments) => demo::run(&context, &arguments, out).await,
        Command::Schema(arguments) => schema::run(&context, &arguments, out).await,
        Command::Documents(arguments) => documents::run(&context, arguments, out).await,
        Command::Audit(arguments) => audit(&context, &arguments, out).await,
        Command::Archive(arguments) => archive::run(&context, &arguments, out).await,
        Command::Backup(arguments) => backup::run(&context, &arguments, out).await,
        Command::Restore(arguments) => restore::run(&context, &arguments, out).await,
        Command::Migrate(arguments) => migrate::run(&context, &arguments, out).await,
        Command::MoveAuthority(arguments) => move_authority::run(&context, &arguments, out).await,
        Command::Health(arguments) => health::run(context.config.listen, &arguments, out).await,
        Command::Matching(arguments) => matching::run(&context, &arguments, out),
    }
}

async fn audit(
    context: &Context,
    arguments: &audit::AuditArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let key = context.trail_key_path();
    if !arguments.needs_database() {
        return audit::run(arguments, None, &key, out).await.map_err(Failure::problem);
    }
    let databases = context.read_only_databases().await?;
    context::refuse_pending_migrations(&databases).await?;
    let store = TrailStore::of(&databases);
    let result = audit::run(arguments, Some(&store), &key, out).await;
    context::close(databases).await;
    result.map_err(Failure::problem)
}

/// Prints an error on standard error.
fn print_error(sentence: &str) {
    // If standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "thinkfamily: {sentence}");
}

#[cfg(test)]
mod tests;
