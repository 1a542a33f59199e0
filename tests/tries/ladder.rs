//! The best ladder that we could write: what it learns of somebody whose name it knows, in twenty days with the whole budget.
//!
//! It asks the matcher itself about somebody who is stored alone, which is the clearest answer that there can be; it knows the model, and what would be answered for each value that is still
//! possible; and it knows the stop, so it goes on with another spelling, without the given name, with names exchanged, with parts added, in the name of another officer, client or purpose, wherever it is
//! stopped.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng as Seeded, seq::SliceRandom as _};
use thinkfamily::{
    graphql::lookups::LookupSettings,
    matching::{BornAbout, Description, Identifier, Model, Thresholds, Verdict, choose},
};

use crate::{
    memory::{Memory, Who},
    people::{Names, postcode},
};

/// The questions of twenty days.
const BUDGET: usize = 100_000;
/// After so many stops in a row the ladder has nothing left.
const PATIENCE: usize = 200;

/// Somebody whose name is known.
pub struct Target {
    pub given: String,
    pub family: String,
}

pub fn target(given: &str, family: &str) -> Target {
    Target {
        given: given.to_owned(),
        family: family.to_owned(),
    }
}

/// Names as a ladder writes them, those first that the matcher takes for the right ones.
fn spellings(target: &Target, random: &mut Seeded) -> Vec<(Option<String>, String)> {
    let (given, family) = (&target.given, &target.family);
    let mut all = vec![
        (Some(given.clone()), family.clone()),
        (Some(family.clone()), given.clone()),
        (Some(format!("{given} Zachary")), family.clone()),
        (Some(format!("Zachary {given}")), family.clone()),
        (Some(given.clone()), format!("{family}-Zachary")),
        (Some(given.clone()), format!("Zachary-{family}")),
        (Some(format!("Mr {given}")), family.clone()),
        (None, family.clone()),
        (Some(given[..1].to_owned()), family.clone()),
        (Some(given.clone()), "Zachary".to_owned()),
    ];
    for beside in ["van", "el", "St", "Lord", "Syed", "Zachary Quentin Ulric"] {
        all.push((Some(format!("{beside} {given}")), family.clone()));
        all.push((Some(given.clone()), format!("{beside} {family}")));
    }
    let mut once = Vec::new();
    let (givens, families) = (slips(given), slips(family));
    once.extend(families.iter().map(|family| (Some(given.clone()), family.clone())));
    once.extend(givens.iter().map(|given| (Some(given.clone()), family.clone())));
    once.extend(families.iter().map(|family| (None, family.clone())));
    once.shuffle(random);
    let mut twice = Vec::new();
    for _ in 0..3_000 {
        let (given, family) = (
            &givens[random.random_range(0..givens.len())],
            &families[random.random_range(0..families.len())],
        );
        twice.push((Some(given.clone()), family.clone()));
    }
    all.extend(once);
    all.extend(twice);
    all
}

/// All that one letter can be made of a name.
pub fn slips(name: &str) -> Vec<String> {
    let mut all = BTreeSet::new();
    let letters: Vec<char> = name.chars().collect();
    for at in 0..=letters.len() {
        for letter in 'a'..='z' {
            let mut more = letters.clone();
            more.insert(at, letter);
            all.insert(String::from_iter(&more));
            if at < letters.len() {
                let mut other = letters.clone();
                other[at] = letter;
                all.insert(String::from_iter(&other));
            }
        }
        if at + 1 < letters.len() {
            let mut swapped = letters.clone();
            swapped.swap(at, at + 1);
            all.insert(String::from_iter(&swapped));
        }
        if at < letters.len() {
            let mut fewer = letters.clone();
            fewer.remove(at);
            all.insert(String::from_iter(&fewer));
        }
    }
    all.remove(name);
    all.into_iter().collect()
}

