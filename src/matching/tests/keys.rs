//! Keys: a question finds whoever it describes, including with every supported mistake, and stored keys do
//! not change.

use super::{
    super::{Description, keys},
    day, identifier, sarah,
};

/// A change to the description.
type Change = fn(&mut Description);

/// Whether a question would find somebody stored.
fn meets(asked: &Description, stored: &Description) -> bool {
    let mut kept = keys::stored(stored);
    kept.extend(keys::by_place(stored.postcode.as_deref(), stored.address.as_deref()));
    keys::asked(asked).iter().any(|key| kept.contains(key))
}

/// Whether it would without place keys, as for shielded people.
fn meets_without_place(asked: &Description, stored: &Description) -> bool {
    let kept = keys::stored(stored);
    keys::asked(asked).iter().any(|key| kept.contains(key))
}

#[expect(clippy::unnecessary_wraps, reason = "the value of a field")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn every_supported_mistake_is_found_without_the_place() {
    let stored = Description {
        family_name: text("Whitcombe-Hale"),
        ..sarah()
    };
    let only_names = Description {
        postcode: None,
        address: None,
        identifiers: Vec::new(),
        ..stored.clone()
    };
    let changes: [(&str, Change); 14] = [
        ("nothing", |_| {}),
        ("another family name", |asked| asked.family_name = text("Okafor")),
        ("another given name", |asked| asked.given_name = text("Gemma")),
        ("no given name", |asked| asked.given_name = None),
        ("exchanged", |asked| {
            std::mem::swap(&mut asked.given_name, &mut asked.family_name);
        }),
        ("day and month", |asked| asked.date_of_birth = Some(day(1987, 9, 3))),
        ("day and month, and other names", |asked| {
            (asked.given_name, asked.family_name) = (text("Gemma"), text("Okafor"));
            asked.date_of_birth = Some(day(1987, 9, 3));
        }),
        ("day", |asked| asked.date_of_birth = Some(day(1987, 3, 19))),
        ("year", |asked| asked.date_of_birth = Some(day(1978, 3, 9))),
        ("another date", |asked| asked.date_of_birth = Some(day(1962, 12, 25))),
        ("one of two family names", |asked| {
            (asked.family_name, asked.date_of_birth) = (text("Hale"), Some(day(1987, 3, 9)));
        }),
        ("a nickname and another date", |asked| {
            (asked.given_name, asked.date_of_birth) = (text("Sally"), Some(day(1962, 12, 25)));
        }),
        ("another family name, and the year", |asked| {
            (asked.family_name, asked.date_of_birth) = (text("Okafor"), Some(day(1978, 3, 9)));
        }),
        ("exchanged, and another day", |asked| {
            std::mem::swap(&mut asked.given_name, &mut asked.family_name);
            asked.date_of_birth = Some(day(1987, 3, 19));
        }),
    ];
    for (what, change) in changes {
        let mut asked = only_names.clone();
        change(&mut asked);
        assert!(meets_without_place(&asked, &stored), "{what}");
    }
}

#[test]
fn a_place_is_found_by_postcode_or_street() {
    let place = |postcode: Option<&str>, address: Option<&str>| Description {
        family_name: text("Okafor"),
        date_of_birth: Some(day(1990, 7, 21)),
        postcode: postcode.map(str::to_owned),
        address: address.map(str::to_owned),
        ..Description::default()
    };
    assert!(meets(&place(Some("zx34qt"), None), &sarah()));
    assert!(meets(&place(None, Some("14 Mil Rd")), &sarah()));
    assert!(meets(&place(Some("ZX4 3QT"), None), &sarah()), "two exchanged");
    assert!(meets(&place(Some("ZX9 9ZZ"), Some("Flat 2, 14 Mill Road")), &sarah()));
    assert!(meets(&place(None, Some("14 Abbey Mill Road")), &sarah()));
    assert!(
        !meets(&place(None, Some("14 Dunmere")), &sarah()),
        "so many live in a town"
    );
    assert!(!meets(&place(Some("ZX3 4QR"), Some("15 Mill Road")), &sarah()));
    assert!(!meets_without_place(
        &place(Some("ZX3 4QT"), Some("14 Mill Road")),
        &sarah()
    ));
}

#[test]
fn a_number_is_found_in_its_own_system_only() {
    let number = |system: &str, value: &str| Description {
        identifiers: vec![identifier(system, value)],
        ..Description::default()
    };
    assert!(meets(&number("local-case", "hc 204918"), &sarah()));
    assert!(!meets(&number("local-case", "HC-204919"), &sarah()));
    assert!(!meets(&number("school", "HC-204918"), &sarah()));
}

#[test]
fn unknown_values_have_no_key() {
    assert!(keys::stored(&Description::default()).is_empty());
    assert!(keys::asked(&Description::default()).is_empty());
    assert!(keys::by_place(None, None).is_empty());
    assert!(
        keys::by_place(Some(" "), Some("Mill Road")).is_empty(),
        "a street without a number is too many people"
    );
}

/// Keys are stored in the database. If this fails, all stored keys must be rebuilt by a migration.
#[test]
fn stored_keys_do_not_change() {
    assert_eq!(keys::stored(&sarah()), STORED);
    assert_eq!(keys::by_place(Some("ZX3 4QT"), Some("14 Mill Road, Dunmere")), BY_PLACE);
}

const STORED: [i64; 6] = [
    -7_871_549_119_551_003_002,
    -7_311_359_180_545_891_133,
    -7_041_018_176_689_263_796,
    1_279_138_290_726_040_303,
    2_623_414_518_521_965_195,
    6_738_505_958_419_408_110,
];
const BY_PLACE: [i64; 2] = [-3_029_666_120_244_645_832, -1_014_828_729_130_045_096];
