//! Nothing that an authority has is forgotten.

use std::collections::BTreeSet;

use thinkfamily::store::moving::tables;

use crate::{store::tables::table_names, support::database::TestDatabase};

#[tokio::test]
async fn every_table_is_moved_or_stays_for_a_reason() {
    let database = TestDatabase::sqlite().await;
    let databases = database.open().await;
    let (moved, stay) = tables();
    let both: BTreeSet<String> = moved.iter().chain(&stay).map(|table| (*table).to_owned()).collect();
    assert_eq!(both.len(), moved.len() + stay.len(), "a table is named twice");
    let mut there = table_names(databases.main()).await;
    assert!(there.remove("schema_step"));
    assert_eq!(both, there);
}
