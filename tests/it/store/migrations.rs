//! Up, down and up again, and several processes at once.

use migration::{Migrator, MigratorTrait as _, TrailMigrator};
use thinkfamily::store::connect::Databases;

use super::tables::table_names;
use crate::support::{
    database::{TestDatabase, on_both},
    tables::{each_main_table, each_trail_table, insert},
};

/// As many as there are steps.
fn all(applied: bool) -> Vec<bool> {
    vec![applied; Migrator::migrations().len() + TrailMigrator::migrations().len()]
}

async fn applied(databases: &Databases) -> Vec<bool> {
    let status = databases.migration_status().await.unwrap();
    assert_eq!(
        status.iter().filter(|step| step.trail).count(),
        TrailMigrator::migrations().len()
    );
    status.iter().map(|step| step.applied).collect()
}

on_both!(empty a_database_goes_up_and_down_and_up);
async fn a_database_goes_up_and_down_and_up(database: &TestDatabase) {
    let databases = database.open().await;
    assert_eq!(applied(&databases).await, all(false));
    assert!(
        table_names(databases.main()).await.is_empty(),
        "asking for the status makes nothing"
    );
    for _ in 0..2 {
        databases.migrate_up().await.unwrap();
        assert_eq!(applied(&databases).await, all(true));
        each_main_table!(insert(databases.main()));
        each_trail_table!(insert(databases.trail()));
        databases.migrate_up().await.unwrap();

        databases.migrate_down().await.unwrap();
        assert_eq!(applied(&databases).await, all(false));
        let left: Vec<_> = table_names(databases.main()).await.into_iter().collect();
        assert!(left.iter().all(|name| name.ends_with("schema_step")), "{left:?}");
    }
}

on_both!(empty several_processes_may_migrate_at_once);
async fn several_processes_may_migrate_at_once(database: &TestDatabase) {
    let several = [database.open().await, database.open().await, database.open().await];
    let [a, b, c] = &several;
    let (a, b, c) = tokio::join!(a.migrate_up(), b.migrate_up(), c.migrate_up());
    a.and(b).and(c).unwrap();
    assert_eq!(applied(&several[0]).await, all(true));
}
