//! Identifiers in other systems: normalisation, check digits, and strength as evidence.

use super::{
    super::{
        Agreement, Agreement::*, Description, Field, Model, Thresholds, Verdict, WrongNumber, folded_number, keys,
        verdict, wrong_number,
    },
    day, identifier, level, sarah,
};

fn with(system: &str, value: &str) -> Description {
    Description {
        identifiers: vec![identifier(system, value)],
        ..Description::default()
    }
}

fn agree(system: &str, one: &str, other: &str) -> Agreement {
    level(Field::Identifiers, &with(system, one), &with(system, other))
}

#[test]
fn it_does_not_matter_how_a_number_is_written() {
    for (system, one, other) in [
        ("nhs_number", "999 000 0018", "9990000018"),
        ("nhs_number", "999-000-0018", "9990000018"),
        ("nino", "zz 99 00 01 c", "ZZ990001C"),
        ("nino", "ZZ990001", "ZZ990001C"),
        ("nino", "ZZ990001D", "ZZ990001C"),
        ("police_reference", "0012345", "12345"),
        ("tenancy", "000-77", "77"),
        ("upn", "h801 2000 01001", "H801200001001"),
    ] {
        assert_eq!(agree(system, one, other), Exact, "{one} and {other}");
        let key = |value| keys::asked(&with(system, value));
        assert_eq!(key(one), key(other), "{one} and {other}");
        assert_eq!(folded_number(system, one), folded_number(system, other));
    }
    assert_ne!(
        folded_number("police_reference", "120"),
        folded_number("police_reference", "12")
    );
    assert_ne!(folded_number("nino", "ZZ990001C"), folded_number("nino", "ZZ990002C"));
}

#[test]
fn a_slip_of_a_checked_number_is_wrong_and_never_another_person_s() {
    // Two valid ones that differ little: two people.
    assert_eq!(agree("nhs_number", "9990000018", "9990000026"), Disagrees);
    assert_eq!(agree("nhs_number", "9990000018", "9990000019"), Slip);
    assert_eq!(agree("nino", "ZZ990001C", "ZZ990002C"), Slip);
}

#[test]
fn invalid_numbers_say_what_is_wrong() {
    for (system, value, wanted) in [
        ("nhs_number", "9990000018", None),
        ("nhs_number", "999 000 0018", None),
        ("nhs_number", "9990000019", Some(WrongNumber::NhsNumber)),
        ("nhs_number", "99900000", Some(WrongNumber::NhsNumber)),
        ("nhs_number", "9.99E+09", Some(WrongNumber::Scientific)),
        ("tenancy", "1.23457E+11", Some(WrongNumber::Scientific)),
        ("tenancy", "12E34", None),
        // They pass the check, but are nobody's.
        ("nhs_number", "9999999999", Some(WrongNumber::Placeholder)),
        ("nhs_number", "0000000000", Some(WrongNumber::Placeholder)),
        ("nino", "QQ123456C", Some(WrongNumber::Placeholder)),
        ("police_reference", "unknown", Some(WrongNumber::Placeholder)),
        ("upn", "H801200001001", None),
        ("upn", "H801200001002", Some(WrongNumber::Upn)),
        ("upn", "A801200001001", Some(WrongNumber::Upn)),
        ("upn", "H80120000100", Some(WrongNumber::Upn)),
        ("nino", "ZZ990001C", None),
    ] {
        assert_eq!(wrong_number(system, value), wanted, "{system} {value}");
    }
}

#[test]
fn every_single_slip_in_an_nhs_number_is_seen() {
    let right = "9990000018";
    for at in 0..10 {
        for digit in '0'..='9' {
            let mut other: Vec<char> = right.chars().collect();
            other[at] = digit;
            let other: String = other.into_iter().collect();
            assert_eq!(wrong_number("nhs_number", &other).is_none(), other == right, "{other}");
        }
    }
}

fn answer(asked: &Description, stored: &Description) -> Verdict {
    verdict(
        [&Model::standard().score(asked, stored)].into_iter(),
        &Thresholds::default(),
    )
}

#[test]
fn a_number_that_is_one_person_s_finds_alone_and_others_need_a_second_fact() {
    for (system, value, alone) in [
        ("nhs_number", "9990000018", true),
        ("nino", "ZZ990001C", true),
        ("upn", "H801200001001", false),
        ("police_reference", "AB/77/12", false),
        ("tenancy", "0077", false),
    ] {
        let stored = Description {
            identifiers: vec![identifier(system, value)],
            ..sarah()
        };
        let only = with(system, value);
        assert_eq!(answer(&only, &stored) == Verdict::Matched(0), alone, "{system}");
        let upper = Thresholds::default().upper;
        assert_eq!(Model::standard().lacks(&only, upper).is_none(), alone, "{system}");
        let named = Description {
            family_name: sarah().family_name,
            ..only
        };
        assert_eq!(
            answer(&named, &stored),
            Verdict::Matched(0),
            "{system} and the family name"
        );
        assert!(Model::standard().lacks(&named, upper).is_none(), "{system}");
    }
    // An invalid number is no better than those of other systems.
    let slip = with("nhs_number", "9990000019");
    let lack = Model::standard()
        .lacks(&slip, Thresholds::default().upper)
        .expect("too little");
    assert!(lack.wrong_number);
}

#[test]
fn two_nhs_numbers_are_two_people_whatever_else_agrees() {
    let stored = Description {
        identifiers: vec![identifier("nhs_number", "9990000018")],
        ..sarah()
    };
    let asked = Description {
        identifiers: vec![identifier("nhs_number", "9990000026")],
        ..sarah()
    };
    assert_eq!(answer(&asked, &stored), Verdict::Ambiguous);
    // A typing mistake is not another number.
    let slipped = Description {
        identifiers: vec![identifier("nhs_number", "9990000081")],
        ..sarah()
    };
    assert_eq!(answer(&slipped, &stored), Verdict::Matched(0));
}

#[test]
fn the_number_of_a_tenancy_does_not_tell_one_of_a_home_from_another() {
    let stored = Description {
        identifiers: vec![identifier("tenancy", "T/4711")],
        ..sarah()
    };
    let twin = Description {
        given_name: Some("Daniel".to_owned()),
        ..stored.clone()
    };
    let scores = [&stored, &twin].map(|one| Model::standard().score(&twin, one));
    assert!(scores[0].weight <= 0.0, "{}", scores[0].weight);
    let brother = Description {
        date_of_birth: Some(day(1990, 7, 21)),
        ..twin
    };
    assert_eq!(answer(&brother, &stored), Verdict::NotFound);
    let with_own = Description {
        identifiers: vec![identifier("police_reference", "AB/77/12")],
        ..stored.clone()
    };
    let renamed = Description {
        given_name: Some("Daniel".to_owned()),
        ..with_own.clone()
    };
    assert_eq!(
        answer(&renamed, &with_own),
        Verdict::Matched(0),
        "a number of one's own does"
    );
}
