//! Changes are not kept for ever: what no feed needs goes, the order of contacts stays, and nobody misses anything.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use thinkfamily::demo;

use super::reader::{Reader, marker_id, touch};
use crate::{
    contacts::{contact, police, report},
    support::{
        app::{App, Partner},
        database::{TestDatabase, on_both},
    },
};

async fn changes(app: &App, which: &str) -> i64 {
    let main = app.store.databases().main();
    let text = format!("SELECT count(*) AS number FROM family_change WHERE authority_id = 1 AND {which}");
    let statement = Statement::from_string(main.get_database_backend(), text);
    let row = main.query_one_raw(statement).await.unwrap().expect("a row");
    row.try_get("", "number").unwrap()
}

/// The reader on that day, with a token of that day.
fn days_later(app: &App, reader: &mut Reader, days: i64) {
    app.clock.set(app.clock.now() + TimeDelta::days(days));
    reader.partner = looker(app);
}

fn looker(app: &App) -> Partner {
    app.partner("cambs-social-care", "marker_lookup", "safeguarding")
}

async fn changes_that_no_feed_needs_go(database: &TestDatabase) {
    let app = App::start(database).await;
    let mut reader = Reader::new(looker(&app));
    let (first, absent) = (reader.read().await, reader.after.clone());
    assert!(!first.is_empty());
    let marker = marker_id(&app.store, demo::HARDMAN_REFERENCE).await;
    report(&police(&app), contact(&marker)).await;
    for _ in 0..5 {
        touch(&app.store, demo::HARDMAN_REFERENCE).await;
    }
    let before = changes(&app, "contact_id IS NULL").await;
    assert!(before > 5);
    // A day later they are still there: clocks differ, and a feed may have been looked after a moment before midnight.
    days_later(&app, &mut reader, 1);
    reader.read().await;
    assert_eq!(changes(&app, "contact_id IS NULL").await, before);
    days_later(&app, &mut reader, 2);
    touch(&app.store, demo::HARDMAN_REFERENCE).await;
    reader.nothing().await;
    assert_eq!(
        changes(&app, "contact_id IS NULL").await,
        2,
        "the last of those, and what came since"
    );
    assert_eq!(changes(&app, "contact_id IS NOT NULL").await, 1);
    // Numbers go on, and who was away all the time goes on from where they were.
    let sql = "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND reference = 'TF-10001'";
    app.store.databases().main().execute_unprepared(sql).await.unwrap();
    touch(&app.store, demo::HARDMAN_REFERENCE).await;
    let told = reader.read().await;
    assert_eq!(
        (told.len(), told[0].kind.as_str(), &told[0].id),
        (1, "REMOVED", &marker)
    );
    let mut away = Reader::new(looker(&app));
    away.after = absent;
    assert_eq!(away.kinds().await, [("REMOVED".to_owned(), marker)]);
}
on_both!(changes_that_no_feed_needs_go);
