//! What the databases refuse by themselves, whatever the code above them does.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, SqlErr, Statement, Value};
use uuid::Uuid;

use crate::support::{
    database::{TestDatabase, on_both},
    samples::{AUTHORITY, id},
    tables::{self, Row, Table},
};

/// A database with a pair of rows in each table, and its tables.
struct Filled {
    db: DatabaseConnection,
    tables: Vec<Table>,
}

impl Filled {
    async fn of(database: &TestDatabase) -> Self {
        let db = database.open().await.main().clone();
        let tables = tables::main(&db).await;
        for table in &tables {
            table.insert(&db).await;
        }
        Self { db, tables }
    }

    /// The pair of rows of a table.
    fn pair(&self, table: &str) -> [Row; 2] {
        let table = self.tables.iter().find(|known| known.name == table);
        table.expect("a table").pair()
    }

    async fn execute(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<(), DbErr> {
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.db.execute_raw(statement).await.map(|_| ())
    }
}

fn new_id() -> Uuid {
    id("new", 9)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn is_foreign_key(result: &Result<(), DbErr>) -> bool {
    matches!(
        result.as_ref().map_err(DbErr::sql_err),
        Err(Some(SqlErr::ForeignKeyConstraintViolation(_)))
    )
}

fn is_unique(result: &Result<(), DbErr>) -> bool {
    matches!(
        result.as_ref().map_err(DbErr::sql_err),
        Err(Some(SqlErr::UniqueConstraintViolation(_)))
    )
}

/// Both databases say "check constraint" or "CHECK constraint".
fn is_check(result: &Result<(), DbErr>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| error.to_string().to_lowercase().contains("check constraint"))
}

on_both!(no_table_lets_a_row_cross_over);
async fn no_table_lets_a_row_cross_over(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let mut tried = 0;
    // Each column of each table that names a row: let our row name the other authority's.
    for table in &filled.tables {
        for (column, other) in &table.refers {
            if other == "authority" {
                continue;
            }
            // Who decides is somebody of the family or a professional: so one is put in the place of the other.
            let instead = match (table.name.as_str(), column.as_str()) {
                ("consent", "decided_by_agency") => ", decided_by = NULL, decided_by_subject = 'x'",
                ("parental_responsibility", "agency_id") => ", person_id = NULL, subject = 'x'",
                _ => "",
            };
            let sql = format!(
                "UPDATE {} SET {column} = $1{instead} WHERE authority_id = $2",
                table.name
            );
            let refused = filled.execute(&sql, [id(other, 1).into(), AUTHORITY.into()]).await;
            assert!(is_foreign_key(&refused), "{}.{column}: {refused:?}", table.name);
            tried += 1;
        }
    }
    assert!(tried > 40, "only {tried} references found");
}

on_both!(a_row_cannot_refer_to_another_authority);
async fn a_row_cannot_refer_to_another_authority(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let [mut ours, mut theirs] = filled.pair("goal");
    let crossing = ours.clone().with("id", new_id());
    let refused = crossing
        .clone()
        .with("plan_id", theirs.get("plan_id"))
        .insert(&filled.db)
        .await;
    assert!(is_foreign_key(&refused), "{refused:?}");
    // The nearest that is allowed: the same goal in our own plan.
    crossing
        .with("plan_id", ours.get("plan_id"))
        .insert(&filled.db)
        .await
        .unwrap();
}

on_both!(a_family_has_one_open_plan);
async fn a_family_has_one_open_plan(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    // The second row of the pair is a draft.
    let [_, draft] = filled.pair("plan");
    let another = draft.with("id", new_id());
    for status in ["draft", "agreed", "active"] {
        let refused = another.clone().with("status", status).insert(&filled.db).await;
        assert!(is_unique(&refused), "{status}: {refused:?}");
    }
    let closed = another.with("status", "closed");
    let refused = closed.insert(&filled.db).await;
    assert!(is_check(&refused), "closed without a day: {refused:?}");
    closed
        .with("closed_on", Some(day("2016-01-01")))
        .insert(&filled.db)
        .await
        .unwrap();
}

on_both!(a_family_has_one_lead_professional_at_a_time);
async fn a_family_has_one_lead_professional_at_a_time(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let [_, another] = filled.pair("lead_professional");
    let another = another.with("id", new_id());
    let refused = another.insert(&filled.db).await;
    assert!(is_unique(&refused), "{refused:?}");
    another
        .with("valid_until", Some(day("2016-01-01")))
        .insert(&filled.db)
        .await
        .unwrap();
}

on_both!(a_person_is_in_a_family_once_at_a_time);
async fn a_person_is_in_a_family_once_at_a_time(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let [_, another] = filled.pair("membership");
    let mut another = another.with("id", new_id());
    let refused = another.insert(&filled.db).await;
    assert!(is_unique(&refused), "{refused:?}");
    let refused = another
        .clone()
        .with("valid_until", Some(day("2014-01-01")))
        .insert(&filled.db)
        .await;
    assert!(is_check(&refused), "ends before it begins: {refused:?}");
    let first = another.get("valid_from");
    another.with("valid_until", first).insert(&filled.db).await.unwrap();
}

on_both!(a_score_is_from_1_to_5);
async fn a_score_is_from_1_to_5(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let [row, _] = filled.pair("distance_score");
    let row = row.with("id", new_id());
    for score in [6, 0, -1] {
        let refused = row.clone().with("score", score).insert(&filled.db).await;
        assert!(is_check(&refused), "{score}: {refused:?}");
    }
    row.with("score", 5).insert(&filled.db).await.unwrap();
}

on_both!(an_agency_has_a_known_kind_and_its_own_code);
async fn an_agency_has_a_known_kind_and_its_own_code(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let [row, _] = filled.pair("agency");
    let row = row.with("id", new_id());
    let refused = row.insert(&filled.db).await;
    assert!(is_unique(&refused), "the same code: {refused:?}");
    let row = row.with("code", "another");
    for kind in ["fire_brigade", "Police", ""] {
        let refused = row.clone().with("kind", kind).insert(&filled.db).await;
        assert!(is_check(&refused), "{kind}: {refused:?}");
    }
    row.with("kind", "tff_team").insert(&filled.db).await.unwrap();
}

on_both!(a_person_with_a_family_cannot_be_deleted);
async fn a_person_with_a_family_cannot_be_deleted(database: &TestDatabase) {
    let filled = Filled::of(database).await;
    let person = [AUTHORITY.into(), id("person", 0).into()];
    let refused = filled
        .execute("DELETE FROM person WHERE authority_id = $1 AND id = $2", person)
        .await;
    assert!(is_foreign_key(&refused), "{refused:?}");
}
