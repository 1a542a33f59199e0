//! Directories of CSV files: each file whole or not at all, bad lines told, and never loaded twice.

use super::Home;
use crate::support::database::{TestDatabase, on_both};

const AGENCIES: &str = "code,name,kind\nnorth-police,North Police,police\n";
const PEOPLE: &str = "person_key,given_name,family_name,date_of_birth,sex,ethnicity,disability,shielded\n\
                      p1,Dawn,Hart,1990-02-28,female,,,false\n\
                      p2,Toby,Hart,2016-05-01,male,,,false\n";
const FAMILIES: &str = "family_key,reference,district,ward,locality,reach_area,need_level,route,attached_on,closed_on\n\
                        f1,N-1,North,,,,,data,2025-01-02,\n";
const MEMBERS: &str = "membership_key,family_key,person_key,relationship,parental_responsibility,valid_from,valid_until,phone\n\
                       m1,f1,p1,mother,true,2016-05-01,,\nm2,f1,p2,child,false,2016-05-01,,\n";
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
    assert_eq!(
        told,
        "2 files: 3 rows new, 0 changed, 0 the same; 1 files as they were loaded before\n"
    );
    assert_eq!(
        home.run(&RUN).ok(),
        "0 files: 0 rows new, 0 changed, 0 the same; 3 files as they were loaded before\n"
    );

    // The next file names rows that only the database knows.
    std::fs::remove_dir_all(home.path("files")).unwrap();
    home.write("files/membership.csv", &MEMBERS.replace("p2", "p9"));
    home.run(&RUN).failed(1, &["membership.csv:3: person_key: "]);
    assert_eq!(home.number("SELECT count(*) FROM membership").await, 0);
    home.write("files/membership.csv", MEMBERS);
    home.run(&RUN).ok();
    assert_eq!(home.number("SELECT count(*) FROM membership").await, 2);

    // Another file with the same rows and one more: one that may not be there is told with its line.
    home.write(
        "files/membership.csv",
        &MEMBERS.replace("\nm2", "\nm3,f1,p2,child,false,2016-05-01,,\nm2"),
    );
    home.run(&RUN).failed(
        1,
        &[
            "membership.csv:4: person_key: the same is in line 3",
            "membership.csv was refused, for 1 line",
        ],
    );
    home.write("files/membership.csv", &MEMBERS.replace("\nm2,", "\nm3,"));
    home.run(&RUN)
        .failed(1, &["membership.csv:3: person_key: the same is there already"]);
    assert_eq!(home.number("SELECT count(*) FROM membership").await, 2);
    home.write(
        "files/membership.csv",
        &MEMBERS.replace("\nm2", "\nm3,f1,p2,child,false,2010-01-01,2011-01-01,\nm2"),
    );
    let told = home.run(&RUN).ok();
    assert!(told.starts_with("1 files: 1 rows new, 0 changed, 2 the same"), "{told}");

    assert_eq!(home.entries("write").await.len(), 5, "one entry a file that was loaded");
    assert!(home.run(&["audit", "verify"]).ok().contains("nothing found"));
}

on_both!(empty what_changed_is_told_and_looked_at_first);

async fn what_changed_is_told_and_looked_at_first(database: &TestDatabase) {
    const SUMS: &str = "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM import_file) + \
        (SELECT count(*) FROM announced_write) + (SELECT count(*) FROM family_change) + \
        (SELECT count(*) FROM family_written) + (SELECT count(*) FROM person_key)";
    const CALLED: &str = "SELECT count(*) FROM membership WHERE phone = '01632 960002'";
    let home = Home::with_database(database.text());
    home.run(&["migrate", "up"]).ok();
    home.write("files/agency.csv", AGENCIES);
    home.write("files/person.csv", PEOPLE);
    home.write("files/family.csv", FAMILIES);
    home.write("files/membership.csv", MEMBERS);
    let looked = home.run(&[&RUN[..], &["--check"]].concat()).ok();
    assert!(
        looked.starts_with("4 files: 6 rows would be new, 0 would be changed, 0 the same"),
        "{looked}"
    );
    assert_eq!(home.number("SELECT count(*) FROM authority").await, 0);
    home.run(&RUN).ok();

    let phone = MEMBERS.replacen("2016-05-01,,", "2016-05-01,,01632 960002", 1);
    home.write("files/membership.csv", &phone);
    let (sums, entries) = (home.number(SUMS).await, home.entries("write").await.len());
    let looked = home.run(&[&RUN[..], &["--check"]].concat()).ok();
    assert!(
        looked.starts_with("1 files: 0 rows would be new, 1 would be changed, 1 the same; 3 files"),
        "{looked}"
    );
    assert_eq!((home.number(SUMS).await, home.number(CALLED).await), (sums, 0));
    assert_eq!(home.entries("write").await.len(), entries);

    let told = home.run(&RUN).ok();
    assert!(
        told.starts_with("1 files: 0 rows new, 1 changed, 1 the same; 3 files"),
        "{told}"
    );
    assert_eq!(home.number(CALLED).await, 1);
    let entry = home.entries("write").await.pop().unwrap();
    assert_eq!(
        entry["imported"],
        serde_json::json!({ "table": "membership", "new": 0, "changed": 1 })
    );
    assert_eq!(entry["families"].as_array().map(Vec::len), Some(1), "{entry}");
    assert_eq!(entry["operation"]["name"], "import_membership");
    assert!(!entry.to_string().contains("960002"));

    // What was loaded before the last is loaded again.
    home.write("files/membership.csv", MEMBERS);
    let told = home.run(&RUN).ok();
    assert!(
        told.starts_with("1 files: 0 rows new, 1 changed, 1 the same; 3 files"),
        "{told}"
    );
    assert_eq!(home.number(CALLED).await, 0);

    // What may not change is told with its line.
    home.write("files/membership.csv", &MEMBERS.replace("m2,f1,p2", "m2,f1,p1"));
    home.run(&[&RUN[..], &["--check"]].concat()).failed(
        1,
        &["membership.csv:3: person_key: is not what it was, and may not change"],
    );
}

