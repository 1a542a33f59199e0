//! Properties that hold for any input: tested on many pseudo-random descriptions, some with strange texts.

use chrono::Datelike as _;

use super::{
    super::{BornAbout, Description, Identifier, Model, Sex, Thresholds, Verdict, choose, keys, verdict},
    day,
};

/// A fixed pseudo-random sequence (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, of: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % of as u64).expect("below a usize")
    }

    fn text(&mut self) -> Option<String> {
        const TEXTS: [&str; 22] = [
            "",
            " ",
            "-",
            "Sarah",
            "Sara",
            "Sally",
            "Whitcombe",
            "Whitcombe-Hale",
            "O'Brien",
            "van der Berg",
            "de",
            "Dr",
            "J",
            "李",
            "李 小龙",
            "Мария",
            "ÆØÅ",
            "\u{301}\u{302}",
            "12 Mill Road, Dunmere",
            "ZX3 4QT",
            "2227",
            "\0\u{202e}😀",
        ];
        match self.below(12) {
            0 => None,
            1 => Some("ß".repeat(self.below(40_000))),
            2 => Some("van ".repeat(self.below(5_000))),
            3 => (0..self.below(9))
                .map(|_| char::from_u32(u32::try_from(self.below(0x0011_0000)).ok()?))
                .collect(),
            _ => Some(TEXTS[self.below(TEXTS.len())].to_owned()),
        }
    }

    fn description(&mut self) -> Description {
        const YEARS: [i32; 4] = [1987, 1988, 2012, -44];
        let born = day(
            YEARS[self.below(4)],
            1 + u32::try_from(self.below(12)).unwrap(),
            1 + u32::try_from(self.below(12)).unwrap(),
        );
        let numbers = self.below(4);
        Description {
            given_name: self.text(),
            family_name: self.text(),
            date_of_birth: (self.below(3) > 0).then_some(born),
            born_about: match self.below(5) {
                0 => None,
                1 => Some(BornAbout::Year(born.year())),
                2 => Some(BornAbout::Month(born.year(), born.month())),
                _ => Some(BornAbout::Expected(born)),
            },
            postcode: self.text(),
            address: self.text(),
            sex: [None, Some(Sex::Female), Some(Sex::Male), Some(Sex::Other)][self.below(4)],
            identifiers: (0..numbers)
                .map(|_| Identifier {
                    system: self.text().unwrap_or_default(),
                    value: self.text().unwrap_or_default(),
                })
                .collect(),
        }
    }
}

#[test]
fn comparison_is_symmetric() {
    let mut chance = Chance(1);
    for _ in 0..1_000 {
        let (one, other) = (chance.description(), chance.description());
        let (there, back) = (
            Model::standard().score(&one, &other),
            Model::standard().score(&other, &one),
        );
        assert_eq!(there, back, "{one:?} {other:?}");
        assert!(there.weight.is_finite());
    }
}

#[test]
fn nobody_matches_better_than_the_same_person() {
    let mut chance = Chance(2);
    for _ in 0..1_000 {
        let (one, other) = (chance.description(), chance.description());
        let (own, their) = (
            Model::standard().score(&one, &one),
            Model::standard().score(&one, &other),
        );
        // Swapped names and nicknames are rarer than equal ones, and may weigh more; but only by a few bits.
        assert!(own.weight + 12.0 > their.weight, "{one:?} {other:?}");
    }
}

#[test]
fn unknown_values_are_neutral() {
    let mut chance = Chance(3);
    let removals: [fn(&mut Description); 7] = [
        |it| it.given_name = None,
        |it| it.family_name = None,
        |it| (it.date_of_birth, it.born_about) = (None, None),
        |it| it.postcode = None,
        |it| it.address = None,
        |it| it.sex = None,
        |it| it.identifiers.clear(),
    ];
    let model = Model::standard().clone().with_households(false);
    for _ in 0..200 {
        let person = chance.description();
        for removal in removals {
            let mut less = person.clone();
            removal(&mut less);
            // It does not matter on which side it is unknown, nor what the other side says.
            let other = chance.description();
            let mut other_less = other.clone();
            removal(&mut other_less);
            // Except names: a person with only one may be asked about by the other.
            let names = [&less, &other]
                .into_iter()
                .any(|of| of.given_name.is_none() != of.family_name.is_none());
            if !names {
                let both = model.score(&less, &other_less).weight;
                assert_eq!(model.score(&less, &other).weight.to_bits(), both.to_bits());
            }
            // Compared with oneself everything agrees, so saying less never weighs more.
            assert!(
                model.score(&less, &person).weight <= model.score(&person, &person).weight + 1e-9,
                "{person:?}"
            );
        }
    }
}

#[test]
fn a_sufficient_description_finds_its_exact_copy() {
    let mut chance = Chance(4);
    let (mut asked_about, thresholds) = (0, Thresholds::default());
    for _ in 0..3_000 {
        let person = chance.description();
        let asked = keys::asked(&person);
        assert!(asked.len() <= keys::MAX_ASKED);
        assert!(asked.is_sorted_by(|one, other| one < other), "sorted, each once");
        let mut stored = keys::stored(&person);
        assert!(stored.is_sorted_by(|one, other| one < other));
        // 1 January and 1 June are placeholders for an unknown day.
        let known = person.date_of_birth.is_none_or(|born| born.day() > 1);
        if known && Model::standard().lacks(&person, thresholds.upper).is_none() {
            asked_about += 1;
            stored.extend(keys::by_place(person.postcode.as_deref(), person.address.as_deref()));
            assert!(asked.iter().any(|key| stored.contains(key)), "{person:?}");
            let score = Model::standard().score(&person, &person);
            assert_eq!(
                verdict([&score].into_iter(), &thresholds),
                Verdict::Matched(0),
                "{person:?}"
            );
        }
    }
    assert!(asked_about > 1_000, "{asked_about}");
}

#[test]
fn the_order_of_candidates_and_those_below_do_not_matter() {
    let mut chance = Chance(5);
    let thresholds = Thresholds::default();
    for _ in 0..5_000 {
        let number = chance.below(6);
        let weights: Vec<f64> = (0..number)
            .map(|_| f64::from(u32::try_from(chance.below(20)).unwrap()) - 8.0)
            .collect();
        let found = |weights: &[f64]| match choose(weights, &thresholds) {
            super::super::Verdict::Matched(at) => Some(Some(weights[at].to_bits())),
            super::super::Verdict::Ambiguous => Some(None),
            super::super::Verdict::NotFound => None,
        };
        let mut turned = weights.clone();
        turned.reverse();
        assert_eq!(found(&weights), found(&turned));
        turned.insert(chance.below(turned.len() + 1), thresholds.lower.next_down());
        assert_eq!(found(&weights), found(&turned));
    }
}

#[test]
fn long_texts_take_no_longer_than_short_ones() {
    let long = Description {
        given_name: Some("ab ".repeat(1_000_000)),
        family_name: Some("Ⅷ".repeat(1_000_000)),
        postcode: Some("Z".repeat(1_000_000)),
        address: Some("1 ab ".repeat(1_000_000)),
        identifiers: vec![
            Identifier {
                system: "s".repeat(10_000),
                value: "v".repeat(10_000),
            };
            50
        ],
        ..Description::default()
    };
    // Would take hours if anything were quadratic in the whole text.
    for _ in 0..50 {
        assert!(Model::standard().score(&long, &long).weight.is_finite());
        assert!(keys::asked(&long).len() <= keys::MAX_ASKED);
    }
}
