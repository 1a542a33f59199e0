//! What becomes of decisions that were recorded before it was said who may decide.

use migration::{Database, MAIN};
use sea_orm::{ConnectionTrait as _, DbBackend, FromQueryResult, Statement, TransactionTrait as _};
use thinkfamily::{
    demo,
    store::{bulk, connect::Databases},
};

use crate::support::{
    app::today,
    database::{TestDatabase, on_both},
};

#[derive(Debug, FromQueryResult, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    agency_kind: String,
    ahead: bool,
    withdrawn: bool,
    by: bool,
}

async fn run(databases: &Databases, statements: Vec<String>) {
    let on = databases.main().begin().await.unwrap();
    for statement in statements {
        on.execute_unprepared(&statement).await.unwrap();
    }
    on.commit().await.unwrap();
}

/// Takes the step back with all that came after it, and applies them again.
async fn again(databases: &Databases) {
    let kind = match databases.main().get_database_backend() {
        DbBackend::Postgres => Database::Postgres,
        _ => Database::Sqlite,
    };
    let at = MAIN.all.iter().position(|step| step.name == "m0034_deciders").unwrap();
    for step in MAIN.all[at..].iter().rev() {
        run(databases, MAIN.taken_back(step, kind)).await;
    }
    // A clock that was ahead withdrew some.
    let sql = "UPDATE consent SET withdrawn_at = '2090-01-01T10:00:00+00:00' WHERE agency_kind = 'early_help' AND decision = 'given'";
    run(databases, vec![sql.to_owned()]).await;
    let (given, refused) = ("jobcentre_plus", "housing");
    for (was, what) in [("given", given), ("refused", refused)] {
        let sql = format!(
            "UPDATE consent SET recorded_at = '2090-01-01T10:00:00+00:00', agency_kind = '{what}', withdrawn_at = NULL \
             WHERE id IN (SELECT id FROM consent WHERE decision = '{was}' AND withdrawn_at IS NULL ORDER BY id LIMIT 1)"
        );
        run(
            databases,
            vec!["DELETE FROM consent WHERE agency_kind = '".to_owned() + what + "'", sql],
        )
        .await;
    }
    for step in &MAIN.all[at..] {
        run(databases, MAIN.applied(step, kind)).await;
    }
}

/// A yes dated ahead gives nothing, whenever its day comes; a no counts from now on. All else is as it was.
async fn what_was_dated_ahead_is_read_as_the_rule_says(database: &TestDatabase) {
    let databases = database.open().await;
    let data = demo::worked(today().date_naive());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let count = async || {
        let text = "SELECT count(*) AS many FROM consent WHERE agency_kind NOT IN ('jobcentre_plus', 'housing')";
        let statement = Statement::from_string(databases.main().get_database_backend(), text);
        let row = databases.main().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get::<i64>("", "many").unwrap()
    };
    let before = count().await;
    again(&databases).await;
    let after = count().await;
    assert!(
        before > 10 && (before - 2..=before).contains(&after),
        "{before} {after}"
    );
    let text = "SELECT agency_kind, recorded_at > '2089' AS ahead, withdrawn_at IS NOT NULL AS withdrawn, decided_by IS NOT NULL AS by \
                FROM consent WHERE agency_kind IN ('jobcentre_plus', 'housing')";
    let statement = Statement::from_string(
        databases.main().get_database_backend(),
        text.replace("'2089'", "'2089-01-01'"),
    );
    let mut rows = Row::find_by_statement(statement).all(databases.main()).await.unwrap();
    rows.sort();
    let row = |kind: &str, ahead, withdrawn| Row {
        agency_kind: kind.to_owned(),
        ahead,
        withdrawn,
        by: true,
    };
    assert_eq!(rows, [row("housing", false, false), row("jobcentre_plus", false, true)]);
    let counted = async |condition: &str| {
        let text = format!("SELECT count(*) AS many FROM consent WHERE agency_kind = 'early_help' AND {condition}");
        let statement = Statement::from_string(databases.main().get_database_backend(), text);
        let row = databases.main().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get::<i64>("", "many").unwrap()
    };
    assert!(counted("withdrawn_at < '2089-01-01'").await > 0);
    assert_eq!(
        counted("withdrawn_at >= '2089-01-01'").await,
        0,
        "it is a no of the moment of the step"
    );
}
on_both!(what_was_dated_ahead_is_read_as_the_rule_says);
