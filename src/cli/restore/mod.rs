//! `thinkfamily restore`: after databases were restored, or another server took over, compares them and does again what the trail knows.

mod again;
mod behind;
mod compare;
mod list;

use std::{io::Write, process::ExitCode};

use clap::Args;

pub(super) use self::behind::{made_later, refuse_behind};
use self::{
    again::Plan,
    compare::{Behind, Missing},
    list::Listed,
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

/// So many findings of the check are told.
const FINDINGS: usize = 10;
/// No transaction says of more changes that they are settled.
const PLACES: usize = 1_000;

/// Compare the databases after a restore or a failover, and do again what the trail knows.
#[derive(Args, Clone, Debug)]
pub(super) struct RestoreArgs {
    /// Only say what is behind and what would be done; exit code 1 when anything is.
    #[arg(long)]
    check: bool,
}

/// Carries the command out.
pub(super) async fn run(
    context: &Context,
    arguments: &RestoreArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let databases = if arguments.check {
        let databases = context.databases_to_look_at().await?;
        context::refuse_pending(&databases).await?;
        databases
    } else {
        context.databases_alone().await?
    };
    let done = restore(context, arguments, &databases, out).await;
    context::close(databases).await;
    done
}

async fn restore(
    context: &Context,
    arguments: &RestoreArgs,
    databases: &Databases,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let store = context.store(databases);
    let trail = TrailStore::of(databases);
    refuse_unsound(context, &trail, out).await?;
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
    let behind = compare::compare(&store, &trail, &marks)
        .await
        .map_err(Failure::problem)?;
    if behind.is_nothing() {
        writeln!(out, "nothing to do: neither database is behind")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{}", behind.sentence())?;
    for lost in &behind.lost {
        writeln!(out, "lost: chain {}, entries {} to {}", lost.chain, lost.from, lost.to)?;
    }
    let plan = Plan::of(&behind.missing, &behind.open);
    if arguments.check {
        writeln!(
            out,
            "{} decisions about consent would be done again, {} of them withdrawals; {} other changes are for a person",
            plan.again(),
            plan.withdrawals(),
            plan.others.len()
        )?;
        list::print(&Listed::of(&store, &plan.others, &plan.uncertain).await?, out)?;
        return Ok(ExitCode::FAILURE);
    }
    carry_out(context, &store, &behind, &plan, out).await?;
    Ok(ExitCode::SUCCESS)
}

/// A trail that was tampered with does not say what is to be done.
async fn refuse_unsound(context: &Context, trail: &TrailStore, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
    let key = HeadKey::load(&context.trail_key_path()).map_err(Failure::problem)?;
    let report = verify(trail, &[key.public()], &[]).await.map_err(Failure::problem)?;
    if report.is_sound() {
        return Ok(());
    }
    for finding in report.findings.iter().take(FINDINGS) {
        writeln!(out, "{finding}")?;
    }
    Err(Failure::problem(
        "the trail is not as it was written, so nothing is done by it; `thinkfamily audit verify` says what was found",
    ))
}

async fn carry_out(
    context: &Context,
    store: &Store,
    behind: &Behind,
    plan: &Plan,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    // The entry first, as with every change: it says what is lost, and what is going to be done.
    let trail = context.trail_of_restore(store.databases()).await?;
    let told = behind.missing.len() as u64 - plan.of_missing();
    let mut entry = Entry::new(Kind::Restored, context.clock.now());
    entry.restored = Some(Restored {
        lost: behind.lost.clone(),
        since: behind.since(),
        again: plan.again(),
        told,
    });
    let done = match trail.append(entry).await {
        Ok(_) => again(context, store, &trail, plan, out).await,
        Err(error) => Err(Failure::problem(error)),
    };
    trail.close().await;
    done
}

async fn again(
    context: &Context,
    store: &Store,
    trail: &Trail,
    plan: &Plan,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    let done = plan.carry_out(store).await.map_err(|error| interrupted(&error))?;
    writeln!(out, "{} decisions about consent were done again", done.again)?;
    for (authority, chain, seq) in plan.places() {
        trail.made(authority, [EntryRef { chain, seq }]);
    }
    let mut others = plan.others.clone();
    others.extend(done.not_there);
    let listed = Listed::of(store, &others, &plan.uncertain).await?;
    if !listed.is_empty() {
        let file = list::write(&context.config.data_dir, context.clock.now(), &listed)?;
        list::print(&listed, out)?;
        writeln!(out, "the list is in {}", file.display())?;
    }
    // They were made, and are told to a person now: at the start they count neither as lost nor as never made.
    settle(store, &others).await.map_err(|error| interrupted(&error))?;
    writeln!(out, "`thinkfamily serve` starts again")?;
    Ok(())
}

fn interrupted(error: &StoreError) -> Failure {
    Failure::problem(format!(
        "{error}: not everything was done again; run it again, it goes on where it was left"
    ))
}

async fn settle(store: &Store, others: &[Missing]) -> Result<(), StoreError> {
    let mut places: Vec<Place> = others.iter().map(|missing| missing.place).collect();
    places.sort_unstable();
    for of_authority in places.chunk_by(|one, other| one.0 == other.0) {
        for places in of_authority.chunks(PLACES) {
            let session = Session::begin(store, places[0].0, Mode::Exclusive).await?;
            session.confirm(places).await?;
            session.commit().await?;
        }
    }
    Ok(())
}
