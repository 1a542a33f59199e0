//! Models are estimated from files, tried on files, and refused where they are wrong.

use std::fmt::Write as _;

use super::Home;

/// Made-up people; `again` writes them as others do, every fifth with a slip.
fn people(again: bool) -> String {
    const GIVEN: [&str; 7] = ["Aisha", "Ben", "Chloe", "Daniel", "Ewa", "Farid", "Grace"];
    const FAMILY: [&str; 11] = [
        "Abbott", "Brennan", "Chukwu", "Dimitrov", "Eastwood", "Farooq", "Goldberg", "Hathaway", "Ivanov", "Jagger",
        "Kowalski",
    ];
    let mut csv = "id,given_name,family_name,date_of_birth,postcode\n".to_owned();
    for number in 0..77 {
        let slip = if again && number % 5 == 0 { "x" } else { "" };
        let _ = writeln!(
            csv,
            "{}{number},{},{}{slip},19{:02}-{:02}-{:02},ZX{} 1AB",
            if again { "q" } else { "p" },
            GIVEN[number % 7],
            FAMILY[number % 11],
            20 + number,
            1 + number % 12,
            2 + number % 27,
            1 + number % 9,
        );
    }
    csv
}

#[test]
fn a_model_is_estimated_written_and_used() {
    let home = Home::new();
    home.write("stored.csv", &people(false));
    home.write("asked.csv", &people(true));
    let both = ["--from", "stored.csv", "--from", "asked.csv"];
    let told = home
        .run(&[&["matching", "train", "--out", "model.toml"][..], &both].concat())
        .ok();
    assert!(told.contains("about 77 of them of one person"), "{told}");
    assert!(!home.path("data").exists(), "estimating needs no database");
    let answers = home
        .run(&[&["matching", "answer", "--matching-model", "model.toml"][..], &both].concat())
        .ok();
    let right = (0..77).filter(|number| answers.contains(&format!("q{number},matched,p{number}\n")));
    assert_eq!(right.count(), 77, "{answers}");
    let strict = home
        .run(&[&["matching", "answer", "--match-upper", "60"][..], &both].concat())
        .ok();
    assert!(
        strict.contains("q1,ambiguous,\n") && !strict.contains(",matched,"),
        "{strict}"
    );
    let scores = home.run(&[&["matching", "score"][..], &both].concat()).ok();
    assert!(
        scores
            .lines()
            .any(|line| line.starts_with("q5,p5,") && line.contains(",slip,exact,exact,exact,missing"))
    );
}

#[test]
fn what_is_wrong_is_told_by_its_place_and_without_the_value() {
    let home = Home::new();
    home.write(
        "bad.csv",
        "family_name,date_of_birth\nZebedee,1987-03-09\nZebedee,Quibble\n",
    );
    let told = home.run(&["matching", "train", "--from", "bad.csv"]);
    told.failed(1, &["bad.csv:3: date_of_birth: want YYYY-MM-DD"]);
    home.write("columns.csv", "family_name,shoe_size\nZebedee,9\n");
    home.run(&["matching", "train", "--from", "columns.csv"])
        .failed(1, &["columns.csv:1: want columns named"]);
    home.write("ragged.csv", "family_name,date_of_birth\nZebedee\n");
    home.run(&["matching", "train", "--from", "ragged.csv"])
        .failed(1, &["ragged.csv:2: want as many values"]);
    home.write("one.csv", "family_name,date_of_birth\nZebedee,1987-03-09\n");
    home.run(&["matching", "train", "--from", "one.csv"])
        .failed(1, &["no two descriptions"]);
    home.run(&["matching", "answer", "--from", "one.csv"])
        .failed(2, &["--from twice"]);
    home.write("model.toml", "format = 1\nprior = 0\nhouseholds = maybe\n");
    let settings: [(&[&str], &str); 5] = [
        (
            &["--matching-model", "model.toml"],
            "`matching_model`: model.toml: line 3",
        ),
        (
            &["--matching-model", "missing.toml"],
            "`matching_model`: missing.toml cannot be read",
        ),
        (&["--match-upper", "0"], "`match_upper`"),
        (&["--match-lower", "5"], "`match_lower`"),
        (&["--match-clear", "-1"], "`match_clear`"),
    ];
    for (given, wanted) in settings {
        home.run(&[&["matching", "score", "--from", "one.csv"][..], given].concat())
            .failed(2, &[wanted]);
        // A server does not begin with it either.
        home.run(&[&["serve", "--listen", "127.0.0.1:0"][..], given].concat())
            .failed(2, &[wanted]);
    }
}
