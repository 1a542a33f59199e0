//! A fence stands only when nothing is written any more.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::{
        Store, bulk,
        connect::Databases,
        fence::NotServed,
        session::{Mode, Session, StoreError},
    },
};
use uuid::Uuid;

use super::MOVED;
use crate::support::database::{TestDatabase, on_both};

/// Whether somebody waits for those who write.
async fn waits(databases: &Databases) -> bool {
    let text = "SELECT 1 AS one FROM pg_locks WHERE relation = 'authority_fence'::regclass AND NOT granted";
    let statement = Statement::from_string(DbBackend::Postgres, text);
    databases.main().query_one_raw(statement).await.unwrap().is_some()
}

async fn store(database: &TestDatabase) -> Store {
    let databases = database.open().await;
    let clock = Clock::system();
    bulk::load(&databases, &demo::worked(clock.today()), &mut |_| ())
        .await
        .unwrap();
    Store::new(databases, clock, Ids::random())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fence_waits_for_whoever_writes() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let store = store(&database).await;
    for mode in [Mode::Write, Mode::Exclusive, Mode::Feed] {
        let writing = Session::begin(&store, MOVED.1, mode).await.unwrap();
        let databases = store.databases().clone();
        let now = store.clock().now();
        let fence = tokio::spawn(async move { databases.put_up_fence(MOVED.1, Uuid::from_u128(1), now).await });
        while !waits(store.databases()).await {
            assert!(!fence.is_finished(), "{mode:?} was not waited for");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let known = store.databases().known_as(MOVED.0, None).await.unwrap();
        assert!(known[0].is_served(), "{mode:?}: it stands although somebody writes");
        if mode != Mode::Feed {
            writing.raise_policy_version().await.unwrap();
        }
        writing.commit().await.unwrap();
        fence.await.unwrap().unwrap();
        let refused = Session::begin(&store, MOVED.1, mode).await.unwrap_err();
        assert_eq!(refused, StoreError::NotServed(NotServed::Moving));
        let text = "DELETE FROM authority_fence";
        store.databases().main().execute_unprepared(text).await.unwrap();
    }
}

on_both!(nothing_is_written_behind_a_fence);
async fn nothing_is_written_behind_a_fence(database: &TestDatabase) {
    let store = store(database).await;
    let now = store.clock().now();
    store
        .databases()
        .put_up_fence(MOVED.1, Uuid::from_u128(1), now)
        .await
        .unwrap();
    for mode in [Mode::Read, Mode::Write, Mode::Exclusive, Mode::Feed] {
        let refused = Session::begin(&store, MOVED.1, mode).await.unwrap_err();
        assert_eq!(refused, StoreError::NotServed(NotServed::Moving), "{mode:?}");
        // Others are served.
        Session::begin(&store, MOVED.1 + 1, mode)
            .await
            .unwrap()
            .end()
            .await
            .unwrap();
    }
    let key = thinkfamily::store::documents::ClientKey {
        authority: MOVED.1,
        agency: Uuid::from_u128(3),
        client: "program",
    };
    let refused = store.set_trusted(key, false).await.unwrap_err();
    assert_eq!(refused, StoreError::NotServed(NotServed::Moving));
    assert!(store.register_documents(key, &[]).await.is_err() && store.retire_documents(key, None).await.is_err());
    let agency = thinkfamily::store::dataset::Dataset {
        agencies: vec![thinkfamily::records::AgencyRow {
            authority_id: MOVED.1,
            id: Uuid::from_u128(9),
            code: "new".to_owned(),
            name: "New".to_owned(),
            kind: "police".to_owned(),
        }],
        ..Default::default()
    };
    let refused = bulk::load(store.databases(), &agency, &mut |_| ()).await.unwrap_err();
    assert!(
        matches!(refused, bulk::BulkError::NotServed(NotServed::Moving)),
        "{refused}"
    );
}
