//! Nothing that an authority has is forgotten, whatever the table and the kind of database.

use std::collections::BTreeSet;

use thinkfamily::{
    clock::{Clock, Ids},
    store::{
        Store,
        moving::{copy_authority, tables},
    },
};
use uuid::Uuid;

use crate::support::{
    database::{TestDatabase, on_both},
    samples::AUTHORITY,
    tables::{fill, names},
};

#[tokio::test]
async fn every_table_is_moved_or_stays_for_a_reason() {
    let database = TestDatabase::sqlite().await;
    let databases = database.open().await;
    let (moved, stay) = tables();
    let both: BTreeSet<String> = moved.iter().chain(&stay).map(|table| (*table).to_owned()).collect();
    assert_eq!(both.len(), moved.len() + stay.len(), "a table is named twice");
    let mut there = names(databases.main()).await;
    assert!(there.remove("schema_step"));
    assert_eq!(both, there);
}

/// One row of every table, with a value in each column and with none wherever that may be, goes there and back.
async fn every_row_comes_over(from: &TestDatabase, to: &TestDatabase) {
    let (from, to) = (from.open().await, to.open().await);
    fill(from.main()).await;
    let now = Clock::system().now();
    for number in [AUTHORITY, AUTHORITY + 1] {
        let before = from.sums(number).await.unwrap();
        for (table, sum) in &before {
            assert_eq!(sum.rows, 1, "{table}");
        }
        let known = from.known_as("none", Some(number)).await.unwrap().remove(0);
        // As often as it is done.
        for _ in 0..2 {
            let copied = copy_authority(&from, &to, &known, Uuid::from_u128(1), now)
                .await
                .unwrap();
            assert_eq!(copied.sums, before);
            assert_eq!(copied.left_out, Vec::<String>::new());
        }
        assert_eq!(to.sums(number).await.unwrap(), before);
        let there = to.known_as(&known.code, None).await.unwrap().remove(0);
        assert!(!there.is_served(), "it is served in two places");
        let fence = there.fence.unwrap();
        assert_eq!(
            to.delete_authority(number, &fence).await.unwrap(),
            before.len() as u64 - 1
        );
        let left = to.sums(number).await.unwrap();
        assert_eq!(left.iter().map(|(_, sum)| sum.rows).sum::<u64>(), 1);
    }
}

#[tokio::test]
async fn every_row_comes_over_from_sqlite_to_postgres() {
    if let Some(to) = TestDatabase::postgres().await {
        every_row_comes_over(&TestDatabase::sqlite().await, &to).await;
    }
}

#[tokio::test]
async fn every_row_comes_over_from_postgres_to_sqlite() {
    if let Some(from) = TestDatabase::postgres().await {
        every_row_comes_over(&from, &TestDatabase::sqlite().await).await;
    }
}

on_both!(what_leaves_is_delivered_no_more);
async fn what_leaves_is_delivered_no_more(database: &TestDatabase) {
    let databases = database.open().await;
    fill(databases.main()).await;
    let store = Store::new(databases.clone(), Clock::system(), Ids::random());
    let now = store.clock().now();
    let due = store.due_deliveries(now, 9, 9).await.unwrap();
    assert_eq!(due.len(), 1);
    assert!(store.next_delivery().await.unwrap().is_some());
    databases
        .put_up_fence(due[0].authority_id, Uuid::from_u128(1), now)
        .await
        .unwrap();
    assert_eq!(store.due_deliveries(now, 9, 9).await.unwrap(), []);
    assert_eq!(store.next_delivery().await.unwrap(), None);
}

on_both!(the_next_changes_have_greater_numbers);
async fn the_next_changes_have_greater_numbers(database: &TestDatabase) {
    let from = TestDatabase::sqlite().await;
    let (from, to) = (from.open().await, database.open().await);
    fill(from.main()).await;
    let known = from.known_as("none", Some(AUTHORITY)).await.unwrap().remove(0);
    let now = Clock::system().now();
    copy_authority(&from, &to, &known, Uuid::from_u128(1), now)
        .await
        .unwrap();
    // Of the other authority's, as of this one's, none would be less than what is stored.
    assert!(to.sequences_are_ahead().await.unwrap());
    assert!(!to.repair_sequences().await.unwrap(), "they were right already");
}
