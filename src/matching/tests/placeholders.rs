//! Placeholders for unknown values are no evidence.

use super::{
    super::{Agreement::*, Description, Field, Model, Thresholds, Verdict, keys, verdict},
    day, identifier, level, named, sarah,
};

#[expect(clippy::unnecessary_wraps, reason = "the value of a field")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn answer(asked: &Description, stored: &Description) -> Verdict {
    verdict(
        [&Model::standard().score(asked, stored)].into_iter(),
        &Thresholds::default(),
    )
}

#[test]
fn placeholder_names_count_as_unknown() {
    for none in [
        "Unknown",
        "NOT KNOWN",
        "n/k",
        "N/A",
        "Tbc.",
        "NULL",
        "xxx",
        "[not given]",
        "No Name",
    ] {
        assert_eq!(
            level(Field::FamilyName, &named("", none), &named("", none)),
            Missing,
            "{none}"
        );
        assert_eq!(
            level(Field::GivenName, &named(none, ""), &named(none, "")),
            Missing,
            "{none}"
        );
    }
    for none in ["Baby", "baby girl", "Infant", "MALE", "Twin 2", "Unborn"] {
        assert_eq!(
            level(Field::GivenName, &named(none, ""), &named(none, "")),
            Missing,
            "{none}"
        );
        // These are real family names.
        assert_eq!(
            level(Field::FamilyName, &named("", none), &named("", none)),
            Exact,
            "{none}"
        );
    }
    for name in ["Na", "Babyface", "Nell", "Tuan", "No", "Malek"] {
        assert_eq!(
            level(Field::GivenName, &named(name, ""), &named(name, "")),
            Exact,
            "{name}"
        );
    }
}

#[test]
fn placeholder_places_and_numbers_have_no_key() {
    let nowhere = Description {
        postcode: text("ZZ99 3VZ"),
        address: text("No fixed abode, Dunmere"),
        identifiers: vec![identifier("nhs_number", "9999999999"), identifier("nino", "n/k")],
        ..Description::default()
    };
    for field in [Field::Postcode, Field::Address, Field::Identifiers] {
        assert_eq!(level(field, &nowhere, &nowhere), Missing, "{field:?}");
    }
    assert!(keys::asked(&nowhere).is_empty());
    assert!(keys::by_place(Some("zz993wz"), Some("NFA")).is_empty());
    assert!(!keys::by_place(Some("ZX9 9VZ"), Some("1 Unknown Street")).is_empty());
}

#[test]
fn the_first_of_january_only_gives_the_year() {
    let born = |year, month, date| Description {
        date_of_birth: Some(day(year, month, date)),
        ..sarah()
    };
    let agree = |one: &Description, other: &Description| level(Field::DateOfBirth, one, other);
    assert_eq!(agree(&born(1990, 1, 1), &born(1990, 1, 1)), Missing);
    assert_eq!(agree(&born(1990, 6, 1), &born(1990, 6, 1)), Missing);
    assert_eq!(agree(&born(1990, 1, 1), &born(1990, 5, 14)), Missing);
    assert_eq!(agree(&born(1990, 1, 1), &born(1960, 1, 1)), Disagrees, "a mother");
    assert_eq!(agree(&born(1990, 1, 1), &born(1960, 5, 14)), Disagrees);
    assert_eq!(
        agree(&born(1900, 1, 1), &born(1987, 3, 9)),
        Missing,
        "nothing is known at all"
    );
    assert_eq!(agree(&born(1990, 1, 2), &born(1990, 1, 2)), Exact);
}

#[test]
fn two_of_a_frequent_name_and_a_default_birthday_are_not_one() {
    let stored = Description {
        given_name: text("Mohammed"),
        family_name: text("Ahmed"),
        date_of_birth: Some(day(1990, 1, 1)),
        postcode: text("ZX1 6PP"),
        address: text("31 Lime Road"),
        ..Description::default()
    };
    let names = Description {
        postcode: None,
        address: None,
        ..stored.clone()
    };
    assert_ne!(answer(&names, &stored), Verdict::Matched(0));
    let elsewhere = Description {
        postcode: text("ZX7 9ZZ"),
        address: text("4 Nowhere Crescent"),
        ..stored.clone()
    };
    assert_ne!(answer(&elsewhere, &stored), Verdict::Matched(0));
    assert_eq!(answer(&stored, &stored), Verdict::Matched(0), "at home they are");
}

#[test]
fn a_child_that_was_written_down_as_baby_is_known_by_its_home() {
    let stored = Description {
        given_name: text("Baby"),
        date_of_birth: Some(day(2024, 5, 5)),
        ..sarah()
    };
    let with_name = Description {
        given_name: text("Oscar"),
        identifiers: Vec::new(),
        ..stored.clone()
    };
    assert_eq!(answer(&with_name, &stored), Verdict::Matched(0));
    let another_baby = Description {
        postcode: text("ZX7 1AB"),
        address: text("9 Canal Street, Fairwick"),
        identifiers: Vec::new(),
        ..stored.clone()
    };
    assert_eq!(answer(&another_baby, &stored), Verdict::Ambiguous);
    let nowhere = Description {
        postcode: None,
        address: None,
        identifiers: Vec::new(),
        ..stored.clone()
    };
    assert_eq!(answer(&nowhere, &stored), Verdict::Ambiguous);
}

#[test]
fn placeholders_may_be_asked_about_and_find_nobody() {
    let unknown = Description {
        given_name: text("Unknown"),
        family_name: text("Unknown"),
        date_of_birth: Some(day(1990, 1, 1)),
        ..Description::default()
    };
    assert!(Model::standard().lacks(&unknown, Thresholds::default().upper).is_none());
    assert_ne!(answer(&unknown, &unknown), Verdict::Matched(0));
}
