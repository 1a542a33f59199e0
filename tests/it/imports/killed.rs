//! An import that is killed: all rows of a file are there or none, and the next one goes on.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use sea_orm::{ConnectionTrait, Statement};
use thinkfamily::store::connect::Databases;

use super::Council;
use crate::support::database::{TestDatabase, on_both, settings};

on_both!(an_import_that_is_killed_leaves_all_or_nothing_of_a_file);

/// More than after which progress is told, so that the moment of killing is in the midst of writing.
const PEOPLE: i64 = 12_000;

/// A name of its own for each number: who is found by the same keys costs more.
fn name(mut number: i64) -> String {
    let mut name = "Made".to_owned();
    for _ in 0..4 {
        let at = usize::try_from(number % 12).unwrap();
        name.push_str(["ba", "ko", "du", "fi", "ge", "la", "mo", "nu", "pi", "re", "so", "tu"][at]);
        number /= 12;
    }
    name
}

async fn people(database: &TestDatabase) -> i64 {
    let databases = Databases::open(database.url(), &settings()).await.unwrap();
    let main = databases.main();
    let statement = Statement::from_string(main.get_database_backend(), "SELECT count(*) FROM person");
    let row = main.query_one_raw(statement).await.unwrap().unwrap();
    let number = row.try_get_by_index(0).unwrap();
    databases.close().await.unwrap();
    number
}

async fn an_import_that_is_killed_leaves_all_or_nothing_of_a_file(database: &TestDatabase) {
    let council = Council::new(Some(database.text()));
    let mut text = "person_key,given_name,family_name,date_of_birth,sex\n".to_owned();
    for number in 0..PEOPLE {
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        writeln!(text, "p{number},Ann,{},1990-{month:02}-{day:02},female", name(number)).unwrap();
    }
    let folder = council.path("files");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        folder.join("agency.csv"),
        "code,name,kind\nnorth-school,North School,school\n",
    )
    .unwrap();
    std::fs::write(folder.join("person.csv"), text).unwrap();
    let run = ["import", folder.to_str().unwrap(), "--new-authority", "Cambridgeshire"];

    let mut child = council
        .site
        .command(&run)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let progress = format!(" of {PEOPLE} rows");
    let reached = lines.map_while(Result::ok).any(|line| line.ends_with(&progress));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached, "it told its progress");
    let there = people(database).await;
    assert!(there == 0 || there == PEOPLE, "{there}");

    let printed = council.run(&run);
    assert!(printed.contains("1 files as they were loaded before"), "{printed}");
    assert_eq!(people(database).await, PEOPLE);
    assert!(council.run(&["audit", "verify"]).contains("nothing found"));
}
