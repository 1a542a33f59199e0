//! Files that name the merged record by its own key are read as meaning the person, while the records are one.

use std::collections::BTreeMap;

use chrono::Days;
use serde_json::{Value, json};
use thinkfamily::{clock::Clock, records::Table};

use super::world::{HOUSINGS, SCHOOLS, THIRD, document, done, input};
use crate::{
    imports::{Council, replaced},
    support::{
        client::Client,
        database::{TestDatabase, on_both},
        process::someone,
    },
};

type Files = BTreeMap<Table, String>;

async fn ask(client: &Client, query: &str, variables: Value) -> Value {
    let answer = client.post(query, variables).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].clone()
}

/// The id of a member, as whoever merges them is told; null where nobody of the family is called so.
async fn member(client: &Client, reference: &str, called: &str) -> Value {
    let query = format!("{{ family(reference: \"{reference}\") {{ members {{ id givenName }} }} }}");
    let told = ask(client, &query, json!({})).await;
    let members = told["family"]["members"].as_array().expect("members").clone();
    let found = members.into_iter().find(|one| one["givenName"] == called);
    found.map_or(Value::Null, |one| one["id"].clone())
}

/// The line of a file in which this stands.
fn line<'f>(file: &'f str, part: &str) -> &'f str {
    let mut lines = file.lines().filter(|line| line.contains(part));
    lines.next().unwrap_or_else(|| panic!("{part}"))
}

/// The first value of a line: the row's own key.
fn key(line: &str) -> &str {
    line.split(',').next().expect("a key")
}

/// A file with one more line, of these values.
fn with(file: &str, of: &[(&str, &str)]) -> String {
    let names = file.lines().next().expect("a first line").split(',');
    let value = |name| {
        of.iter()
            .find(|(column, _)| *column == name)
            .map_or("", |(_, value)| *value)
    };
    let values: Vec<&str> = names.map(value).collect();
    format!("{file}{}\n", values.join(","))
}

/// The housing association's record of Tyler, and a time in which he belonged to its family.
fn there(members: &str, housings: &str, key: &str, (from, until): (&str, &str), phone: &str) -> String {
    let of = [
        ("membership_key", key),
        ("family_key", housings),
        ("person_key", "housing-7"),
        ("relationship", "child"),
        ("parental_responsibility", "false"),
        ("valid_from", from),
        ("valid_until", until),
        ("phone", phone),
    ];
    with(members, &of)
}

/// What the program wrote, with what the housing association brings at first.
fn brought(files: &Files, joined: &str) -> (Files, String) {
    let housings = key(line(&files[&Table::Family], HOUSINGS)).to_owned();
    let tyler = line(&files[&Table::Person], ",Tyler,Hardman,");
    let ty = replaced(&replaced(tyler, key(tyler), "housing-7"), ",Tyler,", ",Ty,");
    let people = format!("{}{ty}\n", files[&Table::Person]);
    let members = there(&files[&Table::Membership], &housings, "there", (joined, ""), "");
    let brought = [(Table::Person, people), (Table::Membership, members)];
    (Files::from(brought), housings)
}

