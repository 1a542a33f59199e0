//! Whatever is answered about somebody has something in common with the questions about them by their own name, so that together they are counted.
//!
//! Each way of writing a name that the matcher takes for the right one is a ladder's next step. Here names are written in drawn ways, and whoever is found by one of them must be held fast by
//! a series that the right name has too: a closer one for a slip, and at least that of one of the names with the year.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rand::{RngExt as _, SeedableRng as _, rngs::ChaCha8Rng as Seeded};
use thinkfamily::matching::{
    Description, Frequencies, Model, Thresholds,
    series::{What, series},
};

use crate::{
    ladder::{Target, answered, question, rare, slips, target},
    people::Names,
};

/// Words that stand beside names, or are none.
const BESIDE: [&str; 12] = [
    "Mr", "van", "de la", "el", "ben", "Lord", "Abdul", "Syed", "O'", "Mac", "St", "Mohammed",
];
const PEOPLE: usize = 60;
const WAYS: usize = 300;

/// A name written in another way, or in none.
fn written(name: &str, other: &Names, random: &mut Seeded) -> String {
    let mut name = name.to_owned();
    for _ in 0..random.random_range(0..3) {
        let junk = other.one(random).to_owned();
        name = match random.random_range(0..12) {
            0..4 => {
                let slips = slips(&name);
                slips[random.random_range(0..slips.len())].clone()
            }
            4 => format!("{} {name}", BESIDE[random.random_range(0..BESIDE.len())]),
            5 => format!("{junk} {name}"),
            6 => format!("{name}-{junk}"),
            7 => (0..random.random_range(2..6)).fold(name, |name, _| format!("{} {name}", other.one(random))),
            8 => name.replacen(['a', 'e', 'i', 'o', 'u'], "?", 1),
            9 => name[..1].to_owned(),
            10 => String::new(),
            _ => junk,
        };
        if name.is_empty() {
            break;
        }
    }
    name
}

/// What holds a question fast whose dates are tried.
fn held(question: &Description, frequencies: &Frequencies) -> BTreeSet<String> {
    let series = series(question, frequencies).into_iter();
    series
        .filter(|one| one.what == What::Dates)
        .map(|one| one.held)
        .collect()
}

#[test]
fn whatever_finds_somebody_is_held_fast_by_what_their_name_is() {
    let mut random = Seeded::seed_from_u64(31);
    let frequencies = Frequencies::of(Model::standard());
    let others = Names::of("given", 4_000, 1.0, &mut random);
    let born: NaiveDate = "1985-03-04".parse().unwrap();
    let mut people = rare(PEOPLE, 32);
    people.extend([
        target("Alexandra", "Khan"),
        target("John", "Smith"),
        target("Mohammed Tariq", "Hussain"),
        target("Mary-Ann", "de la Cruz"),
        target("Li", "Ng"),
    ]);
    let (mut found, mut close) = (0, 0);
    for Target { given, family } in &people {
        let right = question(&(Some(given.clone()), family.clone()), Some(born));
        let own = held(&right, &frequencies);
        for _ in 0..WAYS {
            let mut names = (
                written(given, &others, &mut random),
                written(family, &others, &mut random),
            );
            if random.random_range(0..4) == 0 {
                names = (names.1, names.0);
            }
            let asked = question(&(Some(names.0).filter(|name| !name.is_empty()), names.1), Some(born));
            let may_be_asked = Model::standard().lacks(&asked, Thresholds::default().upper).is_none();
            if !may_be_asked || answered(&asked, &right) == 0 {
                continue;
            }
            found += 1;
            let common: Vec<String> = held(&asked, &frequencies).intersection(&own).cloned().collect();
            assert!(
                !common.is_empty(),
                "{asked:?} finds {given} {family} and is held fast by nothing of theirs"
            );
            let is_close = common.iter().any(|held| held.contains("names"));
            close += u32::from(is_close);
        }
    }
    println!("{found} ways of writing names found somebody; {close} of them closely held");
    assert!(found > 1_000);
}
