//! Numbers of changes that run backwards lose nothing that a partner must be told.

use sea_orm::ConnectionTrait as _;

use super::reader::{Reader, change, marker_id, servers, touch};
use crate::support::{app::App, database::TestDatabase};

/// Numbers have been drawn for long, and few of them are left in the tables.
const LONG: &str = "SELECT setval('family_change_seq', 1000000)";
const BACK: &str = "SELECT setval('family_change_seq', 500000)";

async fn by_hand(app: &App, statement: &str) {
    let main = app.store.databases().main();
    main.execute_unprepared(statement).await.unwrap();
}

/// Withdraws the consent of a family as every writer does.
async fn withdraw(app: &App, reference: &str) -> String {
    let sql = "UPDATE consent SET withdrawn_at = '2026-06-15T11:00:00Z' WHERE family_id = (SELECT id FROM family WHERE reference = $1)";
    change(&app.store, sql, vec![reference.into()]).await;
    touch(&app.store, reference).await;
    marker_id(&app.store, reference).await
}

#[tokio::test]
async fn a_withdrawal_is_told_although_numbers_run_backwards() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let (apps, _) = servers(&database, 1, 4).await;
    let app = &apps[0];
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let mut reader = Reader::new(police);
    by_hand(app, LONG).await;
    touch(&app.store, "R-0").await;
    assert!(reader.read().await.len() >= 4);
    let removed = |id: String| vec![("REMOVED".to_owned(), id)];
    by_hand(app, BACK).await;
    for reference in ["R-0", "R-1"] {
        let id = withdraw(app, reference).await;
        assert_eq!(reader.kinds().await, removed(id), "{reference}");
        reader.nothing().await;
    }
    // Set right before the reader looks again.
    let id = withdraw(app, "R-2").await;
    assert!(app.store.databases().repair_sequences().await.unwrap());
    assert_eq!(reader.kinds().await, removed(id));
    let id = withdraw(app, "R-3").await;
    assert_eq!(reader.kinds().await, removed(id));
    reader.nothing().await;
    let newest = app.number_of("SELECT max(seq) AS number FROM family_change").await;
    let drawn = app
        .number_of("SELECT last_value AS number FROM family_change_seq")
        .await;
    assert_eq!(newest, drawn);
}

/// As after rows were copied from another server: all of them are there, and the sequences are as they were made.
#[tokio::test]
async fn sequences_that_were_left_behind_are_set_right_at_the_start() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let (apps, _) = servers(&database, 2, 2).await;
    let police = |app: &App| app.partner("cambs-police", "marker_lookup", "safeguarding");
    let mut reader = Reader::new(police(&apps[0]));
    by_hand(&apps[0], LONG).await;
    touch(&apps[0].store, "R-0").await;
    reader.read().await;
    by_hand(
        &apps[0],
        "ALTER SEQUENCE family_change_seq RESTART; ALTER SEQUENCE family_written_seq RESTART",
    )
    .await;
    // The server that starts.
    assert!(apps[1].store.databases().repair_sequences().await.unwrap());
    assert!(!apps[1].store.databases().repair_sequences().await.unwrap());
    reader.partner = police(&apps[1]);
    let id = withdraw(&apps[1], "R-0").await;
    assert_eq!(reader.kinds().await, [("REMOVED".to_owned(), id)]);
}
