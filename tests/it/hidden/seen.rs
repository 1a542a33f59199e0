//! All that somebody may see of a question: its answer, what the server counts of it, and what the trail says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner},
    trail,
};

/// What was seen.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Every counter that has moved, and by how much.
    pub(crate) counted: BTreeMap<String, u64>,
    /// The entries of the trail, without keys and times.
    pub(crate) entries: BTreeMap<String, usize>,
}

/// Looks at everything.
pub(crate) struct Looking<'a> {
    app: &'a App,
    counters: BTreeMap<String, u64>,
    entries: BTreeMap<String, usize>,
}

impl<'a> Looking<'a> {
    pub(crate) async fn at(app: &'a App) -> Self {
        Self {
            app,
            counters: counters(app).await,
            entries: entries(app).await,
        }
    }

    pub(crate) async fn ask(&mut self, partner: &Partner, document: &str, variables: &Value) -> Seen {
        let body = json!({ "query": document, "variables": variables });
        let (status, bytes) = partner.raw(&body).await;
        let after = counters(self.app).await;
        let moved = after.iter().map(|(name, count)| {
            let earlier = self.counters.get(name).copied().unwrap_or(0);
            (name.clone(), count - earlier)
        });
        let counted: BTreeMap<String, u64> = moved.filter(|(_, by)| *by > 0).collect();
        self.counters = after;
        let mut added = BTreeMap::new();
        if counted.contains_key("thinkfamily_trail_entries_total") {
            let now = entries(self.app).await;
            for (entry, count) in &now {
                let new = count - self.entries.get(entry).copied().unwrap_or(0);
                if new > 0 {
                    added.insert(entry.clone(), new);
                }
            }
            self.entries = now;
        }
        Seen {
            status,
            body: String::from_utf8(bytes).unwrap(),
            counted,
            entries: added,
        }
    }
}

/// Every counter at `/metrics`. Durations are times, and connections come and go by themselves.
async fn counters(app: &App) -> BTreeMap<String, u64> {
    let text = reqwest::get(&app.counters).await.unwrap().text().await.unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let counters: BTreeMap<String, u64> = lines
        .filter(|line| !line.starts_with("thinkfamily_database_connections"))
        .filter(|line| !line.contains("_seconds_bucket") && !line.contains("_seconds_sum"))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect();
    for name in [
        "thinkfamily_sql_statements_total",
        "thinkfamily_families_cached_total",
        "thinkfamily_families_read_total",
        "thinkfamily_trail_entries_total",
        "thinkfamily_graphql_cost_total",
    ] {
        assert!(counters.contains_key(name), "no {name} in:\n{text}");
    }
    counters
}

/// What every entry says, without keys, times and chains.
async fn entries(app: &App) -> BTreeMap<String, usize> {
    let mut shapes = BTreeMap::new();
    for (entry, _) in trail::entries(app.store.databases()).await {
        let shape = format!(
            "{} {:?} {:?} {:?} of {} families and {} people, {:?} {:?} {:?} {:?}",
            entry.kind.code(),
            entry.role,
            entry.reason,
            entry.categories,
            entry.families.len(),
            entry.people.len(),
            entry.clauses,
            entry.withheld,
            entry.lookups,
            entry.operation.as_ref().map(|operation| operation.hash().to_string()),
        );
        *shapes.entry(shape).or_default() += 1;
    }
    shapes
}
