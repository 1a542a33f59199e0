//! Measures all in turn: A B C D A B C D …, so that what changes on the machine changes for all.

use std::{error::Error, time::Duration};

use super::{
    operations::{Asked, Operation},
    side::Side,
};
use crate::{
    http::Reply,
    load::{self, Pace},
    report::{Figures, Report},
    usage,
};

/// As in the figures of the design.
const CONNECTIONS: usize = 32;
/// So that prepared statements, plans and compiled code are there; not measured.
const WARM: Duration = Duration::from_secs(2);
/// Requests that are made ready; a run that comes to their end begins again.
const READY: usize = 20_000;
/// The same where answers are long and questions few.
const READY_LISTS: usize = 500;

/// What is measured, and how long.
pub struct Measured<'m> {
    /// The servers.
    pub sides: &'m [Box<dyn Side>],
    /// The first process of PostgreSQL.
    pub database: Option<u32>,
    /// How often.
    pub rounds: usize,
    /// How long each time.
    pub lasts: Duration,
}

impl Measured<'_> {
    /// Measures one operation.
    pub async fn measure(
        &self,
        operation: Operation,
        asked: &[Asked],
        report: &mut Report,
    ) -> Result<(), Box<dyn Error>> {
        let ready = if operation.by_authority() { READY_LISTS } else { READY };
        let asked = &asked[..ready.min(asked.len())];
        for side in self.sides {
            let _ = self.run(side.as_ref(), operation, asked, WARM.min(self.lasts)).await?;
        }
        for round in 0..self.rounds {
            for side in self.sides {
                let (run, figures) = self.run(side.as_ref(), operation, asked, self.lasts).await?;
                eprintln!(
                    "{}, {}, round {}: {:.0}/s",
                    operation.name(),
                    side.name(),
                    round + 1,
                    run.per_second()
                );
                // A few that are refused because too many wait are counted in the table; a server that refuses most is not measured.
                if run.wrong * 2 > run.latencies.len() {
                    return Err(format!(
                        "{}, {}: {} of {} answers are not as they should be, for example {}",
                        operation.name(),
                        side.name(),
                        run.wrong,
                        run.latencies.len(),
                        run.example.unwrap_or_default()
                    )
                    .into());
                }
                report.add(operation.name(), side.name(), &run, figures);
            }
        }
        Ok(())
    }

    async fn run(
        &self,
        side: &dyn Side,
        operation: Operation,
        asked: &[Asked],
        lasts: Duration,
    ) -> Result<(load::Run, Figures), Box<dyn Error>> {
        let requests = asked.iter().map(|asked| side.request(operation, asked)).collect();
        let used = || {
            (
                usage::of(side.process().pid()),
                self.database.map(usage::of_tree).unwrap_or_default(),
            )
        };
        let before = used();
        let run = load::run(&side.process().address, CONNECTIONS, Pace::For(lasts), requests, right).await?;
        let after = used();
        let thousands = run.right() / 1000.0;
        let figures = Figures {
            server: Some((after.0.cpu - before.0.cpu) / thousands),
            database: self.database.map(|_| (after.1.cpu - before.1.cpu) / thousands),
            resident: Some(after.0.resident),
        };
        Ok((run, figures))
    }
}

/// Whether there are data and no errors. Errors are said at the beginning or the end, so that long answers are not searched while others wait for the
/// processor; that the values are right was seen before.
fn right(reply: &Reply) -> bool {
    const ENDS: usize = 400;
    let body = &reply.body;
    let errors = |part: &[u8]| part.windows(9).any(|window| window == b"\"errors\":");
    reply.status == 200
        && body.starts_with(b"{\"data\":{")
        && !errors(&body[..body.len().min(ENDS)])
        && !errors(&body[body.len().saturating_sub(ENDS)..])
}
