//! Directories of CSV files: each file whole or not at all, bad lines told, and never loaded twice.

use super::Home;
use crate::support::database::{TestDatabase, on_both};

const AGENCIES: &str = "code,name,kind\nnorth-police,North Police,police\n";
const PEOPLE: &str = "person_key,given_name,family_name,date_of_birth,sex,ethnicity,disability,employment_status,\
                      education_setting,phone,email,shielded,source_agency\n\
                      p1,Dawn,Hart,1990-02-28,female,,,,,,,false,north-police\n\
                      p2,Toby,Hart,2016-05-01,male,,,,,,,false,\n";
const FAMILIES: &str = "family_key,reference,district,ward,locality,reach_area,need_level,route,attached_on,closed_on\n\
                        f1,N-1,North,,,,,data,2025-01-02,\n";
const MEMBERS: &str = "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until\n\
                       m1,f1,p1,mother,true,2016-05-01,\nm2,f1,p2,child,false,2016-05-01,\n";
const RUN: [&str; 6] = [
    "import",
    "files",
    "--authority",
    "northshire",
    "--new-authority",
    "Northshire",
];

on_both!(empty files_are_loaded_whole_once_and_in_any_number_of_runs);

async fn files_are_loaded_whole_once_and_in_any_number_of_runs(database: &TestDatabase) {
    let home = Home::with_database(database.text());
    home.write("files/agency.csv", AGENCIES);
    home.write("files/person.csv", &PEOPLE.replace("2016-05-01", "2016-13-01"));
    home.write("files/family.csv", FAMILIES);
    home.run(&RUN)
        .failed(1, &["person.csv:3: date_of_birth: ", "person.csv was refused"]);
    assert_eq!(
        home.number("SELECT count(*) FROM person").await,
        0,
        "nothing of a bad file"
    );
    assert_eq!(
        home.number("SELECT count(*) FROM agency").await,
        1,
        "files before it stay"
    );
    assert_eq!(
        home.number("SELECT count(*) FROM family").await,
        0,
        "files after it wait"
    );

    home.write("files/person.csv", PEOPLE);
    let told = home.run(&RUN).ok();
    assert!(told.contains("2 files with 3 rows loaded, 1 loaded before"), "{told}");
    assert!(
        home.run(&RUN)
            .ok()
            .contains("0 files with 0 rows loaded, 3 loaded before")
    );

    // The next file names rows that only the database knows.
    std::fs::remove_dir_all(home.path("files")).unwrap();
    home.write("files/membership.csv", &MEMBERS.replace("p2", "p9"));
    home.run(&RUN).failed(1, &["membership.csv:3: person_key: "]);
    assert_eq!(home.number("SELECT count(*) FROM membership").await, 0);
    home.write("files/membership.csv", MEMBERS);
    home.run(&RUN).ok();
    assert_eq!(home.number("SELECT count(*) FROM membership").await, 2);

    // Another file with the same rows: the database refuses them, whole.
    home.write(
        "files/membership.csv",
        &MEMBERS.replace("\nm2", "\nm3,f1,p2,child,false,2010-01-01,2011-01-01\nm2"),
    );
    home.run(&RUN).failed(
        1,
        &["membership.csv: ", "there already", "nothing of the file was loaded"],
    );
    assert_eq!(home.number("SELECT count(*) FROM membership").await, 2);

    assert_eq!(home.entries("write").await.len(), 4, "one entry a file that was loaded");
    assert!(home.run(&["audit", "verify"]).ok().contains("nothing found"));
}

#[test]
fn a_directory_that_is_not_one_of_ours_is_refused_before_anything_is_made() {
    let home = Home::new();
    home.run(&["import", "files"]).failed(1, &[]);
    home.write("files/persons.csv", PEOPLE);
    home.run(&["import", "files"]).failed(1, &["persons.csv", "person.csv"]);
    std::fs::remove_file(home.path("files/persons.csv")).unwrap();
    home.run(&["import", "files"]).failed(1, &["nothing to import"]);
    assert!(!home.path("data").exists());
    home.write("files/person.csv", PEOPLE);
    home.run(&["import", "files"]).failed(1, &["no authority of that code"]);
}

#[test]
fn a_refusal_tells_no_value_of_a_row() {
    let home = Home::new();
    home.write("files/agency.csv", AGENCIES);
    home.write(
        "files/person.csv",
        &PEOPLE
            .replace("2016-05-01", "CANARY-DATE")
            .replace("Toby", "Canaryname"),
    );
    let ran = home.run(&RUN);
    assert_eq!(ran.code, 1);
    assert!(
        !ran.err.contains("CANARY") && !ran.err.contains("Canary"),
        "{}",
        ran.err
    );
}
