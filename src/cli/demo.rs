//! `thinkfamily demo`: loads made-up families into the configured database, the same ones for the same seed.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Args;

use super::{
    agreement::load::{self as agreements, LoadError, Loaded},
    context::{self, Context},
    failure::Failure,
};
use crate::{
    audit::Trail,
    demo::{self, MOST_FAMILIES, Size},
    store::{
        Store,
        bulk::{self, BulkError, Load, Progress},
        connect::Databases,
    },
};

/// The code of the worked example families' authority, which tells whether they are loaded.
pub(super) const WORKED_AUTHORITY: &str = "cambridgeshire";
/// Rows between progress messages.
const PROGRESS_INTERVAL: u64 = 100_000;

/// Attempts to load an agreement, and the delay between them.
const ATTEMPTS: u32 = 5;
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// Load made-up families, the same ones for the same seed.
#[derive(Args, Clone, Debug)]
pub(super) struct DemoArgs {
    /// How many made-up families, besides the worked ones.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=MOST_FAMILIES))]
    families: u64,
    /// Where the sequence of chance begins.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Add to a database that already has families.
    #[arg(long)]
    add: bool,
}

/// Loads the worked examples, unless they are there, and the made-up families.
pub(super) async fn run(
    context: &Context,
    arguments: &DemoArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let databases = context.migrated_databases().await?;
    let store = context.store(&databases);
    if !arguments.add && store.has_families().await.map_err(Failure::problem)? {
        context::close(databases).await;
        return Err(Failure::problem(
            "the database already has families; give --add to add made-up ones to them",
        ));
    }
    let trail = context.trail(&databases, "demo").await?;
    let result = fill(context, arguments, &databases, &store, &trail).await;
    trail.close().await;
    context::close(databases).await;
    let rows = result?;
    writeln!(
        out,
        "{} made-up families of seed {}: {rows} rows loaded",
        arguments.families, arguments.seed
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn fill(
    context: &Context,
    arguments: &DemoArgs,
    databases: &Databases,
    store: &Store,
    trail: &Trail,
) -> Result<u64, Failure> {
    let mut rows = worked(context, databases, store, trail, "demo").await?;
    if arguments.families == 0 {
        return Ok(rows);
    }
    let families = demo::families(Size::of(arguments.families), arguments.seed, context.clock.today());
    let codes: Vec<String> = families.authority_codes().collect();
    let mut next_line = PROGRESS_INTERVAL;
    rows += bulk::load_each(databases, families, &mut |progress: Progress| {
        if progress.rows >= next_line {
            next_line = progress.rows + PROGRESS_INTERVAL;
            // If standard error is closed, the load goes on.
            let _ = writeln!(io::stderr(), "{} rows loaded", progress.rows);
        }
    })
    .await
    .map_err(refused)?;
    for code in codes {
        load_agreement(store, trail, &demo::agreement_for(&code), "demo").await?;
    }
    Ok(rows)
}

/// Loads the worked examples and their agreements, unless they are there. Returns the number of rows.
pub(super) async fn worked(
    context: &Context,
    databases: &Databases,
    store: &Store,
    trail: &Trail,
    loaded_by: &str,
) -> Result<u64, Failure> {
    // Checked within the load's transaction, so that of several processes starting at once only one loads.
    let mut load = Load::begin(databases).await.map_err(refused)?;
    let rows = if load.has_authority(WORKED_AUTHORITY).await.map_err(refused)? {
        load.abandon().await.map_err(refused)?;
        0
    } else {
        let rows = load
            .add(&demo::worked(context.clock.today()), &mut |_| {})
            .await
            .map_err(refused)?;
        load.commit().await.map_err(refused)?;
        rows
    };
    for document in demo::worked_agreements() {
        load_agreement(store, trail, document, loaded_by).await?;
    }
    Ok(rows)
}

/// Loads an agreement, with retries if another process changed the agreements at the same moment.
async fn load_agreement(store: &Store, trail: &Trail, document: &str, loaded_by: &str) -> Result<(), Failure> {
    for attempt in 1.. {
        match agreements::load(store, trail, document, loaded_by).await {
            Ok(Loaded::Now { code, version, .. }) => tracing::info!(agreement = code, version, "agreement loaded"),
            Ok(Loaded::Before { .. }) => {}
            Err(LoadError::Store(error)) if attempt < ATTEMPTS => {
                tracing::debug!(%error, attempt, "an agreement is loaded again");
                tokio::time::sleep(RETRY_DELAY).await;
                continue;
            }
            Err(error) => return Err(Failure::problem(error)),
        }
        break;
    }
    Ok(())
}

fn refused(error: BulkError) -> Failure {
    match error {
        BulkError::Rows { table: "authority", .. } if error.is_about_rows() => {
            Failure::problem("the made-up authorities are there already; begin with a database that does not have them")
        }
        error => Failure::problem(error),
    }
}
