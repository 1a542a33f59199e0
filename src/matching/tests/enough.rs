//! What is enough to ask: whatever would find a perfect stored match.

use super::{
    super::{Description, Field, Model, Thresholds},
    identifier, sarah,
};

/// A description with some of Sarah's fields.
fn said(fields: &str) -> Description {
    let all = sarah();
    let has = |field: &str| fields.split(' ').any(|own| own == field);
    Description {
        given_name: all.given_name.filter(|_| has("given")),
        family_name: all.family_name.filter(|_| has("family")),
        date_of_birth: all.date_of_birth.filter(|_| has("born")),
        born_about: None,
        postcode: all.postcode.filter(|_| has("postcode")),
        address: all.address.filter(|_| has("address")),
        sex: all.sex.filter(|_| has("sex")),
        identifiers: Vec::new(),
    }
}

fn lacks(asked: &Description) -> Option<Vec<Field>> {
    Model::standard()
        .lacks(asked, Thresholds::default().upper)
        .map(|lack| lack.one_of)
}

#[test]
fn a_question_is_enough_where_it_could_tell_somebody_from_everybody() {
    for enough in [
        "family born",
        "given born postcode",
        "given born address",
        "given family postcode",
        "given family address",
        "given family born",
        "given family born postcode address sex",
        "family born sex",
    ] {
        assert_eq!(lacks(&said(enough)), None, "{enough}");
    }
}

#[test]
fn an_insufficient_question_says_what_is_missing() {
    use Field::{Address, DateOfBirth, FamilyName, GivenName, Postcode};
    for (asked, wanted) in [
        ("", vec![]),
        ("sex", vec![]),
        ("born", vec![FamilyName, GivenName]),
        // Anybody in the home is not a particular person.
        ("family postcode address", vec![GivenName, DateOfBirth]),
        ("family postcode sex", vec![GivenName, DateOfBirth]),
        ("postcode address", vec![GivenName]),
        // Twins share all of these.
        ("born postcode address sex", vec![FamilyName, GivenName]),
        // Two people with the same name are different people.
        ("given family sex", vec![DateOfBirth, Postcode, Address]),
    ] {
        assert_eq!(lacks(&said(asked)), Some(wanted), "{asked}");
    }
}

#[test]
fn placeholders_are_not_counted() {
    let nothing = Description {
        family_name: Some(" - ".to_owned()),
        ..said("born")
    };
    assert!(lacks(&nothing).is_some());
    let number = Description {
        identifiers: vec![identifier("nhs_number", " ")],
        ..said("")
    };
    assert!(lacks(&number).is_some());
    // Only a full postcode can match in full.
    let district = Description {
        postcode: Some("ZX3".to_owned()),
        ..said("given family")
    };
    assert!(lacks(&district).is_some());
}

#[test]
fn it_is_the_model_and_the_threshold_that_decide() {
    let (asked, strict) = (said("family born"), 40.0);
    assert!(Model::standard().lacks(&asked, strict).is_some());
    assert!(
        Model::standard()
            .lacks(&said("given family born postcode address sex"), 20.0)
            .is_none()
    );
}
