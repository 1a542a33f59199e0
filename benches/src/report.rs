//! Tables of medians and ranges.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::load::Run;

/// What processes used, for a thousand requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Processor seconds of the server.
    pub server: Option<f64>,
    /// Processor seconds of PostgreSQL.
    pub database: Option<f64>,
    /// Resident bytes of the server after the run.
    pub resident: Option<u64>,
}

#[derive(Debug, Default)]
struct Rows {
    per_second: Vec<f64>,
    half: Vec<f64>,
    most: Vec<f64>,
    server: Vec<f64>,
    database: Vec<f64>,
    resident: Vec<f64>,
    wrong: usize,
    requests: usize,
    example: Option<String>,
}

/// The medians of what one server needed for one operation.
#[derive(Clone, Debug, Default)]
pub struct Medians {
    /// The operation.
    pub operation: String,
    /// The server.
    pub who: String,
    /// Answers a second.
    pub per_second: f64,
    /// The latency that 99 of 100 answers did not exceed, in milliseconds.
    pub most: f64,
    /// Processor seconds of the server for 1,000 requests.
    pub server: f64,
    /// Those of the database; nothing where it is in the server.
    pub database: f64,
}

impl Medians {
    /// All processor seconds for 1,000 requests.
    pub fn cpu(&self) -> f64 {
        self.server + self.database
    }
}

/// What all runs of a bench gave.
#[derive(Debug, Default)]
pub struct Report {
    /// By the places of operation and server.
    rows: BTreeMap<(usize, usize), Rows>,
    operations: Vec<String>,
    servers: Vec<String>,
}

/// The place of a name among those that are known, in the order in which they came to be.
fn place(known: &mut Vec<String>, name: &str) -> usize {
    known.iter().position(|known| known == name).unwrap_or_else(|| {
        known.push(name.to_owned());
        known.len() - 1
    })
}

impl Report {
    /// Adds one run.
    pub fn add(&mut self, operation: &str, who: &str, run: &Run, figures: Figures) {
        let key = (place(&mut self.operations, operation), place(&mut self.servers, who));
        let rows = self.rows.entry(key).or_default();
        rows.per_second.push(run.per_second());
        rows.half.push(run.percentile(0.5));
        rows.most.push(run.percentile(0.99));
        rows.server.extend(figures.server);
        rows.database.extend(figures.database);
        #[expect(clippy::cast_precision_loss, reason = "bytes, shown in MB")]
        rows.resident.extend(figures.resident.map(|bytes| bytes as f64 / 1e6));
        rows.wrong += run.wrong;
        rows.requests += run.latencies.len();
        rows.example = rows.example.take().or_else(|| run.example.clone());
    }

    /// The medians, in the order of the table.
    pub fn medians(&self) -> Vec<Medians> {
        let rows = self.rows.iter();
        rows.map(|((operation, who), rows)| Medians {
            operation: self.operations[*operation].clone(),
            who: self.servers[*who].clone(),
            per_second: median(&rows.per_second),
            most: median(&rows.most),
            server: median(&rows.server),
            database: median(&rows.database),
        })
        .collect()
    }

    /// A table in Markdown.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "| operation | who | requests/s | p50 ms | p99 ms | server CPU s/1,000 | PostgreSQL CPU s/1,000 | resident MB | answers not as expected |\n\
             |---|---|---|---|---|---|---|---|---|\n",
        );
        for ((operation, who), rows) in &self.rows {
            let (operation, who) = (&self.operations[*operation], &self.servers[*who]);
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| {operation} | {who} | {} | {} | {} | {} | {} | {} | {} of {} |",
                middle(&rows.per_second, 0),
                middle(&rows.half, 2),
                middle(&rows.most, 2),
                middle(&rows.server, 3),
                middle(&rows.database, 3),
                middle(&rows.resident, 0),
                rows.wrong,
                rows.requests
            );
            if let Some(example) = &rows.example {
                eprintln!("{operation}, {who}: for example {example}");
            }
        }
        text
    }
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The median, and the range where there is one.
fn middle(values: &[f64], digits: usize) -> String {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match values[..] {
        [] => "—".to_owned(),
        [only] => format!("{only:.digits$}"),
        [first, .., last] => format!(
            "{:.digits$} ({first:.digits$}–{last:.digits$})",
            values[values.len() / 2]
        ),
    }
}

/// Every sample beside every other: how often a value of one is greater than one of the other (0.5: time tells nothing), and the greatest distance of
/// their distributions with the probability of a greater one by chance (Kolmogorov and Smirnov).
pub fn samples(headline: &str, samples: &[(String, Vec<f64>)]) -> String {
    let mut text = format!("{headline}\n\n");
    for (name, values) in samples {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: usize| sorted.get(sorted.len() * share / 100).copied().unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "- {name}: {} answers, median {:.0} µs, p95 {:.0} µs",
            values.len(),
            at(50),
            at(95)
        );
    }
    text.push_str("\n| | | greater with probability | largest distance | by chance |\n|---|---|---|---|---|\n");
    for (at, (first, one)) in samples.iter().enumerate() {
        for (second, other) in &samples[at + 1..] {
            let (greater, distance, chance) = compare(one, other);
            let _ = writeln!(
                text,
                "| {first} | {second} | {greater:.4} | {distance:.4} | {chance:.3} |"
            );
        }
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
fn compare(one: &[f64], other: &[f64]) -> (f64, f64, f64) {
    let (mut one, mut other) = (one.to_vec(), other.to_vec());
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    let (n, m) = (one.len() as f64, other.len() as f64);
    let mut wins = 0.0;
    let mut distance: f64 = 0.0;
    for value in &one {
        let below = other.partition_point(|against| against < value) as f64;
        let up_to = other.partition_point(|against| against <= value) as f64;
        wins += f64::midpoint(below, up_to);
        let own = one.partition_point(|against| against <= value) as f64;
        distance = distance.max((own / n - up_to / m).abs());
    }
    let root = (n * m / (n + m)).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    let chance: f64 = (1..=100)
        .map(|step| {
            let step = f64::from(step);
            let sign = if step % 2.0 == 0.0 { -2.0 } else { 2.0 };
            sign * (-2.0 * step * step * lambda * lambda).exp()
        })
        .sum();
    (wins / (n * m), distance, chance.clamp(0.0, 1.0))
}
