//! Made-up people with the names that people in Great Britain have, as often as they have them.
//!
//! Listed names have the shares of `src/matching/frequent.txt`. The others, more than half of all family names, are made of the listed ones' letters, so that they begin, end and sound
//! as names do; how often each occurs falls with its rank.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use rand::{RngExt as _, rngs::ChaCha8Rng as Seeded};
use thinkfamily::matching::{Description, Identifier};

const LIST: &str = include_str!("../../src/matching/frequent.txt");

/// Names with how often each occurs, summed up.
pub struct Names {
    names: Vec<String>,
    sums: Vec<f64>,
}

impl Names {
    /// Those of one kind, with so many others that share the rest. `more` is how much more frequent the listed ones are than the list says.
    pub fn of(kind: &str, others: usize, more: f64, random: &mut Seeded) -> Self {
        let mut listed: Vec<(String, f64)> = Vec::new();
        let mut here = false;
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_ascii_whitespace();
            let first = words.next().unwrap_or_default();
            if first.starts_with('[') {
                here = first == format!("[{kind}]");
            } else if here {
                let share: f64 = first.parse().unwrap();
                listed.extend(words.map(|name| (name.to_owned(), share * more / 100_000.0)));
            }
        }
        let told: f64 = listed.iter().map(|(_, share)| share).sum();
        let rest = (1.0 - told).max(0.0);
        let follows = follows(listed.iter().map(|(name, _)| name.as_str()));
        let rank = |place: usize| 1.0 / f64::from(u32::try_from(place).unwrap() + 30).powf(0.85);
        let all: f64 = (0..others).map(rank).sum();
        let made = (0..others).map(|place| (made(&follows, random), rank(place) / all * rest));
        let (mut names, mut sums, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (name, share) in listed.into_iter().chain(made) {
            sum += share;
            names.push(name);
            sums.push(sum);
        }
        Self { names, sums }
    }

    pub fn one(&self, random: &mut Seeded) -> &str {
        let at = random.random::<f64>() * self.sums.last().unwrap();
        let place = self.sums.partition_point(|sum| *sum < at);
        &self.names[place.min(self.names.len() - 1)]
    }
}

/// Which letters follow on two others; a blank is before and after a name.
fn follows<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<[char; 2], Vec<char>> {
    let mut follows: HashMap<[char; 2], Vec<char>> = HashMap::new();
    for name in names {
        let letters: Vec<char> = "  ".chars().chain(name.chars()).chain([' ']).collect();
        for window in letters.windows(3) {
            follows.entry([window[0], window[1]]).or_default().push(window[2]);
        }
    }
    follows
}

fn made(follows: &HashMap<[char; 2], Vec<char>>, random: &mut Seeded) -> String {
    loop {
        let (mut name, mut last) = (String::new(), [' ', ' ']);
        while name.len() < 14 {
            let next = &follows[&last];
            let letter = next[random.random_range(0..next.len())];
            if letter == ' ' {
                break;
            }
            name.push(letter);
            last = [last[1], letter];
        }
        if name.len() >= 4 {
            return name;
        }
    }
}

/// An authority's people, from whom the looked up are drawn.
pub struct Population {
    family: Names,
    given: Names,
    postcodes: Vec<String>,
}

impl Population {
    pub fn new(more: f64, random: &mut Seeded) -> Self {
        Self {
            family: Names::of("family", 30_000, more, random),
            given: Names::of("given", 4_000, 1.0, random),
            postcodes: (0..16_000).map(postcode).collect(),
        }
    }

    /// A household of one to six.
    pub fn household(&self, random: &mut Seeded) -> Vec<Description> {
        let family = self.family.one(random).to_owned();
        let postcode = self.postcodes[random.random_range(0..self.postcodes.len())].clone();
        let address = format!("{} {} Street", random.random_range(1..120), self.family.one(random));
        let size = [1, 1, 1, 1, 1, 2, 2, 3, 4, 6][random.random_range(0..10)];
        let person = |random: &mut Seeded| Description {
            given_name: Some(self.given.one(random).to_owned()),
            family_name: Some(family.clone()),
            date_of_birth: Some(birthday(random)),
            born_about: None,
            postcode: (random.random_range(0..10) < 8).then(|| postcode.clone()),
            address: (random.random_range(0..10) < 4).then(|| address.clone()),
            sex: None,
            identifiers: if random.random_range(0..10) == 0 {
                vec![number(random)]
            } else {
                Vec::new()
            },
        };
        (0..size).map(|_| person(random)).collect()
    }
}

/// Sixty sectors and more, each of some hundred units.
pub fn postcode(place: usize) -> String {
    let letter = |of: usize| char::from(b'A' + u8::try_from(of % 20).unwrap());
    let (sector, unit) = (place / 130, place % 130);
    format!(
        "CB{} {}{}{}",
        1 + sector / 9,
        1 + sector % 9,
        letter(unit / 20),
        letter(unit)
    )
}

/// Half of those who are looked up are children.
pub fn birthday(random: &mut Seeded) -> NaiveDate {
    let today = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
    let years = match random.random_range(0..100) {
        0..48 => random.random_range(0..18),
        48..94 => random.random_range(18..60),
        _ => random.random_range(60..90),
    };
    today - TimeDelta::days(years * 365 + years / 4 + random.random_range(1..365))
}

fn number(random: &mut Seeded) -> Identifier {
    Identifier {
        system: "nhs_number".to_owned(),
        value: (0..10).map(|_| char::from(b'0' + random.random_range(0..10))).collect(),
    }
}

/// The same question with one thing put right, or put wrong.
pub fn corrected(question: &Description, random: &mut Seeded) -> Description {
    let mut again = question.clone();
    match random.random_range(0..10) {
        0..4 => again.date_of_birth = again.date_of_birth.map(|born| slipped(born, random)),
        4..6 => again.postcode = Some(postcode(random.random_range(0..16_000))),
        6 => again.identifiers = vec![number(random)],
        7 => again.family_name = again.family_name.map(|name| misspelt(&name, random)),
        8 => again.given_name = again.given_name.map(|name| misspelt(&name, random)),
        _ => again.given_name = None,
    }
    again
}

/// Another day, month or year by a slip.
pub fn slipped(born: NaiveDate, random: &mut Seeded) -> NaiveDate {
    let slip = match random.random_range(0..4) {
        0 => NaiveDate::from_ymd_opt(born.year(), born.day(), born.month()),
        1 => born.with_year(born.year() - 1),
        2 => born.with_month(born.month() % 12 + 1),
        _ => None,
    };
    slip.filter(|slip| *slip != born).unwrap_or(born - TimeDelta::days(1))
}

/// A name with one letter another.
pub fn misspelt(name: &str, random: &mut Seeded) -> String {
    let at = random.random_range(0..name.len());
    let letter = char::from(b'a' + random.random_range(0..26));
    let mut letters: Vec<char> = name.chars().collect();
    letters[at] = letter;
    letters.into_iter().collect()
}
