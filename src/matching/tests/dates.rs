//! Partial dates of birth, leap days, unborn children, and people with one name.

use chrono::{Datelike as _, NaiveDate};

use super::{
    super::{
        Agreement::{self, *},
        BornAbout, Description, Field, Model, Thresholds, Verdict, choose, keys,
    },
    day, level, named, sarah,
};

/// A description with only a date of birth: `1987`, `1987-03`, `1987-03-09`, or `*` and the expected date.
fn born(text: &str) -> Description {
    let read = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let (date_of_birth, born_about) = match (text.strip_prefix('*'), text.len()) {
        (Some(expected), _) => (None, Some(BornAbout::Expected(read(expected)))),
        (None, 4) => (None, Some(BornAbout::Year(read(&format!("{text}-01-01")).year()))),
        (None, 7) => {
            let first = read(&format!("{text}-01"));
            (None, Some(BornAbout::Month(first.year(), first.month())))
        }
        _ => (Some(read(text)), None),
    };
    Description {
        date_of_birth,
        born_about,
        ..Description::default()
    }
}

/// The person with another date of birth.
fn with_birth(of: &Description, text: &str) -> Description {
    let Description {
        date_of_birth,
        born_about,
        ..
    } = born(text);
    Description {
        date_of_birth,
        born_about,
        ..of.clone()
    }
}

fn agree(one: &str, other: &str) -> Agreement {
    level(Field::DateOfBirth, &born(one), &born(other))
}

#[test]
fn partial_dates_agree_in_what_is_known() {
    let cases = [
        ("1987", "1987-03-09", SameYear),
        ("1987", "1987-03", SameYear),
        ("1987", "1987", SameYear),
        ("1987-03", "1987-03-09", SameMonth),
        ("1987-03", "1987-03", SameMonth),
        ("1987-03", "1987-04-09", Part),
        // Derived from an age.
        ("1987", "1988-02-03", Part),
        ("1987", "1986", Part),
        ("1987-03", "1988", Part),
        ("1987-03", "1988-03-09", Part),
        ("1987-03", "1988-04-09", Disagrees),
        ("1987", "1989-03-09", Disagrees),
        ("1987", "1985", Disagrees),
    ];
    for (one, other, wanted) in cases {
        assert_eq!(agree(one, other), wanted, "{one} and {other}");
    }
    let unknown = Description::default();
    for one in ["1987", "1987-03", "*2027-02-01"] {
        assert_eq!(level(Field::DateOfBirth, &born(one), &unknown), Missing, "{one}");
    }
    // If the full date is known, nothing else counts.
    let both = Description {
        born_about: Some(BornAbout::Year(1950)),
        ..born("1987-03-09")
    };
    assert_eq!(level(Field::DateOfBirth, &both, &born("1987-03-09")), Exact);
}

#[test]
fn a_leap_day_is_a_slip_from_the_adjacent_days() {
    let cases = [
        ("2000-02-29", "2000-02-29", Exact),
        ("2000-02-29", "2000-02-28", Slip),
        ("2000-02-29", "2000-03-01", Slip),
        ("2000-02-29", "2000-02-27", Slip),
        ("2000-02-29", "2000-03-02", Disagrees),
        ("2000-02-29", "2001-03-01", Disagrees),
        ("2000-02-29", "2004-02-29", Slip),
        // Not between other months.
        ("2000-04-30", "2000-05-01", Disagrees),
        ("2001-02-28", "2001-03-01", Disagrees),
        ("2000-02", "2000-02-29", SameMonth),
    ];
    for (one, other, wanted) in cases {
        assert_eq!(agree(one, other), wanted, "{one} and {other}");
    }
}

#[test]
fn a_birth_agrees_with_the_days_around_the_expected_one() {
    let cases = [
        ("2027-02-01", Exact),
        ("*2027-02-01", Exact),
        ("2027-01-20", Expected),
        ("2026-09-14", Expected),
        ("2026-09-13", Disagrees),
        ("2027-03-01", Expected),
        ("2027-03-02", Disagrees),
        ("*2027-03-01", Expected),
        ("*2027-01-04", Expected),
        ("*2027-03-02", Disagrees),
        ("2027", SameYear),
        ("2026", SameYear),
        ("2025", Disagrees),
        ("2027-03", Expected),
        ("2026-08", Disagrees),
        // Typing mistakes do not apply: nobody wrote this day down as a date of birth.
        ("2017-02-01", Disagrees),
    ];
    for (other, wanted) in cases {
        assert_eq!(agree("*2027-02-01", other), wanted, "{other}");
    }
}

