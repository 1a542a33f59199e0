//! Where the database does not note what is written, nothing that was read before is used; and numbers that run backwards are set right.

use sea_orm::{ConnectionTrait as _, Statement};

use super::{ALL, Both, FAMILIES, MANAGER};
use crate::support::database::TestDatabase;

fn write(day: u32) -> String {
    format!("UPDATE plan SET drawn_up_on = '2001-01-{day:02}' WHERE id = (SELECT id FROM plan ORDER BY id LIMIT 1)")
}

impl Both {
    async fn keeping(database: &TestDatabase) -> Self {
        let both = Self::over(database, 100_000_000).await;
        both.both_answer(MANAGER, ALL, "nothing").await;
        both.finds().await;
        both
    }

    /// What was read before is used.
    async fn finds(&self) {
        self.both_answer(MANAGER, ALL, "nothing").await;
        let before = self.found();
        self.both_answer(MANAGER, ALL, "nothing").await;
        assert_eq!(self.found() - before, FAMILIES);
        assert_eq!(self.keeps.store.cache_disabled(), None);
    }

    /// What was read before is not used.
    async fn finds_nothing(&self) {
        let before = self.found();
        self.both_answer(MANAGER, ALL, "nothing").await;
        assert_eq!(self.found(), before);
    }

    async fn by_hand(&self, statement: &str) {
        self.hand().execute_unprepared(statement).await.unwrap();
    }

    /// It is written, and seen.
    async fn writes(&self, day: u32, why: &str) {
        let before = self.both_answer(MANAGER, ALL, why).await;
        self.by_hand(&write(day)).await;
        assert_ne!(self.both_answer(MANAGER, ALL, why).await, before, "{why}");
    }

    fn silent(&self) -> Vec<String> {
        self.keeps.store.cache_disabled().expect("something is wrong").silent
    }
}

#[tokio::test]
async fn a_trigger_that_does_not_fire_is_noticed_by_the_next_question() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    let ways = [
        ("ALTER TABLE plan DISABLE TRIGGER plan_written", "plan_written"),
        ("ALTER TABLE plan ENABLE REPLICA TRIGGER plan_written", "plan_written"),
        // Silent for whoever says that they are a replica.
        ("ALTER TABLE plan ENABLE TRIGGER plan_written", "plan_written"),
        (
            "ALTER TABLE consent DISABLE TRIGGER consent_written_truncated",
            "consent_written_truncated",
        ),
    ];
    for (day, (way, silent)) in (1..).zip(ways) {
        both.by_hand(way).await;
        both.writes(day, way).await;
        both.finds_nothing().await;
        assert_eq!(both.silent(), [silent], "{way}");
        both.by_hand("ALTER TABLE plan ENABLE ALWAYS TRIGGER plan_written; ALTER TABLE consent ENABLE ALWAYS TRIGGER consent_written_truncated").await;
        both.finds().await;
    }
    both.by_hand("DROP TRIGGER plan_written ON plan").await;
    both.writes(20, "a trigger that is gone").await;
    assert_eq!(both.silent(), ["plan_written"]);
}

/// Switched off, written and switched on again between two questions: in one transaction or in three.
#[tokio::test]
async fn a_trigger_that_did_not_fire_for_a_moment_is_noticed() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    let (off, on) = (
        "ALTER TABLE plan DISABLE TRIGGER plan_written",
        "ALTER TABLE plan ENABLE ALWAYS TRIGGER plan_written",
    );
    for (day, apart) in [(1, true), (2, false)] {
        let before = both.both_answer(MANAGER, ALL, "nothing").await;
        if apart {
            for statement in [off, &write(day), on] {
                both.by_hand(statement).await;
            }
        } else {
            both.by_hand(&format!("{off}; {}; {on}", write(day))).await;
        }
        assert_ne!(both.both_answer(MANAGER, ALL, "a moment").await, before);
        both.finds().await;
    }
}

#[tokio::test]
async fn whoever_says_that_they_are_a_replica_is_noted_too() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    for (day, statement) in [(1, write(1)), (2, "TRUNCATE address".to_owned())] {
        let before = both.both_answer(MANAGER, ALL, "nothing").await;
        both.by_hand(&format!(
            "SET session_replication_role = replica; {statement}; SET session_replication_role = origin"
        ))
        .await;
        assert_ne!(both.both_answer(MANAGER, ALL, &statement).await, before, "{day}");
    }
    both.finds().await;
}

