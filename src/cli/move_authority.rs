//! `thinkfamily move-authority`: moves an authority to another database. Every step is idempotent, so a move
//! that was interrupted resumes when the command is run again.

#[cfg(test)]
mod tests;
mod trail;

use std::{
    fs::{File, OpenOptions},
    io::Write,
    process::ExitCode,
    time::Duration,
};

use chrono::{DateTime, Utc};
use clap::Args;
use uuid::Uuid;

use super::{
    context::{self, Context},
    failure::Failure,
    secret::Secret,
};
use crate::{
    audit::Trail,
    store::{
        connect::Databases,
        database_url::DatabaseUrl,
        fence::{Fence, State},
        moving::{self, Checksums, KnownAuthority},
    },
};

/// Time for the trail to write the entries of operations in flight.
const TRAIL_WRITE_TIME: Duration = Duration::from_secs(10);

/// Maximum clock skew between servers.
const MAX_CLOCK_SKEW: Duration = Duration::from_mins(5);

/// Have an authority be served by another database.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(super) struct MoveArgs {
    /// The authority's code.
    #[arg(required_unless_present = "fingerprint")]
    code: Option<String>,
    /// The address of the database that serves it from now on.
    #[arg(long, value_name = "URL", required_unless_present = "fingerprint")]
    to: Option<String>,
    /// The address of that database's trail, where it is not the usual one.
    #[arg(long, value_name = "URL")]
    trail_to: Option<String>,
    /// What `--fingerprint` says where the other database is served.
    #[arg(long, value_name = "FINGERPRINT", required_unless_present_any = ["fingerprint", "cancel", "forget"])]
    secret: Option<String>,
    /// Say what would be moved and what is in the way; change nothing.
    #[arg(long, conflicts_with_all = ["cancel", "forget", "fingerprint"])]
    check: bool,
    /// Give a move up that was begun: the authority is served here again, unless it is served there already.
    #[arg(long, conflicts_with_all = ["forget", "fingerprint"])]
    cancel: bool,
    /// Take away what is still here of an authority that was moved. The trail stays.
    #[arg(long, conflicts_with = "fingerprint")]
    forget: bool,
    /// Say what tells the secret of this installation from others.
    #[arg(long)]
    fingerprint: bool,
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &MoveArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let own = Secret::existing(&context.config.data_dir)
        .and_then(|secret| secret.fingerprint())
        .map_err(Failure::problem)?;
    let (Some(code), Some(to)) = (&arguments.code, &arguments.to) else {
        writeln!(out, "{own}")?;
        return Ok(ExitCode::SUCCESS);
    };
    if arguments.secret.as_ref().is_some_and(|secret| *secret != own) {
        return Err(Failure::problem(
            "the other database is served with another secret: what clients hold of this authority would mean nothing there. Give its servers this installation's secret.key first",
        ));
    }
    let (url, trail_url) = database_urls(to, arguments.trail_to.as_deref())?;
    let _lock = acquire_lock(context)?;
    let from = context.existing_databases().await?;
    let to = match context.databases_at(&url, &trail_url, false, false).await {
        Ok(to) => to,
        Err(failure) => {
            context::close(from).await;
            return Err(failure);
        }
    };
    let migration = Move {
        context,
        code,
        from: &from,
        to: &to,
    };
    let result = match context::refuse_pending_migrations(&to).await {
        Ok(()) => migration.execute(arguments, out).await,
        Err(failure) => Err(failure),
    };
    context::close(to).await;
    context::close(from).await;
    result.map(|()| ExitCode::SUCCESS)
}

/// Locks the data directory, so that only one move runs with these keys; another one fails at its next step.
fn acquire_lock(context: &Context) -> Result<File, Failure> {
    let path = context.config.data_dir.join("move-authority.lock");
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(|error| Failure::problem(format!("{} cannot be made: {error}", path.display())))?;
    file.try_lock()
        .map_err(|_| Failure::problem("another `move-authority` runs with this data directory"))?;
    Ok(file)
}

