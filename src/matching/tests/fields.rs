//! The agreement of each field, on both sides of every step.

use super::{
    super::{Agreement, Agreement::*, Description, Field, Sex},
    day, identifier, level, named,
};

#[test]
fn a_family_name_agrees_as_people_write_it() {
    let cases = [
        ("O'Brien", "o brien", Exact),
        ("O\u{2019}Brien", "OBRIEN", Exact),
        ("Müller", "Muller", Exact),
        ("Łukasiewicz", "Lukasiewicz", Exact),
        ("Jose\u{301}", "José", Exact),
        ("Smith-Jones", "Smith Jones", Exact),
        ("van der Berg", "Vanderberg", Exact),
        ("Mc Donald", "McDonald", Exact),
        ("Dr. Whitcombe", "Whitcombe", Exact),
        ("Whitcombe", "Whitcome", Slip),
        ("Whitcombe", "Whitocmbe", Slip),
        ("Whitcombe", "Wihtcomeb", Slip),
        ("Clarke", "Clark", Slip),
        ("Smith-Jones", "Jones", Part),
        ("Garcia Lopez", "Garcia", Part),
        ("Philips", "Filipps", Sounds),
        ("Whitaker", "Whitlock", Disagrees),
        ("Whitcombe", "Okafor", Disagrees),
        ("Li", "Lo", Disagrees),
        ("", "Okafor", Missing),
        ("  - ", "Okafor", Missing),
    ];
    for (one, other, wanted) in cases {
        let found = level(Field::FamilyName, &named("", one), &named("", other));
        assert_eq!(found, wanted, "{one} and {other}");
    }
}

#[test]
fn a_given_name_agrees_by_its_short_forms_too() {
    let cases = [
        ("Elizabeth", "Liz", Nickname),
        ("Liz", "Beth", Nickname),
        ("Bob", "Robert James", Nickname),
        ("Mohammed", "Mohamad", Nickname),
        ("Alex", "Alexandra", Nickname),
        ("Sarah", "Srah", Slip),
        ("Sarah", "Sahra", Sounds),
        ("Sarah", "S", Initial),
        ("Sarah", "T", Disagrees),
        ("Aisha Noor", "Aisha", Part),
        ("Sarah Jane", "Sarah", Part),
        ("Sarah Jane", "Srah", Slip),
        ("Susan", "Rsue", Similar),
        ("Anne-Marie", "Annemarie", Exact),
        ("Miss Sarah", "Sarah", Exact),
        ("Sarah", "Gemma", Disagrees),
        ("Bob", "Bill", Disagrees),
    ];
    for (one, other, wanted) in cases {
        let found = level(Field::GivenName, &named(one, ""), &named(other, ""));
        assert_eq!(found, wanted, "{one} and {other}");
    }
}

#[test]
fn swapped_names_are_recognised() {
    let levels = |one: &Description, other: &Description| {
        [Field::FamilyName, Field::GivenName].map(|field| level(field, one, other))
    };
    let sarah = named("Sarah", "Whitcombe");
    assert_eq!(levels(&sarah, &named("Whitcombe", "Sarah")), [Swapped, Swapped]);
    assert_eq!(levels(&sarah, &named("Whitcome", "Sara")), [Swapped, Swapped]);
    // Without a middle name, or with only the initial.
    assert_eq!(
        levels(&named("Sarah Jane", "Whitcombe"), &named("Whitcombe", "Sarah")),
        [Swapped, Swapped]
    );
    assert_eq!(levels(&sarah, &named("Whitcombe", "S")), [Swapped, Swapped]);
    // One is in the other's place, and the other is missing.
    assert_eq!(levels(&sarah, &named("Whitcombe", "Green")), [Disagrees, Swapped]);
    assert_eq!(levels(&sarah, &named("Gemma", "Green")), [Disagrees, Disagrees]);
    // Not swapped if they agree as they are.
    assert_eq!(
        levels(&named("James", "Thomas"), &named("James", "Thomas")),
        [Exact, Exact]
    );
    assert_eq!(
        levels(&named("Taylor", "Taylor"), &named("Taylor", "Taylor")),
        [Exact, Exact]
    );
}

#[test]
fn a_date_agrees_as_slips_make_it() {
    let born = |date| Description {
        date_of_birth: Some(date),
        ..Description::default()
    };
    let stored = day(1987, 3, 9);
    let cases = [
        (day(1987, 3, 9), Exact),
        (day(1987, 9, 3), Transposed),
        (day(1987, 3, 8), Slip),
        (day(1997, 3, 9), Slip),
        (day(1978, 3, 9), Slip),
        (day(1987, 3, 29), Slip),
        (day(1989, 3, 9), Year),
        (day(1990, 3, 9), Part),
        (day(1987, 3, 18), Part),
        (day(1987, 11, 9), Part),
        (day(1987, 4, 10), Disagrees),
        (day(1988, 9, 3), Disagrees),
    ];
    for (asked, wanted) in cases {
        assert_eq!(
            level(Field::DateOfBirth, &born(stored), &born(asked)),
            wanted,
            "{asked}"
        );
    }
    // A year more or less is a typing mistake even if two digits change; three years are not.
    let turn = born(day(2000, 5, 1));
    for (year, wanted) in [(1999, Year), (1998, Year), (1997, Part)] {
        assert_eq!(
            level(Field::DateOfBirth, &turn, &born(day(year, 5, 1))),
            wanted,
            "{year}"
        );
    }
    assert_eq!(level(Field::DateOfBirth, &turn, &Description::default()), Missing);
}