/// For all days of some distinctive years: the comparison is symmetric, a part of a date agrees with the
/// date, and only the same day is exact.
#[test]
fn dates_are_symmetric_and_agree_with_their_parts() {
    let says_the_year = |day: &NaiveDate| (day.month(), day.day()) == (1, 1) || (day.month(), day.day()) == (6, 1);
    let days = || {
        let all = day(1999, 11, 1).iter_days().take(500).step_by(7);
        all.filter(|day| !says_the_year(day))
    };
    for one in days() {
        let whole = one.to_string();
        assert_eq!(agree(&whole, &whole[..4]), SameYear, "{one}");
        assert_eq!(agree(&whole, &whole[..7]), SameMonth, "{one}");
        assert_eq!(agree(&whole, &format!("*{whole}")), Exact, "{one}");
        for other in days() {
            // The helper compares in both directions.
            let other_whole = other.to_string();
            let levels = [
                agree(&whole, &other_whole),
                agree(&whole, &other_whole[..4]),
                agree(&whole[..7], &other_whole[..7]),
                agree(&format!("*{whole}"), &other_whole),
                agree(&format!("*{whole}"), &format!("*{other_whole}")),
            ];
            assert_eq!(levels[0] == Exact, one == other, "{one} {other}");
            assert_eq!(levels[1] == SameYear, one.year() == other.year(), "{one} {other}");
            let same_month = (one.year(), one.month()) == (other.year(), other.month());
            assert_eq!(levels[2] == SameMonth, same_month, "{one} {other}");
            let late = other.signed_duration_since(one).num_days();
            assert_eq!(levels[3] >= Expected, (-140..=28).contains(&late), "{one} {other}");
            assert_eq!(levels[4] >= Expected, late.abs() <= 28, "{one} {other}");
        }
    }
}

/// More agreement in more detail never weighs less.
#[test]
fn more_agreement_of_a_date_weighs_more() {
    let weight = |text: &str| Model::standard().score(&with_birth(&sarah(), text), &sarah()).weight;
    let unknown = Description {
        date_of_birth: None,
        ..sarah()
    };
    let weights = [
        weight("1985"),
        weight("1986"),
        Model::standard().score(&unknown, &sarah()).weight,
        weight("1987"),
        weight("1987-03"),
        weight("1987-03-09"),
    ];
    assert!(weights.is_sorted(), "{weights:?}");
}

fn enough(asked: &Description) -> bool {
    Model::standard().lacks(asked, Thresholds::default().upper).is_none()
}

/// The verdict if only that person is stored.
fn answer(asked: &Description, stored: &Description) -> Verdict {
    assert!(enough(asked), "{asked:?} cannot be asked");
    let mut kept = keys::stored(stored);
    kept.extend(keys::by_place(stored.postcode.as_deref(), stored.address.as_deref()));
    if !keys::asked(asked).iter().any(|key| kept.contains(key)) {
        return Verdict::NotFound;
    }
    choose(&[Model::standard().score(asked, stored).weight], &Thresholds::default())
}

#[test]
fn a_person_with_only_a_year_is_found_by_names_and_place() {
    let stored = with_birth(&sarah(), "1987");
    let place_alone = Description {
        given_name: None,
        identifiers: Vec::new(),
        ..sarah()
    };
    assert_eq!(answer(&sarah(), &stored), Verdict::Matched(0));
    assert_eq!(answer(&place_alone, &stored), Verdict::Matched(0));
    assert_eq!(answer(&with_birth(&place_alone, "1987"), &sarah()), Verdict::Matched(0));
    assert_eq!(
        answer(&with_birth(&place_alone, "1987-03"), &stored),
        Verdict::Matched(0)
    );
    // A sibling, born in another year, is another person.
    assert_ne!(answer(&with_birth(&place_alone, "1990"), &stored), Verdict::Matched(0));
    let sister = Description {
        given_name: Some("Gemma".to_owned()),
        ..place_alone.clone()
    };
    assert_ne!(answer(&sister, &stored), Verdict::Matched(0));
    assert_ne!(answer(&with_birth(&sister, "1990-04-01"), &stored), Verdict::Matched(0));
    // Without the place a year is not enough to ask.
    assert!(!enough(&with_birth(&named("Sarah", "Whitcombe"), "1987")));
}

