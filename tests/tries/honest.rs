//! Honest days: how many look-ups of people who try nothing are stopped.

use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng as Seeded};
use thinkfamily::{graphql::lookups::LookupSettings, matching::Description};

use crate::{
    memory::{Memory, Who},
    people::{Population, corrected},
};

/// How a simulation is made.
struct Honest {
    clients: u32,
    /// Of each client a day.
    questions: usize,
    days: i64,
    /// How much more frequent the listed family names are than in all of Great Britain.
    more: f64,
}

/// What came of it.
struct Outcome {
    asked: usize,
    stopped: usize,
    rows: usize,
    characters: usize,
}

impl Honest {
    fn run(&self, seed: u64) -> Outcome {
        let mut random = Seeded::seed_from_u64(seed);
        let population = Population::new(self.more, &mut random);
        let mut settings = LookupSettings::new(&[5; 32]);
        settings.agency_budget = settings.agency_budget.max(5_000 * i32::try_from(self.clients).unwrap());
        let mut memory = Memory::new(settings);
        let (mut asked, mut stopped) = (0, 0);
        // Those of whom it is asked again, days later and as it was.
        let mut known: Vec<Description> = Vec::new();
        for day in 0..self.days {
            for client in 0..self.clients {
                let mut left = self.questions;
                while left > 0 {
                    let who = Who {
                        client,
                        subject: random.random_range(0..40),
                        purpose: random.random_range(0..2),
                    };
                    let mut batch = if !known.is_empty() && random.random_range(0..10) < 2 {
                        vec![known[random.random_range(0..known.len())].clone()]
                    } else {
                        population.household(&mut random)
                    };
                    // Three in a hundred are asked again with something put right.
                    let again: Vec<_> = batch
                        .iter()
                        .filter(|_| random.random_range(0..100) < 3)
                        .cloned()
                        .collect();
                    let again: Vec<_> = again.iter().map(|one| corrected(one, &mut random)).collect();
                    batch.extend(again);
                    let answered = memory.ask(who, day, &batch);
                    asked += answered.len();
                    stopped += answered.iter().filter(|answered| !**answered).count();
                    left = left.saturating_sub(batch.len());
                    if known.len() < 20_000 {
                        known.extend(batch);
                    }
                }
            }
        }
        let (rows, characters) = memory.size();
        Outcome {
            asked,
            stopped,
            rows,
            characters,
        }
    }

    fn check(&self, what: &str, seed: u64) -> Outcome {
        let outcome = self.run(seed);
        println!(
            "{what}: {} of {} look-ups stopped; {} rows, {} characters",
            outcome.stopped, outcome.asked, outcome.rows, outcome.characters
        );
        outcome
    }
}

/// Fewer than one in 10,000.
#[track_caller]
fn assert_few(outcome: &Outcome) {
    assert!(
        outcome.stopped * 10_000 < outcome.asked,
        "{} of {}",
        outcome.stopped,
        outcome.asked
    );
}

#[test]
fn an_honest_day_is_not_hindered() {
    let day = Honest {
        clients: 1,
        questions: 5_000,
        days: 1,
        more: 1.0,
    };
    assert_few(&day.check("one client, one day", 1));
}

#[test]
fn twenty_honest_days_are_not_hindered() {
    if !crate::long() {
        return;
    }
    let days = Honest {
        clients: 1,
        questions: 5_000,
        days: 20,
        more: 1.0,
    };
    assert_few(&days.check("one client, twenty days", 2));
}

#[test]
fn an_agency_with_ten_clients_is_not_hindered() {
    if !crate::long() {
        return;
    }
    let days = Honest {
        clients: 10,
        questions: 5_000,
        days: 20,
        more: 1.0,
    };
    assert_few(&days.check("ten clients, twenty days", 3));
}

#[test]
fn where_the_frequent_names_are_twice_as_frequent_few_are_hindered() {
    if !crate::long() {
        return;
    }
    let days = Honest {
        clients: 1,
        questions: 5_000,
        days: 20,
        more: 2.0,
    };
    assert_few(&days.check("listed family names twice as frequent, twenty days", 4));
}
