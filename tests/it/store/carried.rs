//! What was recorded of people before it was of households goes to the memberships of today, and to nobody who did not see it.

use migration::{Database, MAIN};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait as _};

use crate::support::database::{TestDatabase, on_both};

const STEP: &str = "m0031_of_households";

fn key(db: &DatabaseConnection, number: u8) -> String {
    match db.get_database_backend() {
        DbBackend::Sqlite => format!("x'{number:032x}'"),
        _ => format!("'{}'", uuid::Uuid::from_u128(number.into())),
    }
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<Option<String>> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn run(db: &impl ConnectionTrait, sql: &str) {
    db.execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Each person with the days of their memberships, and whether each gets what was recorded of the person.
const MEMBERSHIPS: [(u8, &str, Option<&str>, bool); 8] = [
    // One household.
    (1, "2020-01-01", None, true),
    // Two, and one that was left.
    (2, "2020-01-01", None, true),
    (2, "2021-01-01", Some("2999-01-01"), true),
    (2, "2022-01-01", Some("2023-01-01"), false),
    // In none now: the last.
    (3, "2010-01-01", Some("2012-01-01"), false),
    (3, "2011-01-01", Some("2012-01-01"), true),
    // One household, and one that is yet to come.
    (4, "2020-01-01", None, true),
    (4, "2999-01-01", None, false),
];

on_both!(empty what_was_of_a_person_is_of_their_households);
async fn what_was_of_a_person_is_of_their_households(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    let kind = match db.get_database_backend() {
        DbBackend::Sqlite => Database::Sqlite,
        _ => Database::Postgres,
    };
    let transaction = db.begin().await.unwrap();
    run(&transaction, &MAIN.table_made()).await;
    for step in MAIN.all.iter().take_while(|step| step.name != STEP) {
        for statement in MAIN.applied(step, kind) {
            run(&transaction, &statement).await;
        }
    }
    transaction.commit().await.unwrap();
    run(
        db,
        "INSERT INTO authority (id, code, name) VALUES (7, 'northshire', 'Northshire')",
    )
    .await;
    let agency = key(db, 200);
    run(
        db,
        &format!("INSERT INTO agency (authority_id, id, code, name, kind) VALUES (7, {agency}, 'a', 'A', 'police')"),
    )
    .await;
    for number in 1..=5 {
        let id = key(db, number);
        run(
            db,
            &format!(
                "INSERT INTO person (authority_id, id, given_name, family_name, date_of_birth, sex, phone, email, education_setting, employment_status, source_agency_id) \
                 VALUES (7, {id}, 'Ann', 'Lee', '1990-05-06', 'female', 'p{number}', 'e{number}', 's{number}', 'w{number}', {agency})"
            ),
        )
        .await;
    }
    for (number, (person, from, until, _)) in (101..).zip(MEMBERSHIPS) {
        let (id, person) = (key(db, number), key(db, person));
        let until = until.map_or("NULL".to_owned(), |until| format!("'{until}'"));
        run(
            db,
            &format!("INSERT INTO family (authority_id, id, reference, route) VALUES (7, {id}, 'N-{number}', 'data')"),
        )
        .await;
        run(
            db,
            &format!(
                "INSERT INTO membership (authority_id, id, family_id, person_id, relationship, parental_responsibility, valid_from, valid_until) \
                 VALUES (7, {id}, {id}, {person}, 'mother', true, '{from}', {until})"
            ),
        )
        .await;
    }
    let written = "SELECT CAST(count(*) AS text) FROM family_written";
    let noted = texts(db, written).await;

    databases.migrate_up().await.unwrap();
    for (column, mark) in [
        ("phone", "p"),
        ("email", "e"),
        ("education_setting", "s"),
        ("employment_status", "w"),
    ] {
        let expected: Vec<Option<String>> = MEMBERSHIPS
            .iter()
            .map(|(person, _, _, carried)| carried.then(|| format!("{mark}{person}")))
            .collect();
        let text = format!("SELECT {column} FROM membership ORDER BY id");
        assert_eq!(texts(db, &text).await, expected, "{column}");
    }
    let sourced = "SELECT CAST(count(*) AS text) FROM membership WHERE source_agency_id IS NOT NULL";
    assert_eq!(texts(db, sourced).await, [Some("5".to_owned())]);
    assert_eq!(
        texts(db, written).await,
        noted,
        "nothing of a family is another than it was"
    );
    // An agency that is not there is refused, in the new place.
    let nobody = key(db, 250);
    let wrong = format!("UPDATE membership SET source_agency_id = {nobody}");
    assert!(db.execute_unprepared(&wrong).await.is_err());
    households_are_noted(db).await;
}

/// What is written of one member is noted of every household of whoever lives with them.
async fn households_are_noted(db: &DatabaseConnection) {
    let note = |sql: String| async move {
        let before = texts(db, "SELECT CAST(coalesce(max(seq), 0) AS text) FROM family_written").await;
        let before = before[0].clone().expect("a number");
        run(db, &sql).await;
        let new = format!("SELECT CAST(count(DISTINCT family_id) AS text) FROM family_written WHERE seq > {before}");
        texts(db, &new).await[0].clone().expect("a number")
    };
    let first = key(db, 101);
    let second = key(db, 102);
    let joined = format!("UPDATE membership SET family_id = {second} WHERE id = {first}");
    assert_eq!(
        note(joined).await,
        "4",
        "the family left, the one joined, and both others of who lives there"
    );
    let shielded = format!("UPDATE person SET shielded = true WHERE id = {}", key(db, 1));
    assert_eq!(
        note(shielded).await,
        "3",
        "the family, and both others of who lives there"
    );
}