#[test]
fn to_look_leaves_the_files_of_the_database_byte_for_byte() {
    let home = Home::new();
    home.write("files/agency.csv", AGENCIES);
    home.write("files/person.csv", PEOPLE);
    home.run(&RUN).ok();
    let bytes =
        || ["data/thinkfamily.db", "data/thinkfamily.trail.db"].map(|name| std::fs::read(home.path(name)).unwrap());
    let before = bytes();
    home.write("files/person.csv", &PEOPLE.replace("Toby", "Tobias"));
    let looked = home.run(&[&RUN[..], &["--check"]].concat()).ok();
    assert!(looked.contains("1 would be changed"), "{looked}");
    assert!(bytes() == before, "nothing was written");
}

#[test]
fn outside_development_the_authority_is_named() {
    let home = Home::new();
    home.write("files/agency.csv", AGENCIES);
    for command in [&["import", "files"][..], &["export", "out"]] {
        home.run(&[command, &["--mode", "production"]].concat())
            .failed(2, &["--authority CODE"]);
    }
    assert!(!home.path("data").exists() && !home.path("out").exists());
}

#[test]
fn empty_files_with_the_names_of_their_columns_are_written_once() {
    let home = Home::new();
    home.run(&["import", "--templates", "empty"]).ok();
    let plan = std::fs::read_to_string(home.path("empty/plan.csv")).unwrap();
    assert_eq!(
        plan,
        "plan_key,family_key,status,drawn_up_on,agreed_on,signed_by_family_on,closed_on,closure\n"
    );
    home.write("empty/plan.csv", "mine");
    home.run(&["import", "--templates", "empty"])
        .failed(1, &["is there already"]);
    assert_eq!(std::fs::read_to_string(home.path("empty/plan.csv")).unwrap(), "mine");
    std::fs::remove_file(home.path("empty/plan.csv")).unwrap();
    // As they are, they are good files without rows.
    std::fs::remove_dir_all(home.path("empty")).unwrap();
    home.run(&["import", "--templates", "empty"]).ok();
    let told = home.run(&["import", "empty", "--new-authority", "Cambridgeshire"]).ok();
    assert!(told.starts_with("26 files: 0 rows new"), "{told}");
}

#[tokio::test]
async fn an_export_is_for_its_owner_and_is_not_mixed_with_other_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    home.write("files/agency.csv", AGENCIES);
    home.write("files/person.csv", PEOPLE);
    home.run(&RUN).ok();
    home.run(&["export", "out", "--authority", "northshire"]).ok();
    let mode = |name: &str| std::fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("out"), mode("out/person.csv")), (0o700, 0o600));
    let text = std::fs::read_to_string(home.path("out/agency.csv")).unwrap();
    assert_eq!(text, AGENCIES);
    home.run(&["export", "out", "--authority", "northshire"])
        .failed(1, &["is not empty"]);
    std::fs::create_dir(home.path("wide")).unwrap();
    std::fs::set_permissions(home.path("wide"), std::fs::Permissions::from_mode(0o755)).unwrap();
    home.run(&["export", "wide", "--authority", "northshire"])
        .failed(1, &["is open to others"]);
    // Whoever is in no family is named as well.
    let told = home.entries("disclosed").await;
    let people: usize = told
        .iter()
        .filter_map(|entry| Some(entry["people"].as_array()?.len()))
        .sum();
    assert_eq!(people, PEOPLE.lines().count() - 1);

    // Where the trail cannot be written nothing is exported.
    std::fs::remove_file(home.path("data/trail.key")).unwrap();
    std::fs::create_dir(home.path("data/trail.key")).unwrap();
    home.run(&["export", "more", "--authority", "northshire"])
        .failed(1, &[]);
    let files = std::fs::read_dir(home.path("more")).map_or(0, Iterator::count);
    assert_eq!(files, 0);
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

#[tokio::test]
async fn whom_to_ring_is_kept_until_it_is_set_anew() {
    const KEPT: &str = "SELECT count(*) FROM authority WHERE number_to_ring = '01632 960123'";
    let home = Home::new();
    home.write("files/agency.csv", AGENCIES);
    let with = |more: &[&str]| home.run(&[&RUN[..], more].concat());
    with(&["--number-to-ring", "01632 960000"]).ok();
    with(&["--number-to-ring", " 01632 960123 "]).ok();
    assert_eq!(home.number(KEPT).await, 1);
    with(&["--marker-advice", "Ring first."]).ok();
    with(&["--number-to-ring", "01632\n960124"]).failed(2, &["the number to ring is one line"]);
    assert_eq!(home.number(KEPT).await, 1);
}

#[tokio::test]
async fn in_a_new_authority_the_own_consent_age_is_13_and_emergencies_last_8_hours() {
    let home = Home::new();
    home.write("files/agency.csv", AGENCIES);
    home.run(&RUN).ok();
    let so =
        "SELECT count(*) FROM authority WHERE code = 'northshire' AND own_consent_age = 13 AND emergency_hours = 8";
    assert_eq!(home.number(so).await, 1);
}
