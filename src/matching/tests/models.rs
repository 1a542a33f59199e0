//! Models: the built-in one, files that are refused, and estimation.

use super::{
    super::{Agreement, Description, Field, Model, ModelError, train},
    day, named, sarah,
};

const FILE: &str = include_str!("../model.toml");

fn refused(text: &str) -> ModelError {
    Model::parse(text).expect_err("the model is refused")
}

#[test]
fn the_built_in_model_is_read_and_written_again() {
    let model = Model::standard();
    assert_eq!(Model::parse(&model.to_toml()).as_ref(), Ok(model));
}

#[test]
fn in_the_built_in_model_to_agree_speaks_for_and_to_differ_against() {
    let model = Model::standard();
    for (field, odds) in Field::ALL.into_iter().zip(&model.fields) {
        let weights: Vec<f64> = odds.iter().map(|odds| (odds.m / odds.u).log2()).collect();
        assert!(weights[0] < 0.0, "{field:?} disagrees: {}", weights[0]);
        let most = weights.iter().copied().fold(f64::MIN, f64::max);
        assert!(weights[weights.len() - 1] > 0.0 && most > 0.0, "{field:?}");
    }
}

#[test]
fn model_errors_name_their_location() {
    let line = |start: &str| {
        let found = FILE.lines().find(|line| line.starts_with(start));
        found.expect("the line is there").to_owned()
    };
    let (prior, slip, others) = (line("prior"), line("slip"), line("others"));
    let cases = [
        (FILE.replacen("format = 1", "format = 2", 1), "format"),
        (FILE.replacen("format = 1\n", "", 1), "format"),
        (FILE.replacen(&prior, "prior = nan", 1), "prior"),
        (FILE.replacen(&prior, "prior = -99.0", 1), "prior"),
        (FILE.replacen("households = true", "households = 1", 1), "households"),
        (FILE.replacen(&slip, "", 1), "family_name.slip"),
        (
            FILE.replacen(&slip, "slip = { m = 0.0, u = 0.1 }", 1),
            "family_name.slip.m",
        ),
        (
            FILE.replacen(&slip, "slip = { m = 0.1, u = -0.1 }", 1),
            "family_name.slip.u",
        ),
        (
            FILE.replacen(&slip, "slip = { m = 0.1, u = 0.1, w = 1 }", 1),
            "family_name.slip.w",
        ),
        (
            FILE.replacen(&slip, "slip = { m = 0.5, u = 0.00100551 }", 1),
            "family_name.*.m",
        ),
        (
            FILE.replacen(&slip, &format!("{slip}\nblip = 1"), 1),
            "family_name.blip",
        ),
        (FILE.replacen("[sex]", "[gender]", 1), "sex"),
        (format!("{FILE}\n[shoe_size]\n"), "shoe_size"),
        ("format = 1\nprior = \n".to_owned(), "line 2"),
        (
            FILE.replacen("[names.given_name]", "[names.shoes]", 1),
            "names.given_name",
        ),
        (format!("{FILE}\n[names.shoes]\n"), "names.shoes"),
        (FILE.replacen(&others, "others = nan", 1), "names.family_name.others"),
        (FILE.replacen(&others, "", 1), "names.family_name.others"),
        (
            FILE.replacen(&others, &format!("{others}\n\"7\" = \"lee\""), 1),
            "names.family_name.7",
        ),
        (
            FILE.replacen(&others, &format!("{others}\n\"1.1\" = 4"), 1),
            "names.family_name.1.1",
        ),
        (
            FILE.replacen(&others, &format!("{others}\n\"4\" = \"ash ash\""), 1),
            "names.family_name.4",
        ),
    ];
    for (text, place) in cases {
        assert_ne!(text, FILE, "{place}: nothing was changed");
        let error = refused(&text);
        assert_eq!(error.place, place, "{error}");
    }
    let without = FILE.split("[names").next().unwrap_or_default();
    assert!(Model::parse(without).is_ok(), "a file may say nothing of names");
    let long = format!("format = 1\nprior = 0\nhouseholds = true\n{} = 1", "x".repeat(5000));
    assert!(refused(&long).to_string().len() < 300);
}

