//! `thinkfamily restore`: after a restore or failover, compares the databases and re-applies what the trail
//! knows.

mod bars;
mod behind;
mod compare;
mod manual_changes;
mod reapply;

use std::{io::Write, process::ExitCode};

use clap::Args;

pub(super) use self::behind::{changes_missing, refuse_behind};
use self::{
    compare::{Lag, Missing},
    manual_changes::ManualChanges,
    reapply::Plan,
};
use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    audit::{
        Entry, EntryRef, HeadKey, Kind, Trail,
        marks::{self, MarksError},
        restored::Restored,
        verify::verify,
    },
    store::{
        Store,
        announced::Place,
        connect::Databases,
        session::{Mode, Session, StoreError},
        trail::TrailStore,
    },
};

/// Most verification findings printed.
const MAX_FINDINGS: usize = 10;
/// Most changes marked as resolved in one transaction.
const MAX_PLACES_PER_TRANSACTION: usize = 1_000;

/// Compare the databases after a restore or a failover, and do again what the trail knows.
#[derive(Args, Clone, Debug)]
pub(super) struct RestoreArgs {
    /// Only say what is behind and what would be done; exit code 1 when anything is.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &RestoreArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let databases = if arguments.check {
        let databases = context.read_only_databases().await?;
        context::refuse_pending_migrations(&databases).await?;
        databases
    } else {
        context.exclusive_databases().await?
    };
    let result = restore(context, arguments, &databases, out).await;
    context::close(databases).await;
    result
}

async fn restore(
    context: &Context,
    arguments: &RestoreArgs,
    databases: &Databases,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let store = context.store(databases);
    let trail = TrailStore::of(databases);
    refuse_corrupt_trail(context, &trail, out).await?;
    let marks = match marks::read(&context.config.data_dir) {
        Err(error @ MarksError::Unreadable(_)) => {
            writeln!(out, "{error}: the databases are compared without it")?;
            if !arguments.check {
                marks::take_away(&context.config.data_dir).map_err(Failure::problem)?;
            }
            Vec::new()
        }
        read => read.map_err(Failure::problem)?,
    };
    let lag = compare::compare(&store, &trail, &marks)
        .await
        .map_err(Failure::problem)?;
    if lag.is_none() {
        writeln!(out, "nothing to do: neither database is behind")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{}", lag.sentence())?;
    for lost in &lag.lost {
        writeln!(out, "lost: chain {}, entries {} to {}", lost.chain, lost.from, lost.to)?;
    }
    let plan = Plan::of(&lag.missing, &lag.open);
    if arguments.check {
        writeln!(
            out,
            "{} decisions about consent would be done again, {} of them withdrawals, and {} changes of bars; {} other changes are for a person",
            plan.decisions(),
            plan.withdrawals(),
            plan.bars(),
            plan.others.len()
        )?;
        manual_changes::print(&ManualChanges::of(&store, &plan.others, &plan.uncertain).await?, out)?;
        return Ok(ExitCode::FAILURE);
    }
    execute(context, &store, &lag, &plan, out).await?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses a trail that fails verification: it cannot be relied on.
async fn refuse_corrupt_trail(
    context: &Context,
    trail: &TrailStore,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    let key = HeadKey::load(&context.trail_key_path()).map_err(Failure::problem)?;
    let report = verify(trail, &[key.public()], &[]).await.map_err(Failure::problem)?;
    if report.is_sound() {
        return Ok(());
    }
    for finding in report.findings.iter().take(MAX_FINDINGS) {
        writeln!(out, "{finding}")?;
    }
    Err(Failure::problem(
        "the trail is not as it was written, so nothing is done by it; `thinkfamily audit verify` says what was found",
    ))
}

async fn execute(
    context: &Context,
    store: &Store,
    lag: &Lag,
    plan: &Plan,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    // The entry comes first, as with every change: it says what is lost and what will be re-applied.
    let trail = context.trail_for_restore(store.databases()).await?;
    let told = lag.missing.len() as u64 - plan.of_missing();
    let mut entry = Entry::new(Kind::Restored, context.clock.now());
    entry.restored = Some(Restored {
        lost: lag.lost.clone(),
        since: lag.since(),
        again: plan.count(),
        told,
    });
    let result = match trail.append(entry).await {
        Ok(_) => reapply(context, store, &trail, plan, out).await,
        Err(error) => Err(Failure::problem(error)),
    };
    trail.close().await;
    result
}

async fn reapply(
    context: &Context,
    store: &Store,
    trail: &Trail,
    plan: &Plan,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    let result = plan.execute(store).await.map_err(|error| interrupted(&error))?;
    writeln!(out, "{} decisions about consent were done again", result.decisions)?;
    if result.bars > 0 {
        writeln!(out, "{} changes of bars were done again", result.bars)?;
    }
    for (authority, chain, seq) in plan.places() {
        trail.made(authority, [EntryRef { chain, seq }]);
    }
    let mut others = plan.others.clone();
    others.extend(result.not_possible);
    let manual = ManualChanges::of(store, &others, &plan.uncertain).await?;
    if !manual.is_empty() {
        let file = manual_changes::write(&context.config.data_dir, context.clock.now(), &manual)?;
        manual_changes::print(&manual, out)?;
        writeln!(out, "the list is in {}", file.display())?;
    }
    // These changes were made and have been listed for a person: at the next start they count neither as lost
    // nor as never made.
    mark_resolved(store, &others)
        .await
        .map_err(|error| interrupted(&error))?;
    writeln!(out, "`thinkfamily serve` starts again")?;
    Ok(())
}

fn interrupted(error: &StoreError) -> Failure {
    Failure::problem(format!(
        "{error}: not everything was done again; run it again, it goes on where it was left"
    ))
}

async fn mark_resolved(store: &Store, others: &[Missing]) -> Result<(), StoreError> {
    let mut places: Vec<Place> = others.iter().map(|missing| missing.place).collect();
    places.sort_unstable();
    for of_authority in places.chunk_by(|one, other| one.0 == other.0) {
        for places in of_authority.chunks(MAX_PLACES_PER_TRANSACTION) {
            let session = Session::begin(store, places[0].0, Mode::Exclusive).await?;
            session.confirm(places).await?;
            session.commit().await?;
        }
    }
    Ok(())
}
