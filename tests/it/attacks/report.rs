//! What was seen, as a table.

use std::{fmt::Write as _, path::PathBuf, time::Duration};

/// Where the report goes; with one, each attack lasts longer.
const VARIABLE: &str = "THINKFAMILY_ATTACKS_REPORT";
/// How long each attack then lasts.
const LASTING: Duration = Duration::from_secs(2);

/// One attack.
pub(super) struct Row {
    pub(super) name: String,
    /// How often it was sent.
    pub(super) sent: usize,
    /// The longest answer, in bytes.
    pub(super) longest: usize,
    /// The longest time until one came.
    pub(super) slowest: Duration,
    /// How long the honest client waited, the shortest first.
    pub(super) times: Vec<Duration>,
    /// The most memory that was seen, in KiB.
    pub(super) memory: u64,
}

/// The table, where one is wanted.
pub(super) struct Report {
    file: Option<PathBuf>,
    text: String,
}

impl Report {
    pub(super) fn begin() -> Self {
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        Self {
            file: std::env::var_os(VARIABLE).map(PathBuf::from),
            text: format!(
                "{build} build, {cores} cores, attackers and server on the same machine.\n\n\
                 | Attack | Sent | Longest answer (bytes) | Latest answer (ms) | Honest answers | p50 (ms) | p99 (ms) | Memory (MiB) |\n\
                 | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            ),
        }
    }

    /// How long an attack goes on at least.
    pub(super) fn lasting(&self) -> Duration {
        self.file.as_ref().map_or(Duration::ZERO, |_| LASTING)
    }

    /// Nobody attacks.
    pub(super) fn nothing(&mut self, times: &[Duration], memory: u64) {
        self.row(&Row {
            name: "none".to_owned(),
            sent: 0,
            longest: 0,
            slowest: Duration::ZERO,
            times: times.to_vec(),
            memory,
        });
    }

    pub(super) fn row(&mut self, row: &Row) {
        let at = |share: usize| {
            let time = row
                .times
                .get((row.times.len() * share / 100).min(row.times.len().saturating_sub(1)));
            time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        let _ = writeln!(
            self.text,
            "| {} | {} | {} | {:.1} | {} | {:.1} | {:.1} | {} |",
            row.name,
            row.sent,
            row.longest,
            row.slowest.as_secs_f64() * 1000.0,
            row.times.len(),
            at(50),
            at(99),
            row.memory / 1024
        );
    }

    /// Writes it.
    pub(super) fn end(mut self, before: u64, after: u64) {
        let _ = writeln!(
            self.text,
            "\nMemory before all of them {} MiB, after {} MiB.",
            before / 1024,
            after / 1024
        );
        if let Some(file) = self.file {
            std::fs::write(file, self.text).unwrap();
        }
    }
}