fn database_urls(to: &str, trail_to: Option<&str>) -> Result<(DatabaseUrl, DatabaseUrl), Failure> {
    let read = |text: &str, option: &str| {
        text.parse::<DatabaseUrl>()
            .map_err(|error| Failure::usage(format!("option `{option}`: {error}")))
    };
    let url = read(to, "--to")?;
    let trail = trail_to.map_or_else(|| Ok(url.trail()), |trail| read(trail, "--trail-to"))?;
    Ok((url, trail))
}

/// The next step of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextStep {
    /// Start from the beginning.
    Begin,
    /// The authority is fenced: copy its rows.
    Copy(Fence),
    /// It is served there, or may be: complete the trail.
    Finish(Fence),
    /// Nothing is left to do.
    Nothing,
}

/// A move of an authority from one database to the other.
struct Move<'a> {
    context: &'a Context,
    code: &'a str,
    from: &'a Databases,
    to: &'a Databases,
}

impl Move<'_> {
    async fn execute(&self, arguments: &MoveArgs, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
        let rows = self.from.known_as(self.code, None).await.map_err(Failure::problem)?;
        let here = rows
            .into_iter()
            .next()
            .ok_or_else(|| Failure::problem(format!("there is no authority {} here", self.code)))?;
        let there = self.known_there(&here).await?;
        if arguments.cancel {
            return self.cancel(&here, there.as_ref(), out).await;
        }
        if arguments.forget {
            return self.forget(&here, there.as_ref(), out).await;
        }
        let next_step = next_step(&here, there.as_ref())?;
        if arguments.check {
            return self.check(&here, next_step, out).await;
        }
        self.resume(&here, next_step, out).await
    }

    /// What the other database knows of the authority. Ids held by clients contain its number, so that must
    /// not change.
    async fn known_there(&self, here: &KnownAuthority) -> Result<Option<KnownAuthority>, Failure> {
        let rows = self.to.known_as(&here.code, Some(here.number)).await;
        let rows = rows.map_err(Failure::problem)?;
        if let Some(other) = rows
            .iter()
            .find(|other| other.code != here.code || other.number != here.number)
        {
            return Err(Failure::problem(format!(
                "{} has the number {} here, and there the number {} is that of {}: ids that clients hold would mean somebody else",
                here.code, here.number, other.number, other.code
            )));
        }
        Ok(rows.into_iter().next())
    }

    async fn check(
        &self,
        here: &KnownAuthority,
        next_step: NextStep,
        out: &mut (dyn Write + Send),
    ) -> Result<(), Failure> {
        let sums = self.from.sums(here.number).await.map_err(Failure::problem)?;
        for (table, sum) in sums.iter().filter(|(_, sum)| sum.rows > 0) {
            writeln!(out, "{:>10}  {table}", sum.rows)?;
        }
        let words = match next_step {
            NextStep::Begin => "it can be moved",
            NextStep::Copy(_) => "its move was begun, and goes on with the copy",
            NextStep::Finish(_) => "it is served there, and its move goes on with the trail",
            NextStep::Nothing => "it was moved",
        };
        Ok(writeln!(out, "{}: {words}", here.code)?)
    }

    async fn resume(
        &self,
        here: &KnownAuthority,
        next_step: NextStep,
        out: &mut (dyn Write + Send),
    ) -> Result<(), Failure> {
        let fence = match next_step {
            NextStep::Nothing => return Ok(writeln!(out, "{} was moved: there is nothing to do", here.code)?),
            NextStep::Begin => {
                let (of, since) = (self.context.ids.uuid(), self.context.clock.now());
                let fence = self.from.put_up_fence(here.number, of, since).await;
                fence.map_err(Failure::problem)?;
                writeln!(out, "{} is not served for a moment", here.code)?;
                Fence {
                    state: State::Leaving,
                    of,
                    since,
                }
            }
            NextStep::Copy(fence) | NextStep::Finish(fence) => fence,
        };
        let name = format!("move-authority/{}", here.code);
        let trail = self.context.trail(self.from, &name).await?;
        let other = match self.context.trail(self.to, &name).await {
            Ok(other) => other,
            Err(failure) => {
                trail.close().await;
                return Err(failure);
            }
        };
        let moved = self.move_and_serve(here, next_step, fence, (&trail, &other), out).await;
        other.close().await;
        trail.close().await;
        moved
    }

    async fn move_and_serve(
        &self,
        here: &KnownAuthority,
        next_step: NextStep,
        fence: Fence,
        (trail, other): (&Trail, &Trail),
        out: &mut (dyn Write + Send),
    ) -> Result<(), Failure> {
        let store = self.context.store(self.from);
        let trails = trail::Trails {
            store: &store,
            from: trail,
            to: other,
            authority: here.number,
        };
        if matches!(next_step, NextStep::Finish(_)) {
            self.serve_there(here.number, fence).await?;
        } else {
            self.copy(here, fence.of, out).await?;
            let copied = trails.copy_from(DateTime::UNIX_EPOCH).await?;
            writeln!(out, "{copied} entries of the trail were copied")?;
            self.serve_there(here.number, fence).await?;
            writeln!(out, "it is served there")?;
        }
        let max_wait = self.context.config.request_timeout + TRAIL_WRITE_TIME;
        wait_since(fence.since, max_wait, self.context.clock.now()).await;
        let late = trails.copy_from(fence.since - MAX_CLOCK_SKEW - max_wait).await?;
        trails.cross_reference_heads(fence.of, self.context.clock.now()).await?;
        let elsewhere = Fence {
            state: State::Elsewhere,
            ..fence
        };
        self.from
            .set_fence(here.number, &elsewhere)
            .await
            .map_err(Failure::problem)?;
        writeln!(
            out,
            "{late} entries more, of what was under way; each trail names the other one's heads"
        )?;
        Ok(writeln!(
            out,
            "{} was moved. `move-authority --forget` takes away what is still here",
            here.code
        )?)
    }

    async fn copy(&self, here: &KnownAuthority, of: Uuid, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
        let now = self.context.clock.now();
        let copied = moving::copy_authority(self.from, self.to, here, of, now).await;
        let copied = copied.map_err(Failure::problem)?;
        let there = self.to.sums(here.number).await.map_err(Failure::problem)?;
        if let Some(table) = differing(&copied.sums, &there) {
            return Err(Failure::problem(format!(
                "the rows of {table} are not the same there: the authority stays unserved until this command is given again, or `--cancel`"
            )));
        }
        let rows: u64 = copied.sums.iter().map(|(_, sum)| sum.rows).sum();
        let tables = copied.sums.len();
        writeln!(
            out,
            "{rows} rows of {tables} tables were copied, and are the same there"
        )?;
        for code in copied.left_out {
            writeln!(
                out,
                "{code} is another authority's number or code there: {} is not compared with it any more",
                here.code
            )?;
        }
        Ok(())
    }

    async fn serve_there(&self, authority: i32, fence: Fence) -> Result<(), Failure> {
        let here = Fence {
            state: State::Here,
            ..fence
        };
        self.to.set_fence(authority, &here).await.map_err(Failure::problem)?;
        let moved = Fence {
            state: State::Moved,
            ..fence
        };
        self.from.set_fence(authority, &moved).await.map_err(Failure::problem)
    }

    async fn cancel(
        &self,
        here: &KnownAuthority,
        there: Option<&KnownAuthority>,
        out: &mut (dyn Write + Send),
    ) -> Result<(), Failure> {
        let now = self.context.clock.now();
        let state = here.fence.map(|fence| fence.state);
        if !here.is_served() && state != Some(State::Leaving) {
            return Err(Failure::problem(format!("{} is not leaving here", here.code)));
        }
        if let Some(there) = there {
            if there.is_served() {
                return Err(Failure::problem(format!(
                    "{} is served there already: move it back instead",
                    here.code
                )));
            }
            // There first: otherwise a move that resumes could serve it in both places.
            let elsewhere = Fence {
                state: State::Elsewhere,
                of: Uuid::nil(),
                since: now,
            };
            let removed = self.to.delete_authority(here.number, &elsewhere).await;
            removed.map_err(Failure::problem)?;
        }
        if let Some(fence) = here.fence.filter(|_| !here.is_served()) {
            let again = Fence {
                state: State::Here,
                since: now,
                ..fence
            };
            self.from
                .set_fence(here.number, &again)
                .await
                .map_err(Failure::problem)?;
        }
        Ok(writeln!(out, "{} is served here", here.code)?)
    }

    async fn forget(
        &self,
        here: &KnownAuthority,
        there: Option<&KnownAuthority>,
        out: &mut (dyn Write + Send),
    ) -> Result<(), Failure> {
        let elsewhere = here.fence.filter(|fence| fence.state == State::Elsewhere);
        let Some(fence) = elsewhere.filter(|_| there.is_some_and(KnownAuthority::is_served)) else {
            return Err(Failure::problem(format!(
                "{} was not moved there, or its move has not ended: nothing is taken away",
                here.code
            )));
        };
        let rows = self.from.delete_authority(here.number, &fence).await;
        let rows = rows.map_err(Failure::problem)?;
        Ok(writeln!(
            out,
            "{rows} rows of {} were taken away; the trail stays",
            here.code
        )?)
    }
}