#[test]
fn a_postcode_agrees_by_unit_sector_and_district() {
    let at = |postcode: &str| Description {
        postcode: Some(postcode.to_owned()),
        ..Description::default()
    };
    let cases: [(&str, &str, Agreement); 16] = [
        ("ZX3 4QT", "zx34qt", Exact),
        ("ZX3 4QT", "ZX3 4QR", Near),
        ("ZX3 4QT", "ZX3 4BB", Near),
        ("ZX3 4QT", "ZX3 5QT", Slip),
        ("ZX3 4QT", "ZX3 4TQ", Near),
        ("ZX3 4QT", "XZ3 4QT", Slip),
        ("ZX3 4QT", "ZX34 QT", Exact),
        ("ZX3 4QT", "ZX3 5BB", Part),
        ("ZX3 4QT", "ZX3", Part),
        ("ZX3 4QT", "ZX4 5BB", Disagrees),
        ("ZX13 4QT", "ZX1 5BB", Disagrees),
        ("ZX3 4QT", "", Missing),
        ("2227", "2272", Slip),
        ("2227", "2228", Slip),
        ("2227", "2291", Part),
        ("2227", "3191", Disagrees),
    ];
    for (one, other, wanted) in cases {
        assert_eq!(
            level(Field::Postcode, &at(one), &at(other)),
            wanted,
            "{one} and {other}"
        );
    }
}

#[test]
fn an_address_agrees_by_its_words_and_numbers() {
    let at = |address: &str| Description {
        address: Some(address.to_owned()),
        ..Description::default()
    };
    let stored = at("14 Mill Road, Dunmere");
    let cases = [
        ("14 mill rd dunmere", Exact),
        ("Dunmere, Mill Road 14", Exact),
        ("41 Mill Road, Dunmere", Near),
        ("14 Mil Road, Dunmer", Exact),
        ("14 Miller Road, Dunsmore", Similar),
        ("14 Mill Road", Similar),
        ("3 Mill Lane, Dunmere", Part),
        ("9 Canal Street, Fairwick", Disagrees),
        ("", Missing),
        // A number alone does not identify a street.
        ("14", Missing),
    ];
    for (asked, wanted) in cases {
        assert_eq!(level(Field::Address, &stored, &at(asked)), wanted, "{asked}");
    }
    assert_eq!(level(Field::Address, &at("14"), &at("14")), Exact);
    assert_eq!(
        level(Field::Address, &at("14"), &at("41")),
        Disagrees,
        "no street is the same"
    );
}

#[test]
fn in_one_unit_another_number_is_another_house() {
    let at = |address: &str, postcode: &str| Description {
        address: Some(address.to_owned()),
        postcode: Some(postcode.to_owned()),
        ..Description::default()
    };
    let agree = |postcode: &str, other: &str| {
        let (one, other) = (
            at("14 Mill Road, Dunmere", postcode),
            at("41 Mill Road, Dunmere", other),
        );
        level(Field::Address, &one, &other)
    };
    assert_eq!(agree("ZX3 4QT", "ZX3 4QT"), Part);
    assert_eq!(agree("ZX3 4QT", "ZX3 4QR"), Near);
    // A postcode shared by whole towns does not identify a street.
    assert_eq!(agree("2227", "2227"), Near);
}

#[test]
fn numbers_are_compared_within_their_system() {
    let with = |all: &[(&str, &str)]| Description {
        identifiers: all.iter().map(|(system, value)| identifier(system, value)).collect(),
        ..Description::default()
    };
    let stored = with(&[("local-case", "HC-204918"), ("nhs", "999 123 4567")]);
    let cases = [
        (with(&[("local-case", "hc204918")]), Exact),
        (with(&[("Local_Case", "HC-204918")]), Exact),
        (with(&[("local-case", "HC-204981")]), Slip),
        (with(&[("local-case", "HC-999999")]), Disagrees),
        (with(&[("school", "HC-204918")]), Missing),
        (with(&[("local-case", "")]), Missing),
        (with(&[("local-case", "HC-1"), ("nhs", "9991234567")]), Exact),
    ];
    for (asked, wanted) in cases {
        assert_eq!(level(Field::Identifiers, &stored, &asked), wanted, "{asked:?}");
    }
}

#[test]
fn sexes_agree_or_not() {
    let of = |sex| Description {
        sex,
        ..Description::default()
    };
    let cases = [
        (Some(Sex::Female), Some(Sex::Female), Exact),
        (Some(Sex::Female), Some(Sex::Male), Disagrees),
        (Some(Sex::Other), Some(Sex::Male), Disagrees),
        (None, Some(Sex::Male), Missing),
    ];
    for (one, other, wanted) in cases {
        assert_eq!(level(Field::Sex, &of(one), &of(other)), wanted);
    }
}
