//! Up, down and up again, and several processes at once.

use migration::{MAIN, TRAIL};
use thinkfamily::store::{connect::Databases, migrate::Schema};

use crate::support::{
    database::{TestDatabase, on_both},
    tables::{self, fill, names},
};

/// As many as there are steps.
fn all(applied: bool) -> Vec<bool> {
    vec![applied; MAIN.all.len() + TRAIL.all.len()]
}

async fn applied(databases: &Databases) -> Vec<bool> {
    let status = databases.migration_status().await.unwrap();
    assert_eq!(status.iter().filter(|step| step.trail).count(), TRAIL.all.len());
    status.iter().map(|step| step.applied).collect()
}

on_both!(empty a_database_goes_up_and_down_and_up);
async fn a_database_goes_up_and_down_and_up(database: &TestDatabase) {
    let databases = database.open().await;
    assert_eq!(applied(&databases).await, all(false));
    assert!(
        names(databases.main()).await.is_empty(),
        "asking for the status makes nothing"
    );
    for _ in 0..2 {
        databases.migrate_up().await.unwrap();
        assert_eq!(applied(&databases).await, all(true));
        fill(databases.main()).await;
        for table in tables::trail(databases.trail()).await {
            table.insert(databases.trail()).await;
        }
        databases.migrate_up().await.unwrap();

        databases.migrate_down().await.unwrap();
        assert_eq!(applied(&databases).await, all(false));
        let left: Vec<_> = names(databases.main()).await.into_iter().collect();
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

async fn by_hand(databases: &Databases, statement: &str) {
    sea_orm::ConnectionTrait::execute_unprepared(databases.main(), statement)
        .await
        .unwrap();
}

/// What is wrong with a schema is said in words, before anything is changed, and the words hold nothing of SQL.
async fn a_schema_that_no_step_leads_from_is_refused_in_words(database: &TestDatabase) {
    let databases = database.open().await;
    let steps = databases.migration_status().await.unwrap();
    assert_eq!(databases.schema().await.unwrap(), Schema::Same);
    let refused = async |why: &str| {
        for told in [
            databases.migrate_up().await.unwrap_err().to_string(),
            databases.migration_status().await.unwrap_err().to_string(),
        ] {
            assert!(told.contains(why) && !told.to_lowercase().contains("error"), "{told}");
        }
    };
    by_hand(
        &databases,
        "INSERT INTO schema_step (version, applied_at) VALUES ('m9999_to_come', 0)",
    )
    .await;
    assert_eq!(
        databases.schema().await.unwrap(),
        Schema::Newer(vec!["m9999_to_come".to_owned()])
    );
    refused("a newer version of this program has migrated it (m9999_to_come)").await;
    by_hand(&databases, "DELETE FROM schema_step WHERE version = 'm9999_to_come'").await;
    let left_out = steps[3].name.clone();
    by_hand(
        &databases,
        &format!("DELETE FROM schema_step WHERE version = '{left_out}'"),
    )
    .await;
    assert_eq!(databases.schema().await.unwrap(), Schema::Gaps(vec![left_out]));
    refused("steps are missing although later ones were applied").await;
}
on_both!(a_schema_that_no_step_leads_from_is_refused_in_words);

/// Tables without the list of steps, as after a restore in part.
async fn a_part_of_a_step_is_refused_in_words(database: &TestDatabase) {
    let databases = database.open().await;
    by_hand(&databases, "DELETE FROM schema_step").await;
    let told = databases.migrate_up().await.unwrap_err().to_string();
    assert!(told.contains("it was restored in part"), "{told}");
}
on_both!(a_part_of_a_step_is_refused_in_words);
