//! Writes are seen when they are committed, in whatever order they began; and what PostgreSQL alone can do is seen too.

use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use super::{ALL, Both, MANAGER};
use crate::support::database::TestDatabase;

/// The plan with that number in the order of the keys, drawn up on another day.
fn write(number: u32) -> String {
    format!(
        "UPDATE plan SET drawn_up_on = '200{number}-01-01' WHERE id = (SELECT id FROM plan ORDER BY id LIMIT 1 OFFSET {number})"
    )
}

#[tokio::test]
async fn what_began_first_may_be_committed_last() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::over(&database, 100_000_000).await;
    let mut last = both.both_answer(MANAGER, ALL, "nothing").await;
    let slow = both.hand().begin().await.unwrap();
    slow.execute_unprepared(&write(1)).await.unwrap();
    let quick = both.hand().begin().await.unwrap();
    quick.execute_unprepared(&write(2)).await.unwrap();
    let same = both.both_answer(MANAGER, ALL, "what is not committed").await;
    assert_eq!(same, last);
    for (number, transaction) in [(2, quick), (1, slow)] {
        transaction.commit().await.unwrap();
        let now = both.both_answer(MANAGER, ALL, &write(number)).await;
        assert!(now != last && now.contains(&format!("200{number}-01-01")), "{number}");
        last = now;
    }
    let undone = both.hand().begin().await.unwrap();
    undone.execute_unprepared(&write(3)).await.unwrap();
    undone.rollback().await.unwrap();
    assert_eq!(both.both_answer(MANAGER, ALL, "what was undone").await, last);
}

#[tokio::test]
async fn a_table_that_is_emptied_is_seen_so() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::over(&database, 100_000_000).await;
    let before = both.both_answer(MANAGER, ALL, "nothing").await;
    assert!(before.contains("\"town\""));
    both.hand().execute_unprepared("TRUNCATE address").await.unwrap();
    let after = both.both_answer(MANAGER, ALL, "a truncation").await;
    assert!(after.contains("\"addresses\":[]") && !after.contains("\"town\""));
}
