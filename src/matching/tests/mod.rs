//! Tests of what matching guarantees.

mod alone;
mod answers;
mod dates;
mod enough;
mod fields;
mod keys;
mod models;
mod numbers;
mod placeholders;
mod places;
mod properties;
mod rarity;
mod series;
mod slips;
mod spellings;

use chrono::NaiveDate;

use super::{Agreement, Description, Field, Identifier, Sex, compare};

/// A fictitious person of whom everything is known.
fn sarah() -> Description {
    Description {
        given_name: Some("Sarah".to_owned()),
        family_name: Some("Whitcombe".to_owned()),
        date_of_birth: Some(day(1987, 3, 9)),
        born_about: None,
        postcode: Some("ZX3 4QT".to_owned()),
        address: Some("14 Mill Road, Dunmere".to_owned()),
        sex: Some(Sex::Female),
        identifiers: vec![identifier("local-case", "HC-204918")],
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn identifier(system: &str, value: &str) -> Identifier {
    Identifier {
        system: system.to_owned(),
        value: value.to_owned(),
    }
}

/// The agreement of a field of two descriptions, in both directions.
fn level(field: Field, one: &Description, other: &Description) -> Agreement {
    let find = |one, other| {
        let found = compare(one, other)
            .into_iter()
            .find(|comparison| comparison.field == field);
        found.expect("every field is compared").level
    };
    let level = find(one, other);
    assert_eq!(level, find(other, one), "the order made a difference");
    level
}

/// A description with only these names.
fn named(given: &str, family: &str) -> Description {
    Description {
        given_name: Some(given.to_owned()),
        family_name: Some(family.to_owned()),
        ..Description::default()
    }
}