/// Fictitious people, each twice; the second time with mistakes that depend on their number.
fn twice() -> (Vec<Description>, Vec<Description>) {
    const GIVEN: [&str; 11] = [
        "Aisha", "Ben", "Chloe", "Daniel", "Ewa", "Farid", "Grace", "Hugo", "Imogen", "Jakub", "Keira",
    ];
    const FAMILY: [&str; 17] = [
        "Abbott",
        "Brennan",
        "Chukwu",
        "Dimitrov",
        "Eastwood",
        "Farooq",
        "Goldberg",
        "Hathaway",
        "Ivanov",
        "Jagger",
        "Kowalski",
        "Lombardi",
        "Mistry",
        "Nakamura",
        "Oyelaran",
        "Pemberton",
        "Quigley",
    ];
    let people: Vec<Description> = (0..180_u32)
        .map(|number| {
            let mut person = named(GIVEN[number as usize * 7 % 11], FAMILY[number as usize * 5 % 17]);
            person.date_of_birth = Some(day(
                1950 + i32::try_from(number % 61).unwrap(),
                1 + number * 5 % 12,
                1 + number * 11 % 28,
            ));
            person.postcode = Some(format!("ZX{} {}AB", 1 + number % 9, 1 + number * 3 % 9));
            person
        })
        .collect();
    let again = people.iter().enumerate().map(|(number, person)| {
        let mut again = person.clone();
        match number % 10 {
            0 => again.family_name = Some(format!("{}x", person.family_name.as_deref().unwrap_or_default())),
            1 => again.postcode = None,
            2 => again.given_name = Some("Zebedee".to_owned()),
            _ => {}
        }
        again
    });
    let again = again.collect();
    (people, again)
}

#[test]
fn estimation_recovers_the_model_and_is_deterministic() {
    let (people, again) = twice();
    let base = Model::standard().clone().with_households(false);
    let trained = train::train(&again, Some(&people), &base).expect("a model");
    assert!(trained.converged && trained.rounds < 500, "{}", trained.rounds);
    assert!((trained.matches - 180.0).abs() < 4.0, "{}", trained.matches);
    let share = |field: Field, level: Agreement| trained.model.fields[field as usize][field.place(level).unwrap()].m;
    assert!((share(Field::FamilyName, Agreement::Slip) - 0.1).abs() < 0.03);
    assert!((share(Field::GivenName, Agreement::Disagrees) - 0.1).abs() < 0.03);
    assert!(share(Field::DateOfBirth, Agreement::Exact) > 0.97);
    // What the data do not show stays the same.
    let sex = Field::Sex as usize;
    assert_eq!(
        format!("{:.6?}", trained.model.fields[sex]),
        format!("{:.6?}", base.fields[sex])
    );
    let file = trained.model.to_toml();
    assert_eq!(Model::parse(&file).map(|model| model.to_toml()).as_ref(), Ok(&file));
    let again = train::train(&again, Some(&people), &base).expect("a model");
    assert_eq!(again.model.to_toml(), file);
}

#[test]
fn one_list_with_everybody_twice_gives_the_same_as_two_lists() {
    let (people, again) = twice();
    let both: Vec<Description> = people.iter().chain(&again).cloned().collect();
    let base = Model::standard().clone().with_households(false);
    let trained = train::train(&both, None, &base).expect("a model");
    assert!((trained.matches - 180.0).abs() < 4.0, "{}", trained.matches);
}

#[test]
fn without_duplicates_there_is_nothing_to_learn() {
    let base = Model::standard();
    assert_eq!(train::train(&[], None, base).err(), Some(train::TrainError::NoPairs));
    assert_eq!(
        train::train(&[sarah()], None, base).err(),
        Some(train::TrainError::NoPairs)
    );
}
