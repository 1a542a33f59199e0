//! Waking those who wait: across processes by the database's notifications, and again after the connection that listens was lost.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::json;
use thinkfamily::{
    clock::{Clock, Ids},
    graphql::operation::Event,
    store::{
        Store,
        connect::{Databases, Settings},
    },
};
use tokio::{sync::watch, time::timeout};

use super::reader::{LIVE, caller, change, engine, operation, servers, touch};
use crate::support::{
    app::today,
    database::{TestDatabase, settings},
};

/// A poll that never comes in the length of a test: whoever is woken was told.
const NEVER: Duration = Duration::from_hours(1);

/// How long a busy machine may take. Nothing is measured by it.
const PATIENCE: Duration = Duration::from_mins(1);

async fn store(database: &TestDatabase, feed_poll: Duration) -> Store {
    let settings = Settings {
        feed_poll,
        ..settings()
    };
    let databases = Databases::open(database.url(), &settings).await.unwrap();
    Store::new(databases, Clock::fixed(today()), Ids::random())
}

async fn woken(wake: &mut watch::Receiver<u64>, within: Duration) -> bool {
    timeout(within, wake.changed()).await.is_ok()
}

/// Until nothing wakes it any more.
async fn settle(wake: &mut watch::Receiver<u64>) {
    while woken(wake, Duration::from_millis(300)).await {}
}

#[tokio::test]
async fn another_process_is_woken_by_the_database() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let (apps, families) = servers(&database, 1, 1).await;
    let other = store(&database, NEVER).await;
    let mut wake = other.wake();
    // When it begins to listen.
    assert!(woken(&mut wake, PATIENCE).await);
    settle(&mut wake).await;
    touch(&apps[0].store, "R-0").await;
    assert!(woken(&mut wake, PATIENCE).await);
    settle(&mut wake).await;

    // Nothing that is not kept wakes anybody.
    let session =
        thinkfamily::store::session::Session::begin(&apps[0].store, 1, thinkfamily::store::session::Mode::Write)
            .await
            .unwrap();
    session.write_as_operator().touch(families[0].0);
    session.end().await.unwrap();
    assert!(!woken(&mut wake, Duration::from_millis(300)).await);

    // The connection that listens is ended by the database.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'thinkfamily/listen'";
    let ended = apps[0].store.databases().main().execute_unprepared(end).await.unwrap();
    assert!(ended.rows_affected() >= 1);
    // It listens again, and looks, since nobody knows what was said in between.
    assert!(woken(&mut wake, PATIENCE).await);
    settle(&mut wake).await;
    touch(&apps[0].store, "R-0").await;
    assert!(woken(&mut wake, PATIENCE).await, "it listens again");
}

/// An agreement that is loaded anew touches no family, and wakes those who wait all the same.
#[tokio::test]
async fn a_new_agreement_wakes_as_well() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let (apps, _) = servers(&database, 1, 1).await;
    let other = store(&database, NEVER).await;
    let mut wake = other.wake();
    assert!(woken(&mut wake, PATIENCE).await);
    settle(&mut wake).await;
    let session =
        thinkfamily::store::session::Session::begin(&apps[0].store, 1, thinkfamily::store::session::Mode::Write)
            .await
            .unwrap();
    session.raise_policy_version().await.unwrap();
    session.commit().await.unwrap();
    assert!(woken(&mut wake, PATIENCE).await);
}

/// Without any notification: with SQLite another process says nothing.
#[tokio::test]
async fn everybody_looks_by_themselves_now_and_then() {
    let database = TestDatabase::sqlite().await;
    let (apps, _) = servers(&database, 1, 1).await;
    let other = store(&database, Duration::from_millis(100)).await;
    let mut wake = other.wake();
    touch(&apps[0].store, "R-0").await;
    assert!(woken(&mut wake, PATIENCE).await);
    assert!(woken(&mut wake, PATIENCE).await);
    // In the process that commits it is told, without any poll.
    let mut own = apps[0].store.wake();
    settle(&mut own).await;
    touch(&apps[0].store, "R-0").await;
    assert!(woken(&mut own, PATIENCE).await);
}

/// A subscriber at one server gets what was committed at another, by the database's word.
#[tokio::test]
async fn a_subscriber_at_another_server_is_told_by_the_database() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let (apps, families) = servers(&database, 2, 3).await;
    let engine = engine(&apps[1]);
    let police = caller(&apps[1].store, "cambs-police", "marker_lookup", "safeguarding").await;
    let mut live = engine.subscribe(operation(&police, LIVE, &json!({}))).await.unwrap();
    while let Ok(event) = timeout(Duration::from_millis(1500), live.next()).await {
        assert!(matches!(event, Event::Next(_)), "{event:?}");
    }
    for (number, (family, _)) in families.iter().enumerate() {
        let close = "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND id = $1";
        change(&apps[0].store, close, vec![(*family).into()]).await;
        touch(&apps[0].store, &format!("R-{number}")).await;
        let event = timeout(PATIENCE, live.next()).await.expect("an event");
        let Event::Next(bytes) = event else {
            panic!("{event:?}");
        };
        let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(body["data"]["markerChanged"]["kind"], "REMOVED");
    }
}