#[test]
fn keys_meet_without_the_place_where_the_date_is_known_in_part() {
    let meets = |asked: &Description, stored: &Description| {
        let kept = keys::stored(stored);
        keys::asked(asked).iter().any(|key| kept.contains(key))
    };
    let person = |given: &str, family: &str, text: &str| with_birth(&named(given, family), text);
    for known in ["1987", "1987-03", "1987-03-09"] {
        for other in ["1987", "1987-03", "1987-03-09"] {
            let (one, other) = (person("", "Whitcombe", known), person("Sarah", "Whitcomb", other));
            assert!(meets(&one, &other) && meets(&other, &one), "{known} {other:?}");
        }
    }
    // Both names, whatever is known of the date.
    let nothing = named("Sarah", "Whitcombe");
    assert!(meets(&person("Sarah", "Whitcombe", "1987-03-09"), &nothing));
    // A single name, written as either.
    for (asked, stored) in [
        (person("Suharno", "", "1961"), person("", "Suharno", "1961-05-02")),
        (person("", "Suharno", "1961-05-02"), person("Suharno", "", "1961")),
        (person("", "Suharno", "1961"), named("Suharno", "")),
        (named("", "Suharno"), named("Suharno", "")),
        (
            person("Suharno", "Suharno", "1961-05-02"),
            person("Suharno", "", "1961"),
        ),
    ] {
        assert!(meets(&asked, &stored), "{asked:?} {stored:?}");
    }
    // An unborn child, before and after birth, also across the new year.
    for (asked, stored) in [
        ("2027-01-20", "*2027-02-01"),
        ("2026-12-27", "*2027-02-01"),
        ("*2027-01-10", "*2026-12-28"),
    ] {
        let (asked, stored) = (person("Amy", "Lindqvist", asked), person("", "Lindqvist", stored));
        assert!(meets(&asked, &stored) && meets(&stored, &asked), "{asked:?} {stored:?}");
    }
    assert!(meets(&person("", "", "2027-02-01"), &person("", "", "*2027-02-01")));
}

#[test]
fn a_single_name_is_compared_as_either() {
    let (as_given, as_family) = (named("Suharno", ""), named("", "Suharno"));
    assert_eq!(level(Field::FamilyName, &as_given, &as_family), Exact);
    assert_eq!(level(Field::GivenName, &as_given, &as_family), Missing);
    assert_eq!(level(Field::FamilyName, &as_given, &named("", "Suharna")), Slip);
    assert_eq!(level(Field::FamilyName, &as_given, &named("", "Okafor")), Disagrees);
    // A person with both names is not compared crosswise with one who has one.
    assert_eq!(
        level(Field::FamilyName, &as_given, &named("Okafor", "Suharno")),
        Missing
    );
    let stored = Description {
        postcode: Some("ZX3 4QT".to_owned()),
        ..with_birth(&as_given, "1961-05-02")
    };
    let asked = with_birth(&as_family, "1961-05-02");
    assert_eq!(answer(&asked, &stored), Verdict::Matched(0));
}

#[test]
fn a_child_not_yet_born_is_found_by_the_family_name_and_the_day() {
    let stored = Description {
        postcode: Some("ZX3 4QT".to_owned()),
        ..with_birth(&named("", "Lindqvist"), "*2027-02-01")
    };
    let asked = |given: &str, text: &str, postcode: Option<&str>| Description {
        postcode: postcode.map(str::to_owned),
        ..with_birth(&named(given, "Lindqvist"), text)
    };
    // In another system with the same expected date.
    assert_eq!(answer(&asked("", "*2027-02-01", None), &stored), Verdict::Matched(0));
    // After the birth, by a name that nobody knew before.
    assert_eq!(
        answer(&asked("Amy", "2027-01-22", Some("ZX3 4QT")), &stored),
        Verdict::Matched(0)
    );
    assert_ne!(answer(&asked("Amy", "2027-01-22", None), &stored), Verdict::Matched(0));
    // A sibling is another person.
    for born in ["2024-06-01", "2026-03-01", "2028-01-01"] {
        assert_ne!(
            answer(&asked("Amy", born, Some("ZX3 4QT")), &stored),
            Verdict::Matched(0),
            "{born}"
        );
    }
    // Twins are two people.
    let weights =
        [&stored, &stored].map(|child| Model::standard().score(&asked("", "*2027-02-01", None), child).weight);
    assert_eq!(choose(&weights, &Thresholds::default()), Verdict::Ambiguous);
}