/// What the server answers about somebody who is stored alone.
pub fn answered(asked: &Description, stored: &Description) -> u8 {
    let score = Model::standard().score(asked, stored);
    let weights = if score.says_enough() {
        vec![score.weight]
    } else {
        Vec::new()
    };
    match choose(&weights, &Thresholds::default()) {
        Verdict::Matched(_) => 2,
        Verdict::Ambiguous => 1,
        Verdict::NotFound => 0,
    }
}

pub fn question(names: &(Option<String>, String), born: Option<NaiveDate>) -> Description {
    Description {
        given_name: names.0.clone(),
        family_name: Some(names.1.clone()),
        date_of_birth: born,
        ..Description::default()
    }
}

/// A ladder over values, and what the asker still thinks possible.
struct Ladder<'a, V> {
    memory: &'a mut Memory,
    /// Somebody with that value, as they would be stored.
    stored: &'a dyn Fn(&V) -> Description,
    /// A question that tries that value.
    asked: &'a dyn Fn(usize, &V) -> Description,
    spellings: usize,
    possible: Vec<V>,
    truth: V,
    answers: usize,
}

impl<V: Clone + PartialEq> Ladder<'_, V> {
    /// Goes on until one value only is possible, the budget is spent, or nothing is answered any more. Whether it was learnt.
    fn climb(&mut self, random: &mut Seeded) -> bool {
        let (mut asked, mut at, mut in_a_row, mut next) = (0, 0, 0, None);
        let telling = self.telling();
        while self.possible.len() > 1 && asked < BUDGET && in_a_row < PATIENCE {
            let who = Who {
                client: random.random_range(0..10),
                subject: random.random_range(0..1_000),
                purpose: random.random_range(0..5),
            };
            let day = i64::try_from(asked * 20 / BUDGET).unwrap();
            let spelling = telling[at];
            let value = match next.take() {
                Some(value) => value,
                None => self.best(spelling, random),
            };
            let question = (self.asked)(spelling, &value);
            asked += 1;
            if !self.memory.ask_one(who, day, &question) {
                // Another spelling may not be stopped yet.
                at = (at + 1) % telling.len();
                in_a_row += 1;
                next = Some(value);
                continue;
            }
            in_a_row = 0;
            self.answers += 1;
            let truth = answered(&question, &(self.stored)(&self.truth));
            let stored = self.stored;
            self.possible
                .retain(|value| answered(&question, &stored(value)) == truth);
        }
        self.possible.len() == 1
    }

    /// The spellings by which a right value is answered otherwise than a wrong one. No other is worth a question.
    fn telling(&self) -> Vec<usize> {
        // Not the first, which may be a day that stands for none.
        let third = self.possible.len() / 3;
        let [right, wrong] = [&self.possible[third], &self.possible[third * 2]];
        let tells = |spelling: &usize| {
            let question = (self.asked)(*spelling, right);
            answered(&question, &(self.stored)(right)) != answered(&question, &(self.stored)(wrong))
        };
        (0..self.spellings).filter(tells).collect()
    }

    /// Of some values the one of whose answer most is learnt, as far as a sample tells.
    fn best(&self, spelling: usize, random: &mut Seeded) -> V {
        let pick = |random: &mut Seeded| self.possible[random.random_range(0..self.possible.len())].clone();
        let sample: Vec<Description> = (0..40.min(self.possible.len()))
            .map(|_| (self.stored)(&pick(random)))
            .collect();
        let mut best: Option<(f64, V)> = None;
        for _ in 0..8.min(self.possible.len()) {
            let value = pick(random);
            let question = (self.asked)(spelling, &value);
            let mut counts: HashMap<u8, f64> = HashMap::new();
            for stored in &sample {
                *counts.entry(answered(&question, stored)).or_default() += 1.0;
            }
            let all: f64 = counts.values().sum();
            let bits: f64 = counts.values().map(|count| -(count / all) * (count / all).log2()).sum();
            if best.as_ref().is_none_or(|(most, _)| bits > *most) {
                best = Some((bits, value));
            }
        }
        best.expect("something is possible").1
    }
}

fn settings(stop: bool) -> LookupSettings {
    let mut settings = LookupSettings::new(&[5; 32]);
    if !stop {
        settings.tries = 0;
    }
    settings
}

