//! The server's own counting, over rows in memory.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use thinkfamily::{
    graphql::lookups::LookupSettings,
    matching::Description,
    sharing::caller::{Caller, Party},
    store::budget::trials::{Row, add, added, judge},
};
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Copy)]
pub struct Who {
    pub client: u32,
    pub subject: u32,
    pub purpose: u32,
}

impl Who {
    fn caller(self) -> Caller {
        let purpose = format!("purpose {}", self.purpose);
        Caller {
            authority: 1,
            authority_code: "anywhere".to_owned(),
            principal: Party {
                agency: Uuid::from_u128(1),
                agency_code: "police".to_owned(),
                agency_kind: "police".to_owned(),
                role: "marker_lookup".to_owned(),
                subject: format!("officer {}", self.subject),
            },
            portal: None,
            client: format!("client {}", self.client),
            purposes: vec![purpose.clone()],
            purpose,
        }
    }
}

/// One agency's rows.
pub struct Memory {
    pub settings: LookupSettings,
    rows: HashMap<i64, String>,
}

impl Memory {
    pub fn new(settings: LookupSettings) -> Self {
        Self {
            settings,
            rows: HashMap::new(),
        }
    }

    /// Whether each question of a batch is answered, on a day.
    pub fn ask(&mut self, who: Who, day: i64, questions: &[Description]) -> Vec<bool> {
        let tries = self.settings.tries_of(&who.caller(), questions.iter(), at(day));
        let mut rows = HashMap::new();
        for (digest, text) in added(&tries.trials, tries.by, tries.days) {
            let row = self.rows.entry(digest).or_default();
            let before = add(row, &text);
            rows.insert(
                digest,
                Row {
                    before,
                    tried: row.clone(),
                },
            );
        }
        let judged = judge(&tries.trials, tries.by, tries.days, &rows);
        for (digest, record) in judged.withdrawn {
            let row = self.rows.entry(digest).or_default();
            *row = row.replace(&record, "");
        }
        for (digest, _, compacted) in judged.compacted {
            self.rows.insert(digest, compacted);
        }
        judged.stops.iter().map(Option::is_none).collect()
    }

    /// Whether one question is answered.
    pub fn ask_one(&mut self, who: Who, day: i64, question: &Description) -> bool {
        self.ask(who, day, std::slice::from_ref(question)) == [true]
    }

    /// How many rows there are, and how many characters they have.
    pub fn size(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.values().map(String::len).sum())
    }
}

/// Noon of a day.
fn at(day: i64) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
    first + TimeDelta::days(day)
}
