//! A batch that asks the same again and again reads as many families as it has questions: as many for whoever is found, for whoever is hidden, and for nobody.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::world::{MANY, person, police, stopping_nobody, write};
use crate::{
    hidden::seen::Looking,
    support::{
        app::{App, Partner},
        database::{TestDatabase, on_both},
    },
};

fn nobody() -> Value {
    json!({ "givenName": "Otto", "familyName": "Quillfeather", "dateOfBirth": "1990-05-17" })
}

/// Somebody who is found, somebody who is shielded, somebody who is not on the cohort, and nobody.
fn everybody() -> [(&'static str, Value); 4] {
    [
        ("found", person("Dawn", "Hardman")),
        ("shielded", person("Sofia", "Marchant")),
        ("not on the cohort", person("Joe", "Palmer")),
        ("nobody", nobody()),
    ]
}

/// From now on reading the family of a reference fails, and seeing that it is there does not: so that it shows whether it was read.
async fn tell_who_is_read(app: &App, postgres: bool) {
    let fails = if postgres {
        "CAST(1 / (length(reference) - length(reference)) AS text)"
    } else {
        "CAST(abs(-9223372036854775807 - length(reference) / length(reference)) AS text)"
    };
    let view = format!(
        "CREATE VIEW family AS SELECT authority_id, id, district, ward, locality, reach_area, need_level, route, attached_on, closed_on, \
         CASE WHEN reference = (SELECT t.reference FROM told t) THEN {fails} ELSE reference END AS reference FROM known_family"
    );
    let told = "CREATE TABLE told (reference text); INSERT INTO told VALUES ('none')";
    // Over one connection, so that it sees the new name of the table.
    let all = format!("{told}; ALTER TABLE family RENAME TO known_family; {view}");
    write(app, &all).await;
}

/// How many of these families a batch reads.
async fn families_read(app: &App, partner: &Partner, references: &[String], questions: &[Value]) -> usize {
    let mut read = 0;
    for reference in references {
        write(app, &format!("UPDATE told SET reference = '{reference}'")).await;
        let reply = partner.ask_with(MANY, json!({ "inputs": questions })).await;
        match reply.status {
            500 => read += 1,
            _ => assert_eq!(
                reply.data()["markerLookups"].as_array().map(Vec::len),
                Some(questions.len())
            ),
        }
    }
    read
}

on_both!(a_repeated_question_reads_as_many_families_whoever_it_is_about);
async fn a_repeated_question_reads_as_many_families_whoever_it_is_about(database: &TestDatabase) {
    let app = stopping_nobody(database).await;
    let police = police(&app);
    let families = app.store.databases().main();
    let references = "SELECT reference FROM family WHERE authority_id = 1";
    let statement = sea_orm::Statement::from_string(families.get_database_backend(), references);
    let rows = families.query_all_raw(statement).await.unwrap();
    let references: Vec<String> = rows.iter().map(|row| row.try_get("", "reference").unwrap()).collect();
    tell_who_is_read(&app, database.url().is_postgres()).await;
    for size in [1, 2, 4] {
        for (why, who) in everybody() {
            let read = families_read(&app, &police, &references, &vec![who; size]).await;
            assert_eq!(read, size, "{why}, {size} times");
        }
    }
    let mixed: Vec<Value> = everybody().into_iter().chain(everybody()).map(|(_, who)| who).collect();
    assert!(references.len() > 5, "else they are all read");
    let five = families_read(&app, &police, &references, &mixed[..5]).await;
    assert_eq!(five, 5, "one of each, and one again");
}

on_both!(a_repeated_question_is_seen_alike_whoever_is_hidden);
async fn a_repeated_question_is_seen_alike_whoever_is_hidden(database: &TestDatabase) {
    let app = stopping_nobody(database).await;
    let police = police(&app);
    let mut looking = Looking::at(&app).await;
    let mut ask = async |questions: Vec<Value>| looking.ask(&police, MANY, &json!({ "inputs": questions })).await;
    // The first look-up of a day throws away what was counted on others.
    ask(vec![nobody()]).await;
    for size in [1, 2, 4] {
        let absent = ask(vec![nobody(); size]).await;
        assert_eq!(absent.body.matches("NOT_FOUND").count(), size, "{}", absent.body);
        for (why, who) in everybody() {
            let seen = ask(vec![who; size]).await;
            let statements = "thinkfamily_sql_statements_total";
            assert_eq!(
                seen.counted[statements], absent.counted[statements],
                "{why}, {size} times"
            );
            if why == "found" {
                assert_eq!(seen.body.matches("MATCHED").count(), size, "{}", seen.body);
            } else {
                assert_eq!(seen, absent, "{why}, {size} times");
            }
        }
    }
}
