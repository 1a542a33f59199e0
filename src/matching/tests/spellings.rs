//! Names in many languages, and as programs corrupt them. Everything else is equal, so only the name counts.

use super::{
    super::{Agreement, Agreement::*, Description, Field},
    level, named,
};

fn given(one: &str, other: &str) -> Agreement {
    level(Field::GivenName, &named(one, ""), &named(other, ""))
}

fn family(one: &str, other: &str) -> Agreement {
    level(Field::FamilyName, &named("", one), &named("", other))
}

#[test]
fn what_looks_like_a_title_or_the_beginning_of_a_name_may_be_the_name() {
    for (one, other, wanted) in [
        ("Abdul Rahim", "Abdul", Part),
        ("Abdul Rahim", "Rahim", Part),
        ("Abdul Rahim", "Abdur", Nickname),
        ("El Amin", "Amin", Part),
        ("El Amin", "Elamin", Exact),
        ("Mac Henry", "Mac", Part),
        ("Mac Henry", "Henry", Part),
        ("St Clare", "Clare", Part),
        ("Junior Ellis", "Junior", Part),
        ("Junior", "Junior Winston", Part),
        ("Van", "Van Minh", Part),
        ("Master", "Master", Exact),
    ] {
        assert_eq!(given(one, other), wanted, "{one} and {other}");
    }
    for (one, other, wanted) in [
        ("Lord", "Lord-Hughes", Part),
        ("Lord", "Hughes Lord", Part),
        ("Dame", "Dame Rivers", Part),
        ("Miss", "Miss", Exact),
        ("St John", "Saint John", Exact),
        ("St. John", "StJohn", Exact),
        ("Ste Marie", "Sainte-Marie", Exact),
        ("Mrs Rivers", "Rivers", Exact),
    ] {
        assert_eq!(family(one, other), wanted, "{one} and {other}");
    }
}

#[test]
fn what_many_names_begin_with_is_not_the_name() {
    // Two brothers.
    for (one, other) in [
        ("Mohammed Rafi", "Mohammed Tahir"),
        ("Md Rafi", "Muhammad Tahir"),
        ("Abdul Karim", "Abdul Hakim"),
        ("Syed Rafi", "Syed Tahir"),
    ] {
        assert!(given(one, other) < Slip, "{one} and {other}");
    }
    assert_eq!(family("van der Meer", "van Dijk"), Disagrees);
    assert_eq!(family("de la Rue", "de Souza"), Disagrees);
    for (one, other, wanted) in [
        ("Mohammed Rafi", "Mohammed", Part),
        ("Mohammed Rafi", "Muhammad", Nickname),
        ("Mohammed Rafi", "Rafi", Part),
        ("Mohammed Rafi", "Md Rafi", Nickname),
        ("Mohammed Rafi", "M Rafi", Part),
    ] {
        assert_eq!(given(one, other), wanted, "{one} and {other}");
    }
}

#[test]
fn short_forms_of_many_languages_are_known() {
    for (one, other) in [
        ("Katarzyna", "Kasia"),
        ("Małgorzata", "Gosia"),
        ("Tomasz", "Tomek"),
        ("Wojciech", "Wojtek"),
        ("Alexandru", "Sandu"),
        ("Gheorghe", "Gigi"),
        ("Francisco", "Chico"),
        ("Mehmet", "Memo"),
        ("Dafydd", "Dai"),
        ("Pádraig", "Paddy"),
        ("Seán", "Shaun"),
        ("Oluwaseun", "Seun"),
        ("Oleksandr", "Sasha"),
        ("Harpreet", "Harry"),
        ("Ayesha", "Aisha"),
        ("Yousuf", "Youssef"),
    ] {
        assert!(given(one, other) >= Slip, "{one} and {other}: {:?}", given(one, other));
    }
    // A short form of two names does not link them.
    assert!(given("Katarzyna", "Malgorzata") < Slip);
    assert!(given("Andrzej", "Andrei") != Nickname);
}

#[test]
fn spoilt_letters_are_read_as_they_were_meant() {
    for (one, other, wanted) in [
        ("Chloë", "ChloÃ«", Exact),
        ("Renée", "RenÃ©e", Exact),
        // Corrupted twice.
        ("Renée", "RenÃƒÂ©e", Exact),
        ("Renée", "Ren&eacute;e", Exact),
        ("Renée", "Ren&#233;e", Exact),
        ("Renée", "Ren&#xE9;e", Exact),
        ("Chloë", "Chlo?", Slip),
        ("Chloë", "Chlo\u{fffd}", Slip),
        ("Renée", "Ren??e", Slip),
        ("Jürgen", "Juergen", Slip),
        ("Özgür", "Oezguer", Slip),
        ("Håkon", "Haakon", Slip),
    ] {
        assert_eq!(given(one, other), wanted, "{one} and {other}");
    }
    for (one, other, wanted) in [
        ("D'Arcy", "D&#39;Arcy", Exact),
        ("D'Arcy", "Dâ€™Arcy", Exact),
        ("D'Arcy", "D Arcy", Exact),
        ("Ibáñez", "IbÃ¡Ã±ez", Exact),
        ("Ibáñez", "Ib??ez", Slip),
        ("Müller", "M?ller", Slip),
        ("Gündüz", "Guenduez", Slip),
        ("Wiśniewska", "Wisniewski", Slip),
        ("Ivanova", "Ivanov", Slip),
        ("Núñez Prieto", "Prieto Núñez", Part),
        ("Smith & Sons", "Smith &amp; Sons", Exact),
        ("Okafor", "??????", Missing),
        ("Okafor", "?", Missing),
        ("Okafor", "O????r", Disagrees),
    ] {
        assert_eq!(family(one, other), wanted, "{one} and {other}");
    }
}

#[test]
fn somebody_with_one_name_is_asked_for_by_either() {
    let only_given = Description {
        given_name: Some("Sukarno".to_owned()),
        ..Description::default()
    };
    let only_family = Description {
        family_name: Some("Sukarno".to_owned()),
        ..Description::default()
    };
    let levels = |one: &Description, other: &Description| {
        [Field::FamilyName, Field::GivenName].map(|field| level(field, one, other))
    };
    assert_eq!(levels(&only_given, &only_family), [Exact, Missing]);
    assert_eq!(levels(&only_given, &only_given), [Missing, Exact]);
    assert_eq!(levels(&only_given, &named("Ahmed", "Sukarno")), [Missing, Swapped]);
    assert_eq!(levels(&only_family, &named("Sukarno", "Ahmed")), [Missing, Swapped]);
    assert_eq!(levels(&only_given, &named("Ahmed", "Okafor")), [Missing, Disagrees]);
}
