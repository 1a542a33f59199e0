//! What a run saw, and whether it tried enough.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    pairs::Pair,
    questions::{self, Asked},
    sides::Place,
};

/// What a run saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) compared: u64,
    pub(crate) disclosing: u64,
    pub(crate) refused: u64,
    pub(crate) observed: u64,
    pub(crate) observed_different: u64,
    pub(crate) used: BTreeSet<String>,
    pairs: u64,
    /// Pairs whose caller sees something.
    not_blind: u64,
    /// Changes by what they change.
    changes: BTreeMap<&'static str, u64>,
    /// Questions about people: by how their parts were made, by answer, and how many were about a home of which the data sets differ.
    asked: u64,
    asked_about_differences: u64,
    forms: BTreeMap<&'static str, u64>,
    statuses: BTreeMap<String, u64>,
}

impl Seen {
    /// Counts the questions of an operation and their answers.
    pub(crate) fn count(&mut self, asked: &[Asked], answer: &Value) {
        for (asked, status) in asked.iter().zip(questions::statuses(answer)) {
            self.asked += 1;
            self.asked_about_differences += u64::from(asked.differs);
            for form in asked.forms {
                *self.forms.entry(form).or_default() += 1;
            }
            *self.statuses.entry(status).or_default() += 1;
        }
    }

    /// Counts a pair.
    pub(crate) fn pair(&mut self, pair: &Pair<'_>) {
        self.pairs += 1;
        self.not_blind += u64::from(pair.seen > 0);
        add(&mut self.changes, &pair.changes);
    }

    /// Adds what was seen elsewhere in the run.
    pub(crate) fn add(&mut self, other: Self) {
        self.compared += other.compared;
        self.disclosing += other.disclosing;
        self.refused += other.refused;
        self.observed += other.observed;
        self.observed_different += other.observed_different;
        self.used.extend(other.used);
        self.pairs += other.pairs;
        self.not_blind += other.not_blind;
        add(&mut self.changes, &other.changes);
        self.asked += other.asked;
        self.asked_about_differences += other.asked_about_differences;
        add(&mut self.forms, &other.forms);
        add(&mut self.statuses, &other.statuses);
    }

    /// Says what was varied, and what came of it.
    pub(crate) fn say(&self, place: Place) {
        eprintln!(
            "{place:?}: {} comparisons over {} pairs with {} differences, {} callers who see something; {} disclosed something, {} were refused; \
             an observer got other bytes {} times of {}",
            self.compared,
            self.pairs,
            self.changed(),
            self.not_blind,
            self.disclosing,
            self.refused,
            self.observed_different,
            self.observed
        );
        eprintln!("{place:?}: varied: {}", listed(&self.changes));
        eprintln!(
            "{place:?}: {} look-ups, {} about homes of which the data sets say different things: {}; answers: {}",
            self.asked,
            self.asked_about_differences,
            listed(&self.forms),
            listed(&self.statuses)
        );
    }

    fn changed(&self) -> u64 {
        self.changes.values().sum()
    }

    /// Fails if the run tried too little.
    pub(crate) fn was_enough(&self) {
        let changed = self.changed();
        assert!(
            changed / self.pairs > 100,
            "{changed} differences in {} pairs try little",
            self.pairs
        );
        assert!(
            self.disclosing * 100 > self.compared * 20,
            "too few answers disclosed anything"
        );
        assert!(
            self.refused * 100 < self.compared * 30,
            "too many operations were refused"
        );
        // The more tables there are, the less of them one operation asks for.
        assert!(
            self.observed_different * 100 > self.observed * 5,
            "the operations hardly asked for what differs"
        );
        for what in [
            "shelter begun",
            "shelter ended",
            "shelter elsewhere",
            "shelter of one more",
        ] {
            assert!(self.changes.contains_key(what), "never made: {what}");
        }
        assert!(
            self.asked > 2 * self.compared && self.asked_about_differences * 2 > self.asked,
            "too few look-ups about what differs"
        );
        let share = |count: Option<&u64>| count.copied().unwrap_or_default() * 100 / self.asked;
        for form in questions::FORMS {
            assert!(share(self.forms.get(form)) >= 1, "too seldom asked with: {form}");
        }
        // Hardly anybody is in doubt: a date that is only near the right one finds nobody by itself.
        for status in ["MATCHED", "AMBIGUOUS", "NOT_FOUND"] {
            assert!(share(self.statuses.get(status)) >= 1, "too seldom answered: {status}");
        }
    }
}

fn add<K: Clone + Ord>(to: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    for (what, count) in more {
        *to.entry(what.clone()).or_default() += count;
    }
}

fn listed<K: std::fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let each: Vec<String> = counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
    each.join(", ")
}
