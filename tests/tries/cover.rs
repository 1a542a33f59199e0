//! Whatever is answered about somebody has something in common with the questions about them by their own name, so that together they are counted.
//!
//! Each way of writing a name that the matcher takes for the right one is a ladder's next step. Here names are written in drawn ways, and whoever is found by one of them must be held fast by
//! a series that the right name has too: that of one of the names with the year at least, most often one of both.

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
const BESIDE: [&str; 15] = [
    "Mr", "van", "de la", "el", "ben", "Lord", "Abdul", "Syed", "O'", "Mac", "St", "Mohammed", "Md", "Di", "Al",
];
const PEOPLE: usize = 60;
const WAYS: usize = 300;

/// A name written in another way, or in none; and whether a letter of it is another.
fn written(name: &str, other: &Names, random: &mut Seeded) -> (String, bool) {
    let (mut name, mut slipped) = (name.to_owned(), false);
    for _ in 0..random.random_range(0..3) {
        let junk = other.one(random).to_owned();
        name = match random.random_range(0..12) {
            0..4 => {
                slipped = true;
                let slips = slips(&name);
                slips[random.random_range(0..slips.len())].clone()
            }
            4 => format!("{} {name}", BESIDE[random.random_range(0..BESIDE.len())]),
            5 => format!("{junk} {name}"),
            6 => format!("{name}-{junk}"),
            7 => (0..random.random_range(2..6)).fold(name, |name, _| format!("{} {name}", other.one(random))),
            8 => {
                slipped = true;
                name.replacen(['a', 'e', 'i', 'o', 'u'], "?", 1)
            }
            9 => name[..1].to_owned(),
            10 => String::new(),
            _ => junk,
        };
        if name.is_empty() {
            break;
        }
    }
    (name, slipped)
}

/// What holds a question fast of which these values are tried.
fn held(question: &Description, frequencies: &Frequencies, what: What) -> BTreeSet<String> {
    let series = series(question, frequencies).into_iter();
    series.filter(|one| one.what == what).map(|one| one.held).collect()
}

fn may_be_asked(asked: &Description) -> bool {
    Model::standard().lacks(asked, Thresholds::default().upper).is_none()
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
        target("Diana", "Quillfeather"),
        target("Mohammed", "Zaranov"),
        target("Albert", "Pettigrove"),
    ]);
    let (mut found, mut placed) = (0, 0);
    for Target { given, family } in &people {
        let right = question(&(Some(given.clone()), family.clone()), Some(born));
        let at = |question: &Description, born: &str| Description {
            postcode: Some("CB1 2AB".to_owned()),
            date_of_birth: born.parse().ok(),
            ..question.clone()
        };
        let home = at(&right, "1985-03-04");
        let own = held(&right, &frequencies, What::Dates);
        for _ in 0..WAYS {
            let (given_name, given_slipped) = written(given, &others, &mut random);
            let (family_name, family_slipped) = written(family, &others, &mut random);
            let mut names = (given_name, family_name);
            if random.random_range(0..4) == 0 {
                names = (names.1, names.0);
            }
            let asked = question(&(Some(names.0).filter(|name| !name.is_empty()), names.1), Some(born));
            // A place is tried with a birthday that is held fast, the right one or one near it.
            let day = ["1985-03-04", "1985-03-05"][random.random_range(0..2)];
            let asked_at_home = at(&asked, day);
            if may_be_asked(&asked_at_home) && answered(&asked_at_home, &home) > 0 {
                placed += 1;
                let own = held(&at(&right, day), &frequencies, What::Postcodes);
                assert!(
                    !own.is_disjoint(&held(&asked_at_home, &frequencies, What::Postcodes)),
                    "{asked_at_home:?} finds {given} {family} and is held fast by nothing of theirs"
                );
            }
            if !may_be_asked(&asked) || answered(&asked, &right) == 0 {
                continue;
            }
            found += 1;
            let common = held(&asked, &frequencies, What::Dates);
            let common: Vec<&String> = common.intersection(&own).collect();
            assert!(
                !common.is_empty(),
                "{asked:?} finds {given} {family} and is held fast by nothing of theirs"
            );
            // Whatever stands beside the names, where no letter is another it is closer than by one of them.
            let words = |name: &Option<String>| -> Vec<String> {
                let words = name.iter().flat_map(|name| name.split([' ', '-']));
                words.map(str::to_owned).collect()
            };
            let said = |name| {
                words(name)
                    .iter()
                    .any(|word| word.len() > 1 && !BESIDE.contains(&word.as_str()))
            };
            let both = said(&asked.given_name) && said(&asked.family_name);
            let few = |name| words(name).len() < 3;
            if both && !given_slipped && !family_slipped && few(&asked.given_name) && few(&asked.family_name) {
                assert!(
                    common.iter().any(|held| held.starts_with("names")),
                    "{asked:?} finds {given} {family} and is held fast by {common:?}"
                );
            }
        }
    }
    println!("{found} ways of writing names found somebody, and {placed} at their home");
    assert!(found > 1_000 && placed > 1_000);
}