/// What became of ladders against some people.
#[derive(Default)]
struct Checksum {
    people: usize,
    learnt: usize,
    answers: usize,
    bits: f64,
}

impl Checksum {
    fn tell(&self, what: &str) -> &Self {
        let each = |sum: f64| sum / float(self.people);
        println!(
            "{what}: {} of {} learnt; {:.1} answers each; {:.1} bits are left",
            self.learnt,
            self.people,
            each(float(self.answers)),
            each(self.bits)
        );
        self
    }

    /// All of them.
    fn learnt_all(&self) {
        assert_eq!(self.learnt, self.people);
    }

    /// None of them.
    fn learnt_none(&self) {
        assert_eq!(self.learnt, 0);
    }
}

/// Climbs for one person after the other, some of them side by side. People with other names share no series, so each ladder counts by itself.
fn each(people: &[Target], seed: u64, climb: impl Fn(&Target, &mut Seeded) -> (bool, usize, usize) + Sync) -> Checksum {
    let (next, sum) = (AtomicUsize::new(0), Mutex::new(Checksum::default()));
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(person) = people.get(at) else { break };
            let mut random = Seeded::seed_from_u64(seed * 1_000 + at as u64);
            let (learnt, answers, left) = climb(person, &mut random);
            let mut sum = sum.lock().unwrap();
            sum.learnt += usize::from(learnt);
            sum.people += 1;
            sum.answers += answers;
            sum.bits += float(left).log2();
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    sum.into_inner().unwrap()
}

/// Ladders for the birthdays of people whose names are known, and that they were born between two days.
fn birthdays(people: &[Target], days: (NaiveDate, NaiveDate), stop: bool, seed: u64) -> Checksum {
    let all: Vec<NaiveDate> = (0..=(days.1 - days.0).num_days())
        .map(|day| days.0 + TimeDelta::days(day))
        .collect();
    each(people, seed, |person, random| {
        let names = spellings(person, random);
        let right = (Some(person.given.clone()), person.family.clone());
        let parts = [
            |born: &NaiveDate| BornAbout::Year(born.year()),
            |born: &NaiveDate| BornAbout::Month(born.year(), born.month()),
        ];
        let mut ladder = Ladder {
            memory: &mut Memory::new(settings(stop)),
            stored: &|born: &NaiveDate| question(&right, Some(*born)),
            // First the year and the month, which are fewer: with a place that is nobody's, since names alone are too little for them.
            asked: &|way, born: &NaiveDate| match (parts.get(way), way.checked_sub(parts.len())) {
                (None, Some(spelling)) => question(&names[spelling], Some(*born)),
                (part, _) => Description {
                    born_about: part.map(|part| part(born)),
                    postcode: Some("ZZ9 9ZZ".to_owned()),
                    ..question(&right, None)
                },
            },
            spellings: parts.len() + names.len(),
            truth: all[random.random_range(0..all.len())],
            possible: all.clone(),
            answers: 0,
        };
        (ladder.climb(random), ladder.answers, ladder.possible.len())
    })
}

/// Ladders for the postcodes of people whose names and birthdays are known, of so many units of a town.
fn postcodes(people: &[Target], units: usize, stop: bool, seed: u64) -> Checksum {
    let all: Vec<String> = (0..units).map(postcode).collect();
    let with = |mut question: Description, unit: &String| {
        question.postcode = Some(unit.clone());
        question
    };
    climb_all(people, &all, stop, seed, &with, day(1985, 3, 5))
}

/// Ladders for the tenancies' numbers of such people, of so many in sequence.
fn numbers(people: &[Target], tenancies: u32, stop: bool, seed: u64) -> Checksum {
    let all: Vec<String> = (0..tenancies).map(|number| format!("T{}", 100_000 + number)).collect();
    let with = |mut question: Description, number: &String| {
        question.identifiers.push(Identifier {
            system: "tenancy".to_owned(),
            value: number.clone(),
        });
        question
    };
    climb_all(people, &all, stop, seed, &with, day(1950, 7, 30))
}

