//! Tests of `telling`.

use crate::matching::{BornAbout, Description, Model};

fn told(asked: [&str; 4]) -> bool {
    let of = |[given, family, born, postcode]: [&str; 4]| Description {
        given_name: (!given.is_empty()).then(|| given.to_owned()),
        family_name: (!family.is_empty()).then(|| family.to_owned()),
        date_of_birth: born.parse().ok(),
        born_about: match born.len() {
            4 => Some(BornAbout::Year(1985)),
            7 => Some(BornAbout::Month(1985, 3)),
            _ => None,
        },
        postcode: (!postcode.is_empty()).then(|| postcode.to_owned()),
        ..Description::default()
    };
    let stored = of(["Dawn", "Hardman", "1985-03-04", "CB1 2AB"]);
    Model::standard().score(&of(asked), &stored).says_enough()
}

#[test]
fn two_of_names_and_day_are_enough_and_near_values_alone_are_not() {
    for enough in [
        ["Dawn", "Hardman", "", ""],
        ["Dawn", "Hardmann", "1985-03-04", ""],
        ["", "Hardman", "1985-03-04", ""],
        ["Dawn", "", "1985-03-04", ""],
        ["Hardman", "Dawn", "1985-03-04", ""],
        ["Dwan", "Hardmann", "1985-03-05", "CB1 2AB"],
    ] {
        assert!(told(enough), "{enough:?}");
    }
    for little in [
        ["Dawn", "Hardman", "1986-03-04", ""],
        ["Dawn", "Hardman", "1985-03-05", "CB9 9ZZ"],
        ["Dawn", "Hardman", "1985-04-03", ""],
        ["Dawn", "Hardman", "1985-03", "CB9 9ZZ"],
        ["Dawn", "Hardman", "1985", "CB9 9ZZ"],
        ["Dawn", "Hardmann", "1985-03-05", ""],
        ["Dwan", "Hardmann", "1985-03-04", ""],
        ["", "Hardmann", "1985-03-04", "CB1 2AD"],
        ["", "Hardman", "1985-03-05", "CB1 2AD"],
        ["", "", "1985-03-04", ""],
        ["Hardman", "Dawn", "1985-03-05", ""],
        ["Dawn Marie", "Hardman", "1950-01-01", "CB9 9ZZ"],
        ["Dawn", "Okonkwo", "1985-03-04", ""],
    ] {
        assert!(!told(little), "{little:?}");
    }
}