on_both!(a_file_of_later_neither_fails_nor_undoes_a_merge);
async fn a_file_of_later_neither_fails_nor_undoes_a_merge(database: &TestDatabase) {
    let council = Council::new(Some(database.text()));
    let serving = council.site.serve(&[]);
    let analyst = someone("tff-team", "data_analyst", "programme_management", "an-analyst");
    let analyst = council.site.client(&serving, &analyst);
    let files = council.export();
    let joined = (Clock::system().today() - Days::new(30)).to_string();
    let (first, housings) = brought(&files, &joined);
    council.import(&first, &[]);
    let one = member(&analyst, SCHOOLS, "Tyler").await;
    let other = member(&analyst, HOUSINGS, "Ty").await;
    let told = ask(&analyst, &document("mergePeople"), input(&one, &other)).await;
    assert_eq!(told["mergePeople"], done());
    assert_eq!(member(&analyst, HOUSINGS, "Tyler").await, other);

    // His telephone there, a time in which he was in a third family, and a number.
    let third = key(line(&files[&Table::Family], THIRD)).to_owned();
    let members = there(
        &files[&Table::Membership],
        &housings,
        "there",
        (&joined, ""),
        "07700 900777",
    );
    let members = there(&members, &third, "before", ("2020-01-01", "2020-02-01"), "");
    let number = [
        ("local_identifier_key", "housing-7-number"),
        ("family_key", housings.as_str()),
        ("person_key", "housing-7"),
        ("system", "police_reference"),
        ("value", "PR-HOUSING-7"),
    ];
    let numbers = with(&files[&Table::LocalIdentifier], &number);
    let later = Files::from([(Table::Membership, members), (Table::LocalIdentifier, numbers)]);
    let printed = council.import(&later, &[]);
    assert!(printed.starts_with("2 files: 2 rows new, 1 changed, "), "{printed}");
    assert_eq!(member(&analyst, HOUSINGS, "Tyler").await, other, "they are one still");
    // What is written out is what is: both times are Tyler's.
    let exported = council.export();
    let tyler = key(line(&exported[&Table::Person], ",Tyler,Hardman,")).to_owned();
    let before = line(&exported[&Table::Membership], "2020-02-01");
    assert!(before.split(',').any(|value| value == tyler), "{before}");

    // Parted, the record has its own rows again, and the association's files are as they are.
    let told = ask(&analyst, &document("splitPeople"), input(&one, &other)).await;
    assert_eq!(told["splitPeople"], done());
    assert_eq!(member(&analyst, HOUSINGS, "Ty").await, other);
    let again = later.into_iter().map(|(table, text)| (table, text + "\n")).collect();
    let printed = council.import(&again, &[]);
    assert!(printed.contains("2 files: 0 rows new, 0 changed"), "{printed}");
}

on_both!(what_a_file_says_of_either_record_holds_for_the_person);
async fn what_a_file_says_of_either_record_holds_for_the_person(database: &TestDatabase) {
    let council = Council::new(Some(database.text()));
    let serving = council.site.serve(&[]);
    let client = |agency, role, purpose| {
        council
            .site
            .client(&serving, &someone(agency, role, purpose, "somebody"))
    };
    let analyst = client("tff-team", "data_analyst", "programme_management");
    let files = council.export();
    let (first, _) = brought(&files, &(Clock::system().today() - Days::new(30)).to_string());
    council.import(&first, &[]);
    let (one, other) = (
        member(&analyst, SCHOOLS, "Tyler").await,
        member(&analyst, HOUSINGS, "Ty").await,
    );
    let told = ask(&analyst, &document("mergePeople"), input(&one, &other)).await;
    assert_eq!(told["mergePeople"], done());
    let police = client("cambs-police", "marker_lookup", "safeguarding");
    let tyler = line(&files[&Table::Person], ",Tyler,Hardman,");
    let born = tyler.split(',').nth(3).expect("a date of birth");
    let found = async || {
        let query = format!(
            "{{ markerLookup(input: {{ givenName: \"Tyler\", familyName: \"Hardman\", dateOfBirth: \"{born}\" }}) {{ status }} }}"
        );
        ask(&police, &query, json!({})).await["markerLookup"]["status"].clone()
    };
    assert_eq!(found().await, "MATCHED");
    // He is at risk by what the association says of its own record, and nobody finds him who may not find such people.
    let ty = line(&first[&Table::Person], ",Ty,Hardman,");
    let at_risk = replaced(&first[&Table::Person], ty, &replaced(ty, ",false,", ",TRUE,"));
    council.change(Table::Person, at_risk.clone());
    assert_eq!(found().await, "NOT_FOUND");
    // The school says of its own that he is not, as before: that opens nothing.
    council.change(Table::Person, at_risk + "\n");
    assert_eq!(found().await, "NOT_FOUND");
    let exported = council.export();
    assert!(
        line(&exported[&Table::Person], ",Tyler,Hardman,").contains(",false,"),
        "each record says its own"
    );
}