/// The same for whatever a question has beside names and a date. The right birthday is 4 March 1985, and the ladder asks with another one, with which right and wrong values are answered differently.
fn climb_all(
    people: &[Target],
    all: &[String],
    stop: bool,
    seed: u64,
    with: &(dyn Fn(Description, &String) -> Description + Sync),
    asks_with: NaiveDate,
) -> Checksum {
    each(people, seed, |person, random| {
        let names = spellings(person, random);
        let right = (Some(person.given.clone()), person.family.clone());
        let mut ladder = Ladder {
            memory: &mut Memory::new(settings(stop)),
            stored: &|value: &String| with(question(&right, Some(day(1985, 3, 4))), value),
            asked: &|spelling, value: &String| with(question(&names[spelling], Some(asks_with)), value),
            spellings: names.len(),
            truth: all[random.random_range(0..all.len())].clone(),
            possible: all.to_vec(),
            answers: 0,
        };
        (ladder.climb(random), ladder.answers, ladder.possible.len())
    })
}

/// People with rare names, most of whom share nothing.
pub fn rare(count: usize, seed: u64) -> Vec<Target> {
    let mut random = Seeded::seed_from_u64(seed);
    let (family, given) = (
        Names::of("family", 30_000, 0.001, &mut random),
        Names::of("given", 4_000, 1.0, &mut random),
    );
    (0..count)
        .map(|_| target(given.one(&mut random), family.one(&mut random)))
        .collect()
}

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn without_the_stop_a_ladder_learns_birthdays() {
    let sum = birthdays(&rare(2, 1), (day(1985, 1, 1), day(1985, 12, 31)), false, 1);
    sum.tell("no stop, year known").learnt_all();
}

#[test]
fn with_the_stop_no_ladder_learns_a_postcode_or_a_number() {
    let sum = postcodes(&rare(3, 7), 600, true, 7);
    sum.tell("rare names, postcodes of 600").learnt_none();
    let sum = numbers(&rare(3, 8), 600, true, 8);
    sum.tell("rare names, numbers of 600").learnt_none();
}

/// Whoever knows a name and the year of birth guesses one of 365 days with each question that is answered, and may guess rightly.
#[test]
fn with_the_stop_a_ladder_seldom_learns_a_birthday_of_a_known_year() {
    if !crate::long() {
        return;
    }
    let sum = birthdays(&rare(12, 2), (day(1985, 1, 1), day(1985, 12, 31)), true, 2);
    sum.tell("rare names, year known");
    assert!(sum.learnt * 4 <= sum.people);
}

#[test]
fn ladders_of_twenty_days_learn_nothing() {
    if !crate::long() {
        return;
    }
    let adult = (day(1966, 1, 1), day(2008, 12, 31));
    let common = || {
        vec![
            target("John", "Smith"),
            target("Susan", "Jones"),
            target("David", "Williams"),
            target("Sarah", "Khan"),
        ]
    };
    birthdays(&rare(10, 4), adult, true, 4)
        .tell("rare names, 43 years")
        .learnt_none();
    birthdays(&common(), adult, true, 20)
        .tell("frequent names, 43 years")
        .learnt_none();
    postcodes(&rare(2, 21), 2_000, false, 21)
        .tell("no stop, postcodes of 2,000")
        .learnt_all();
    postcodes(&rare(8, 22), 2_000, true, 22)
        .tell("rare names, postcodes of 2,000")
        .learnt_none();
    postcodes(&common(), 2_000, true, 23)
        .tell("frequent names, postcodes of 2,000")
        .learnt_none();
    numbers(&rare(2, 24), 3_000, false, 24)
        .tell("no stop, numbers of 3,000")
        .learnt_all();
    numbers(&rare(8, 25), 3_000, true, 25)
        .tell("rare names, numbers of 3,000")
        .learnt_none();
    numbers(&common(), 3_000, true, 26)
        .tell("frequent names, numbers of 3,000")
        .learnt_none();
}
