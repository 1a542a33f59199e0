//! What questions have in common, however they are written.

use std::{collections::BTreeSet, sync::LazyLock};

use chrono::NaiveDate;

use crate::matching::{
    Description, Frequencies, Identifier, Model,
    series::{Series, What, allowance, series},
};

#[expect(clippy::unnecessary_wraps, reason = "the value of a field")]
fn born(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn asked(given: &str, family: &str, date: &str) -> Description {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Description {
        given_name: text(given),
        family_name: text(family),
        date_of_birth: (!date.is_empty()).then(|| date.parse().unwrap()),
        ..Description::default()
    }
}

static FREQUENCIES: LazyLock<Frequencies> = LazyLock::new(|| Frequencies::of(Model::standard()));

fn of(description: &Description) -> Vec<Series> {
    series(description, &FREQUENCIES)
}

/// What two questions hold fast alike while they try different values of that kind.
fn common(one: &Description, other: &Description, what: What) -> BTreeSet<String> {
    let (one, other) = (of(one), of(other));
    let pairs = one.iter().flat_map(|one| other.iter().map(move |other| (one, other)));
    let same = pairs.filter(|(one, other)| one.held == other.held && one.what == what && other.what == what);
    same.filter(|(one, other)| one.value != other.value)
        .map(|(one, _)| one.held.clone())
        .collect()
}

#[test]
fn one_name_is_one_however_it_is_written() {
    let right = asked("Dawn", "Hardman", "1985-03-04");
    for (given, family) in [
        ("Dawn", "Hardman"),
        ("DAWN", "hard-man"),
        ("Hardman", "Dawn"),
        ("Ms Dawn", "Hardmann"),
        ("Dawn Marie", "Hardman"),
        ("Dawn", "Hardman Smith"),
        ("Dawn", "Smith-Hardman"),
    ] {
        let other = asked(given, family, "1985-07-09");
        assert!(
            common(&right, &other, What::Dates)
                .iter()
                .any(|held| held.starts_with("names ")),
            "{given} {family}"
        );
    }
    // Whichever short form of whichever name.
    let (kit, chris) = (
        asked("Kit", "Hardman", "1985-03-04"),
        asked("Christopher", "Hardman", "1985-07-09"),
    );
    assert!(!common(&kit, &chris, What::Dates).is_empty());
    let (kit, kate) = (
        asked("Kit", "Hardman", "1985-03-04"),
        asked("Katherine", "Hardman", "1985-07-09"),
    );
    assert!(!common(&kit, &kate, What::Dates).is_empty());
}

#[test]
fn whichever_letter_of_a_name_is_another_something_is_held_fast() {
    let slips = |name: &str| {
        let mut all = vec![name.to_owned()];
        for at in 0..name.len() {
            for letter in ["q", "", "zz"] {
                all.push(format!("{}{letter}{}", &name[..at], &name[at + 1..]));
            }
        }
        all
    };
    let with = |mut question: Description, unit: &str| {
        question.postcode = Some(unit.to_owned());
        question
    };
    let right = with(asked("katherine", "quillfeather", "1985-03-04"), "CB1 2AB");
    for given in slips("katherine") {
        for family in slips("quillfeather") {
            let other = with(asked(&given, &family, "1985-07-09"), "CB1 2AD");
            assert!(!common(&right, &other, What::Postcodes).is_empty(), "{given} {family}");
            // With both names misspelt a near date tells nothing.
            if given == "katherine" || family == "quillfeather" {
                assert!(!common(&right, &other, What::Dates).is_empty(), "{given} {family}");
            }
        }
    }
}

#[test]
fn questions_without_a_name_or_a_date_are_series_too() {
    let place = |mut description: Description| {
        description.postcode = Some("CB1 2AB".to_owned());
        description
    };
    let given = |date| place(asked("Dawn", "", date));
    assert!(!common(&given("1985-03-04"), &given("1985-07-09"), What::Dates).is_empty());
    let family = |date| asked("", "Hardman", date);
    assert!(!common(&family("1985-03-04"), &family("1985-07-09"), What::Dates).is_empty());
    let initial = |date| asked("D", "Hardman", date);
    assert!(!common(&family("1985-03-04"), &initial("1985-07-09"), What::Dates).is_empty());
    let names = |name| place(asked(name, "", "1985-03-04"));
    assert!(!common(&names("Dawn"), &names("Ruth"), What::Names).is_empty());
    let number = |number: &str, date: Option<NaiveDate>| Description {
        date_of_birth: date,
        identifiers: vec![Identifier {
            system: "tenancy".to_owned(),
            value: number.to_owned(),
        }],
        ..Description::default()
    };
    assert!(!common(&number("T10001", None), &number("T-10002", None), What::Numbers).is_empty());
    assert!(
        common(&number("T10001", None), &number("T10001", None), What::Numbers).is_empty(),
        "one number"
    );
    let fixed = born("1985-03-04");
    assert!(!common(&number("20481936", fixed), &number("77310452", fixed), What::Numbers).is_empty());
    assert!(!common(&number("204819365", None), &number("904819365", None), What::Numbers).is_empty());
    assert!(
        !common(
            &number("T10001", fixed),
            &number("T10001", born("1985-07-09")),
            What::Dates
        )
        .is_empty()
    );
    // With names and a date it is a person's number, and others' may be near it.
    let person = |given, value| Description {
        identifiers: number(value, None).identifiers,
        ..asked(given, "Hardman", "1985-03-04")
    };
    assert!(
        common(&person("Dawn", "T10001"), &person("Ruth", "T10002"), What::Numbers)
            .iter()
            .all(|held| !held.starts_with("numbers"))
    );
    assert!(!common(&person("Dawn", "T10001"), &person("Dawn", "T77777"), What::Numbers).is_empty());
}

#[test]
fn however_many_words_names_have_a_question_has_not_many_series() {
    let mut one = asked(
        "Sir Lady Lord Dame Chris Dolpek Fangur Tibvoz",
        "Sir Lady Lord Dame Kabter Molsif Pungod Rezniw",
        "1985-03-04",
    );
    one.postcode = Some("CB1 2AB".to_owned());
    one.address = Some("3 Mill Road".to_owned());
    let held: std::collections::BTreeSet<String> = of(&one).into_iter().map(|series| series.held).collect();
    assert!(held.len() < 100, "{}", held.len());
    // What stands beside a name makes no other one of it.
    let (with, without) = (
        asked("Md Zzyx", "Zaranov", "1985-03-04"),
        asked("Mohammed", "Zaranov", "1985-03-05"),
    );
    assert!(
        common(&with, &without, What::Dates)
            .iter()
            .any(|held| held.starts_with("names"))
    );
}

#[test]
fn one_question_is_no_series_of_its_own() {
    let mut one = asked("Dawn Marie", "Hardman-Smith", "1985-03-04");
    one.postcode = Some("CB1 2AB".to_owned());
    one.address = Some("3 Mill Road".to_owned());
    let all = of(&one);
    // Each is a row.
    let held: std::collections::BTreeSet<&str> = all.iter().map(|series| series.held.as_str()).collect();
    assert!(held.len() < 80, "{}", held.len());
    for (at, series) in all.iter().enumerate() {
        let again = all[at + 1..]
            .iter()
            .any(|other| other.held == series.held && other.what == series.what);
        assert!(!again, "{series:?}");
        assert!(series.share >= 0.0 && series.share <= 1.0);
    }
    assert_eq!(all, of(&one));
    // An address is one however it is written.
    let address = |text: &str| Description {
        address: Some(text.to_owned()),
        ..asked("Dawn", "Hardman", "1985-03-04")
    };
    assert!(common(&address("3 Mill Road"), &address("3, MILL RD."), What::Addresses).is_empty());
    assert!(!common(&address("3 Mill Road"), &address("4 Mill Road"), What::Addresses).is_empty());
}

#[test]
fn frequent_names_may_be_asked_about_with_more_dates_and_rare_ones_with_few() {
    let questions = 28.0 * 5_000.0;
    let most = |given, family, prefix: &str| {
        let all = of(&asked(given, family, "1985-03-04"));
        let dates = all.iter().filter(|one| {
            one.what == What::Dates
                && one.held.starts_with(prefix)
                && (prefix.len() > 6 || !one.held.starts_with("names and"))
        });
        dates
            .map(|one| allowance(one.share * questions, 4).unwrap_or(u32::MAX))
            .min()
            .unwrap()
    };
    assert!(most("Dora", "Quillfeather", "names ") <= 8);
    assert_eq!(most("Dora", "Quillfeather", "names and year"), 4);
    let smith = most("John", "Smith", "names ");
    assert!(smith > 40, "{smith}");
    let of_one_year = most("John", "Smith", "names and year");
    assert!((6..=20).contains(&of_one_year), "{of_one_year}");
}

#[test]
fn an_allowance_grows_with_what_is_expected() {
    let mut before = 0;
    for tenth in 0..600 {
        let allowed = allowance(f64::from(tenth) / 10.0, 4).unwrap_or(u32::MAX);
        assert!(allowed >= before && allowed >= 4);
        assert!(f64::from(allowed) > f64::from(tenth) / 10.0);
        before = allowed;
    }
    assert_eq!(allowance(0.0, 4), Some(4));
    assert_eq!(allowance(1e9, 4), None);
}
