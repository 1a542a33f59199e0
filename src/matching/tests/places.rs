//! A place, and the number of a place, can be evidence for a match but never against.

use super::{
    super::{Agreement, Description, Field, Model, Score},
    day, identifier, sarah,
};

fn score(asked: &Description, stored: &Description) -> Score {
    let score = Model::standard().score(asked, stored);
    assert_eq!(
        score,
        Model::standard().score(stored, asked),
        "the order made a difference"
    );
    score
}

fn level(score: &Score, field: Field) -> Agreement {
    let found = score.fields.iter().find(|comparison| comparison.field == field);
    found.expect("every field is compared").level
}

/// Sarah with this address and these numbers.
fn at(postcode: &str, address: &str, numbers: &[(&str, &str)]) -> Description {
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Description {
        postcode: known(postcode),
        address: known(address),
        identifiers: numbers
            .iter()
            .map(|(system, value)| identifier(system, value))
            .collect(),
        ..sarah()
    }
}

/// Places and numbers to ask about: right, similar, wrong, nonsense, none.
const PLACES: [(&str, &str); 8] = [
    ("ZX3 4QT", "14 Mill Road, Dunmere"),
    ("ZX3 4QP", "41 Mill Road"),
    ("ZX3 4QT", "9 Canal Street, Fairwick"),
    ("AB1 2CD", "14 Mill Road, Dunmere"),
    ("AB1 2CD", "9 Canal Street, Fairwick"),
    ("ZX3", ""),
    ("?", "-"),
    ("", ""),
];
const NUMBERS: [&[(&str, &str)]; 7] = [
    &[],
    &[("tenancy", "T-204918")],
    &[("TENANCY", "t204981")],
    &[("upn", "A123456789012"), ("tenancy", "T-999111")],
    &[("nino", "QQ204918C")],
    &[("nino", "QW102938C")],
    &[("nino", "QQ204918C"), ("tenancy", "T-000001")],
];
const ALL_OF_HERS: &[(&str, &str)] = &[("tenancy", "T-204918"), ("upn", "Z900000010101"), ("nino", "QQ204918C")];
const NOT_OF_A_PLACE: &[(&str, &str)] = &[("nino", "QQ204918C")];

/// Others who may or may not be meant: a misspelt name, another birthday, a sister.
fn others(of: &Description) -> Vec<Description> {
    let day = of.date_of_birth.expect("a day");
    let named = |given: &str| Description {
        given_name: Some(given.to_owned()),
        ..of.clone()
    };
    let born = |days| Description {
        date_of_birth: Some(day + chrono::TimeDelta::days(days)),
        ..of.clone()
    };
    let sister = Description {
        date_of_birth: Some(day + chrono::TimeDelta::days(500)),
        ..named("Gemma")
    };
    let bare = Description {
        family_name: None,
        given_name: None,
        ..of.clone()
    };
    vec![
        of.clone(),
        named("Sara"),
        named("Gemma"),
        born(3),
        born(-4000),
        sister,
        bare,
    ]
}

#[test]
fn places_never_lower_a_score() {
    let stored = at("ZX3 4QT", "14 Mill Road, Dunmere", ALL_OF_HERS);
    for (postcode, address) in PLACES {
        for numbers in NUMBERS {
            for asked in others(&at(postcode, address, numbers)) {
                let less = Description {
                    postcode: None,
                    address: None,
                    identifiers: asked
                        .identifiers
                        .iter()
                        .filter(|number| !number.is_of_a_place())
                        .cloned()
                        .collect(),
                    ..asked.clone()
                };
                let (with, without) = (score(&asked, &stored), score(&less, &stored));
                assert!(with.weight >= without.weight, "{asked:?}");
            }
        }
    }
}

#[test]
fn a_wrong_place_is_answered_as_if_no_place_were_compared() {
    let sheltered = at("", "", NOT_OF_A_PLACE);
    let elsewhere = at(
        "QX91 7WW",
        "Zzyzx 803",
        &[("tenancy", "ELSE000"), ("upn", "WWWW"), ("nino", "QQ204918C")],
    );
    for (postcode, address) in PLACES {
        for numbers in NUMBERS {
            for asked in others(&at(postcode, address, numbers)) {
                // The levels too, since they may be shown.
                assert_eq!(score(&asked, &elsewhere), score(&asked, &sheltered), "{asked:?}");
            }
        }
    }
}

#[test]
fn helpful_places_show_their_level_and_others_show_missing() {
    use Agreement::{Disagrees, Exact, Missing};
    let stored = at("ZX3 4QT", "14 Mill Road, Dunmere", ALL_OF_HERS);
    let told = |asked: &Description| {
        let score = score(asked, &stored);
        [Field::Postcode, Field::Address, Field::Identifiers].map(|field| level(&score, field))
    };
    assert_eq!(
        told(&at("ZX3 4QT", "14 Mill Road, Dunmere", ALL_OF_HERS)),
        [Exact, Exact, Exact]
    );
    // The street outweighs the postcode.
    assert_eq!(
        told(&at("AB1 2CD", "14 Mill Road, Dunmere", &[])),
        [Disagrees, Exact, Missing]
    );
    assert_eq!(told(&at("AB1 2CD", "", &[("tenancy", "T-777777")])), [Missing; 3]);
    assert_eq!(
        told(&at("", "", &[("tenancy", "T-204918"), ("nino", "QW102938C")])),
        [Missing, Missing, Exact]
    );
}

#[test]
fn other_numbers_still_rule_out() {
    let stored = at("", "", ALL_OF_HERS);
    let weight = |numbers: &[(&str, &str)]| score(&at("", "", numbers), &stored).weight;
    assert!(weight(&[("nino", "QW102938C")]) < weight(&[]));
    assert!(weight(&[("nino", "QW102938C"), ("upn", "A1")]) < weight(&[]));
    assert_eq!(weight(&[("upn", "A1")]).to_bits(), weight(&[]).to_bits());
}

#[test]
fn a_namesake_born_nearly_on_the_same_day_may_be_the_person_and_no_more() {
    let stored = at("ZX3 4QT", "14 Mill Road, Dunmere", ALL_OF_HERS);
    let weight = |born: chrono::NaiveDate, postcode: &str, numbers: &[(&str, &str)]| {
        let asked = Description {
            date_of_birth: Some(born),
            ..at(postcode, "", numbers)
        };
        score(&asked, &stored).weight
    };
    let (slip, part, turned) = (day(1987, 3, 8), day(1987, 3, 21), day(1987, 9, 3));
    // Asking about a place makes no difference unless it is the right one.
    for postcode in ["", "AB1 2CD"] {
        assert_eq!((weight(slip, postcode, &[]), weight(part, postcode, &[])), (0.0, 0.0));
        assert!(weight(turned, postcode, &[]) <= 0.0);
        assert!(weight(slip, postcode, NOT_OF_A_PLACE) > 4.0, "a number agrees");
    }
    assert!(weight(slip, "ZX3 4QT", &[]) > 4.0);
}