/// The next step of a move, from the state of both databases.
fn next_step(here: &KnownAuthority, there: Option<&KnownAuthority>) -> Result<NextStep, Failure> {
    let code = &here.code;
    let refused = |words: &str| Err(Failure::problem(format!("{code} {words}")));
    let arrived = there.and_then(|there| there.fence);
    let Some(fence) = here.fence.filter(|fence| fence.state != State::Here) else {
        return match there {
            Some(there) if there.is_served() => {
                refused("is served there, and it is served here: is it the same database?")
            }
            Some(there) if there.fence.is_some_and(|fence| fence.state != State::Elsewhere) => {
                refused("is there in the middle of another move: end that one, or `--cancel` it")
            }
            _ => Ok(NextStep::Begin),
        };
    };
    let same = arrived
        .filter(|arrived| arrived.of == fence.of)
        .map(|arrived| arrived.state);
    match (fence.state, same) {
        (State::Leaving | State::Moved, Some(State::Here)) => Ok(NextStep::Finish(fence)),
        (State::Leaving, Some(State::Arriving)) => Ok(NextStep::Copy(fence)),
        (State::Leaving, _)
            if arrived.is_none_or(|fence| fence.state == State::Elsewhere)
                && !there.is_some_and(KnownAuthority::is_served) =>
        {
            Ok(NextStep::Copy(fence))
        }
        (State::Elsewhere, _) if there.is_some_and(KnownAuthority::is_served) => Ok(NextStep::Nothing),
        (State::Elsewhere, _) => refused("is served neither here nor there"),
        (State::Arriving, _) => refused("is only arriving here: that move has to end first"),
        _ => refused("is being moved, and not to there"),
    }
}

/// The first table whose rows differ.
fn differing(read: &Checksums, there: &Checksums) -> Option<&'static str> {
    let matches = |(table, sum): &&(&'static str, moving::Checksum)| {
        there
            .iter()
            .any(|(other, other_sum)| other == table && other_sum == sum)
    };
    read.iter().find(|row| !matches(row)).map(|(table, _)| *table)
}

/// Waits until this long has passed since an instant.
async fn wait_since(since: DateTime<Utc>, max_wait: Duration, now: DateTime<Utc>) {
    let passed = (now - since).to_std().unwrap_or_default();
    tokio::time::sleep(max_wait.saturating_sub(passed)).await;
}
