//! Files that name the merged record by its own key are read as meaning the person, while the records are one.

use std::collections::BTreeMap;

use chrono::Days;
use serde_json::{Value, json};
use thinkfamily::{clock::Clock, records::Table};

use super::world::{document, done, input};
use crate::{
    imports::{Council, replaced},
    support::{
        client::Client,
        database::{TestDatabase, on_both},
        process::someone,
    },
};

async fn ask(client: &Client, query: &str, variables: Value) -> Value {
    let answer = client.post(query, variables).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].clone()
}

/// The line of a file in which all of these stand.
fn line<'f>(file: &'f str, parts: &[&str]) -> &'f str {
    let mut lines = file.lines().filter(|line| parts.iter().all(|part| line.contains(part)));
    lines.next().unwrap_or_else(|| panic!("{parts:?}"))
}

fn with(file: &str, more: &str) -> String {
    format!("{file}{more}\n")
}

/// The line of the table's file whose values stand in the order of its columns.
fn values(file: &str, of: &[(&str, &str)]) -> String {
    let names = file.lines().next().expect("a first line").split(',');
    let value = |name| {
        of.iter()
            .find(|(column, _)| *column == name)
            .map_or("", |(_, value)| *value)
    };
    names.map(value).collect::<Vec<_>>().join(",")
}

on_both!(a_file_of_later_neither_fails_nor_undoes_a_merge);
async fn a_file_of_later_neither_fails_nor_undoes_a_merge(database: &TestDatabase) {
    let council = Council::new(Some(database.text()));
    let serving = council.site.serve(&[]);
    let analyst = someone("tff-team", "data_analyst", "programme_management", "an-analyst");
    let analyst = council.site.client(&serving, &analyst);
    let files = council.export();
    let today = Clock::system().today();
    let (joined, today) = ((today - Days::new(30)).to_string(), today.to_string());
    let family = |reference: &str| {
        line(&files[&Table::Family], &[reference])
            .split(',')
            .next()
            .expect("a key")
            .to_owned()
    };
    let (schools, housings) = (family("TF-10001"), family("TF-10005"));
    let tyler = line(&files[&Table::Person], &[",Tyler,Hardman,"]);
    let kept = tyler.split(',').next().expect("a key");
    // The housing association records him once more.
    let ty = replaced(&replaced(tyler, kept, "housing-7"), ",Tyler,", ",Ty,");
    let people = with(&files[&Table::Person], &ty);
    let there = |key, person, from: &str, until| {
        let of = [
            ("membership_key", key),
            ("family_key", housings.as_str()),
            ("person_key", person),
            ("relationship", "child"),
            ("parental_responsibility", "false"),
            ("valid_from", from),
            ("valid_until", until),
        ];
        values(&files[&Table::Membership], &of)
    };
    let members = with(
        &files[&Table::Membership],
        &there("housing-7-there", "housing-7", &joined, ""),
    );
    council.import(
        &BTreeMap::from([(Table::Person, people.clone()), (Table::Membership, members.clone())]),
        &[],
    );

    let ids = async |reference: &str, called: &str| {
        let query = format!("{{ family(reference: \"{reference}\") {{ members {{ id givenName }} }} }}");
        let told = ask(&analyst, &query, json!({})).await;
        let members = told["family"]["members"].as_array().expect("members").clone();
        let found = members.into_iter().find(|one| one["givenName"] == called);
        found.map_or(Value::Null, |one| one["id"].clone())
    };
    let (one, other) = (ids("TF-10001", "Tyler").await, ids("TF-10005", "Ty").await);
    let told = ask(&analyst, &document("mergePeople"), input(one.clone(), other.clone())).await;
    assert_eq!(told["mergePeople"], done());
    assert_eq!(ids("TF-10005", "Tyler").await, other);

    // The same files again, with a telephone more, are as they were but for that.
    let mut later = replaced(&members, "housing-7-there", "housing-7-there");
    let line_of_his = line(&later, &["housing-7-there"]).to_owned();
    let with_phone = replaced(&line_of_his, ",child,", ",child,").replacen(&joined, &joined, 1);
    let phone_at = later
        .lines()
        .next()
        .expect("a first line")
        .split(',')
        .position(|name| name == "phone")
        .expect("it");
    let mut fields: Vec<&str> = with_phone.split(',').collect();
    fields[phone_at] = "07700 900777";
    later = replaced(&later, &line_of_his, &fields.join(","));
    // And a time in which he was there before, and a number.
    later = with(
        &later,
        &there("housing-7-before", "housing-7", "2020-01-01", "2020-02-01"),
    );
    let number = [
        ("local_identifier_key", "housing-7-number"),
        ("family_key", housings.as_str()),
        ("person_key", "housing-7"),
        ("system", "police_reference"),
        ("value", "PR-HOUSING-7"),
    ];
    let numbers = with(
        &files[&Table::LocalIdentifier],
        &values(&files[&Table::LocalIdentifier], &number),
    );
    let again = BTreeMap::from([
        (Table::Membership, later.clone()),
        (Table::LocalIdentifier, numbers.clone()),
    ]);
    let printed = council.import(&again, &[]);
    assert!(printed.starts_with("2 files: 2 rows new, 1 changed, "), "{printed}");
    assert_eq!(ids("TF-10005", "Tyler").await, other, "they are one still");

    // He is at risk by what the association says of its own record: so he is in the other family.
    let at_risk = replaced(&people, &ty, &replaced(&ty, ",false,", ",TRUE,"));
    council.change(Table::Person, at_risk.clone());
    let exported = council.export();
    assert!(
        line(&exported[&Table::Person], &[",Tyler,"]).contains(",false,"),
        "each record says its own"
    );
    assert_eq!(
        line(&exported[&Table::Membership], &["2020-02-01"])
            .split(',')
            .filter(|field| *field == kept)
            .count(),
        1
    );

    // Parted, the record has its own rows: the association's files are as they are.
    let told = ask(&analyst, &document("splitPeople"), input(one, other.clone())).await;
    assert_eq!(told["splitPeople"], done());
    assert_eq!(ids("TF-10005", "Ty").await, other);
    let printed = council.import(
        &BTreeMap::from([
            (Table::Membership, with(&later, "")),
            (Table::LocalIdentifier, with(&numbers, "")),
        ]),
        &[],
    );
    assert!(printed.contains("0 rows new, 0 changed"), "{printed}");
    let _ = (schools, today);
}