/// The functions of the triggers write where their own search path says, which somebody may have changed.
#[tokio::test]
async fn notes_that_go_elsewhere_are_none() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    both.by_hand(
        "CREATE SCHEMA other; CREATE TABLE other.family_written (LIKE public.family_written INCLUDING ALL); \
         ALTER FUNCTION note_written_family_id() SET search_path = other, public; \
         ALTER TABLE plan DISABLE TRIGGER plan_written; ALTER TABLE plan ENABLE ALWAYS TRIGGER plan_written",
    )
    .await;
    both.writes(1, "another search path").await;
    assert!(both.silent().contains(&"plan_written".to_owned()));
}

#[tokio::test]
async fn a_trigger_of_sqlite_that_is_gone_is_noticed() {
    let database = TestDatabase::sqlite().await;
    let both = Both::keeping(&database).await;
    let text = "SELECT sql FROM sqlite_schema WHERE name = 'plan_written_update'";
    let statement = Statement::from_string(both.hand().get_database_backend(), text);
    let row = both.hand().query_one_raw(statement).await.unwrap().unwrap();
    let again: String = row.try_get("", "sql").unwrap();
    both.by_hand("DROP TRIGGER plan_written_update").await;
    both.writes(1, "a trigger that is gone").await;
    assert_eq!(both.silent(), ["plan_written_update"]);
    both.finds_nothing().await;
    both.by_hand(&again).await;
    both.finds().await;
    // Gone, written and made again between two questions.
    let before = both.both_answer(MANAGER, ALL, "nothing").await;
    for statement in ["DROP TRIGGER plan_written_update", &write(2), &again] {
        both.by_hand(statement).await;
    }
    assert_ne!(both.both_answer(MANAGER, ALL, "a moment").await, before);
}

#[tokio::test]
async fn numbers_that_run_backwards_are_noticed_and_set_right() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    let right = async || both.by_hand.repair_sequences().await.unwrap();
    assert!(!right().await, "they are");
    // Set back to where it catches up with the first write after it.
    both.by_hand("SELECT setval('family_written_seq', 1, false)").await;
    both.writes(10, "numbers that have caught up").await;
    right().await;
    both.by_hand("SELECT setval('family_written_seq', 1000)").await;
    both.writes(11, "greater numbers").await;
    both.finds().await;
    for (day, back) in [
        (1, "SELECT setval('family_written_seq', 1, false)"),
        (3, "ALTER SEQUENCE family_written_seq RESTART WITH 1"),
    ] {
        both.by_hand(back).await;
        both.writes(day, back).await;
        both.finds_nothing().await;
        assert!(both.keeps.store.cache_disabled().unwrap().backwards);
        assert!(right().await);
        both.finds().await;
        // Somebody who asks nothing meanwhile has missed nothing.
        let before = both.both_answer(MANAGER, ALL, "nothing").await;
        both.by_hand(back).await;
        both.by_hand(&write(day + 1)).await;
        assert!(right().await);
        assert_ne!(both.both_answer(MANAGER, ALL, back).await, before);
        both.finds().await;
        assert!(!right().await);
    }
}

/// Notes that are thrown away too soon are missed, and not taken for none.
#[tokio::test]
async fn notes_that_are_gone_are_missed() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    let before = both.both_answer(MANAGER, ALL, "nothing").await;
    both.by_hand(&write(1)).await;
    both.by_hand("DELETE FROM family_written").await;
    let other = "UPDATE address SET town = 'Elsewhere' WHERE id = (SELECT id FROM address ORDER BY id LIMIT 1)";
    both.by_hand(other).await;
    let after = both.both_answer(MANAGER, ALL, "notes that are gone").await;
    assert!(after != before && after.contains("2001-01-01") && after.contains("Elsewhere"));
}

/// A restore of rows alone switches all triggers off and on again, as ordinary ones.
#[tokio::test]
async fn what_a_restore_leaves_is_set_right_by_migrating() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let both = Both::keeping(&database).await;
    both.by_hand("ALTER TABLE consent DISABLE TRIGGER USER; ALTER TABLE consent ENABLE TRIGGER USER")
        .await;
    both.by_hand("ALTER TABLE plan DISABLE TRIGGER plan_written").await;
    both.finds_nothing().await;
    assert_eq!(
        both.silent(),
        ["plan_written", "consent_written", "consent_written_truncated"]
    );
    both.by_hand.migrate_up().await.unwrap();
    both.finds_nothing().await;
    assert_eq!(
        both.silent(),
        ["plan_written"],
        "what somebody has switched off stays off"
    );
}
