//! How births are kept: what was there before stays, and what says two things at once is refused by the database itself.

use migration::{Database, MAIN};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement, TransactionTrait as _};

use crate::support::database::{TestDatabase, on_both};

/// A key as both databases read it in a statement.
fn key(db: &DatabaseConnection, number: u8) -> String {
    match db.get_database_backend() {
        sea_orm::DbBackend::Sqlite => format!("x'{number:032x}'"),
        _ => format!("'{}'", uuid::Uuid::from_u128(number.into())),
    }
}

async fn text(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn run(db: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    db.execute_unprepared(sql).await.map(|_| ())
}

on_both!(empty whoever_was_there_keeps_their_date_of_birth);
async fn whoever_was_there_keeps_their_date_of_birth(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    let kind = match db.get_database_backend() {
        sea_orm::DbBackend::Sqlite => Database::Sqlite,
        _ => Database::Postgres,
    };
    // On one connection: another one might not yet know the table that an index is for.
    let made = db.begin().await.unwrap();
    made.execute_unprepared(&MAIN.table_made()).await.unwrap();
    for step in MAIN.all.iter().take_while(|step| step.name != "m0016_birth") {
        for statement in MAIN.applied(step, kind) {
            made.execute_unprepared(&statement).await.unwrap();
        }
    }
    made.commit().await.unwrap();
    run(
        db,
        "INSERT INTO authority (id, code, name) VALUES (7, 'northshire', 'Northshire')",
    )
    .await
    .unwrap();
    let person = |number: u8, born: &str| {
        format!(
            "INSERT INTO person (authority_id, id, given_name, family_name, date_of_birth, sex) VALUES (7, {}, 'Ann', 'Lee', '{born}', 'female')",
            key(db, number)
        )
    };
    let days = ["1948-02-29", "1990-05-06", "2026-06-15"];
    for (number, born) in (1..).zip(days) {
        run(db, &person(number, born)).await.unwrap();
    }
    let family = "INSERT INTO family (authority_id, id, reference, route) VALUES (7, {1}, 'N-1', 'data')";
    run(db, &family.replace("{1}", &key(db, 1))).await.unwrap();
    let member = "INSERT INTO membership (authority_id, id, family_id, person_id, relationship, parental_responsibility, valid_from) \
                  VALUES (7, {1}, {1}, {1}, 'mother', true, '2020-01-01')";
    run(db, &member.replace("{1}", &key(db, 1))).await.unwrap();
    let written = "SELECT CAST(count(*) AS text) FROM family_written";
    let noted = text(db, written).await;

    databases.migrate_up().await.unwrap();
    let kept = "SELECT CAST(date_of_birth AS text) FROM person ORDER BY date_of_birth";
    assert_eq!(text(db, kept).await, days);
    let others = "SELECT CAST(count(*) AS text) FROM person WHERE birth_year IS NULL AND birth_month IS NULL AND expected_on IS NULL AND NOT adult";
    assert_eq!(text(db, others).await, ["3"]);
    assert_eq!(
        text(db, written).await,
        noted,
        "nothing of a family is another than it was"
    );
    // Whoever is written from now on is noted again.
    run(
        db,
        "UPDATE person SET date_of_birth = NULL, birth_year = 1948 WHERE date_of_birth = '1948-02-29'",
    )
    .await
    .unwrap();
    assert_ne!(text(db, written).await, noted);
}

on_both!(a_birth_says_one_thing);
async fn a_birth_says_one_thing(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    run(
        db,
        "INSERT INTO authority (id, code, name) VALUES (7, 'northshire', 'Northshire')",
    )
    .await
    .unwrap();
    let person = |number: u8, names: &str, born: &str| {
        format!(
            "INSERT INTO person (authority_id, id, sex, given_name, family_name, date_of_birth, birth_year, birth_month, expected_on, adult) \
             VALUES (7, {}, 'female', {names}, {born})",
            key(db, number)
        )
    };
    let (both, one, none) = ("'Ann', 'Lee'", "'Ann', ''", "'', ''");
    let good = [
        (both, "'1990-05-06', NULL, NULL, NULL, true"),
        (one, "NULL, 1990, 5, NULL, false"),
        (both, "NULL, 1990, NULL, NULL, true"),
        (one, "NULL, NULL, NULL, NULL, true"),
        (none, "NULL, NULL, NULL, '2026-08-20', false"),
    ];
    for (number, (names, born)) in (1..).zip(good) {
        run(db, &person(number, names, born))
            .await
            .unwrap_or_else(|error| panic!("{born}: {error}"));
    }
    let bad = [
        (both, "'1990-05-06', 1990, NULL, NULL, false"),
        (both, "'1990-05-06', NULL, NULL, '2026-08-20', false"),
        (both, "NULL, 1990, NULL, '2026-08-20', false"),
        (both, "NULL, NULL, 5, NULL, false"),
        (both, "NULL, 1990, 13, NULL, false"),
        (both, "NULL, 90, NULL, NULL, false"),
        (both, "NULL, NULL, NULL, '2026-08-20', true"),
        (none, "'1990-05-06', NULL, NULL, NULL, false"),
        (none, "NULL, NULL, NULL, NULL, false"),
    ];
    for (number, (names, born)) in (101..).zip(bad) {
        let refused = run(db, &person(number, names, born)).await;
        let told = refused.expect_err(born).to_string().to_lowercase();
        assert!(told.contains("check constraint"), "{born}: {told}");
    }
}
