//! What the databases refuse by themselves, whatever the code above them does.

use entity::{agency, distance_score, goal, lead_professional, membership, person, plan};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, SqlErr, Statement,
};
use uuid::Uuid;

use crate::support::{
    database::{TestDatabase, on_both},
    tables::{AUTHORITY, each_main_table, id, insert, pair},
};

async fn filled(database: &TestDatabase) -> DatabaseConnection {
    let db = database.open().await.main().clone();
    each_main_table!(insert(&db));
    db
}

async fn try_insert<E: EntityTrait>(db: &DatabaseConnection, row: E::ActiveModel) -> Result<(), DbErr>
where
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    E::insert(row).exec_without_returning(db).await.map(|_| ())
}

fn new_id() -> Uuid {
    id("new", 9)
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

on_both!(a_row_cannot_refer_to_another_authority);
async fn a_row_cannot_refer_to_another_authority(database: &TestDatabase) {
    let db = filled(database).await;
    let [ours, theirs] = pair::<goal::Entity>();
    let mut crossing = ours.clone();
    crossing.id = Set(new_id());
    crossing.plan_id = theirs.plan_id;
    let refused = try_insert::<goal::Entity>(&db, crossing.clone()).await;
    assert!(is_foreign_key(&refused), "{refused:?}");
    // The nearest that is allowed: the same goal in our own plan.
    crossing.plan_id = ours.plan_id;
    try_insert::<goal::Entity>(&db, crossing).await.unwrap();
}

on_both!(no_table_lets_a_row_cross_over);
async fn no_table_lets_a_row_cross_over(database: &TestDatabase) {
    let db = filled(database).await;
    let others = id("family", 1);
    // Each table with a family: move our row to the other authority's family.
    for table in [
        "membership",
        "address",
        "statutory_status",
        "local_identifier",
        "involvement",
        "lead_professional",
        "criteria_match",
        "assessment",
        "distance_score",
        "plan",
        "goal",
        "action",
        "outcome",
        "progress_value",
        "marker",
        "consent",
        "emergency_access",
        "contact",
        "marker_response",
        "webhook_delivery",
    ] {
        let sql = format!("UPDATE {table} SET family_id = $1 WHERE authority_id = $2");
        let statement =
            Statement::from_sql_and_values(db.get_database_backend(), sql, [others.into(), AUTHORITY.into()]);
        let refused = db.execute_raw(statement).await.map(|_| ());
        assert!(is_foreign_key(&refused), "{table}: {refused:?}");
    }
}

on_both!(a_family_has_one_open_plan);
async fn a_family_has_one_open_plan(database: &TestDatabase) {
    let db = filled(database).await;
    // The second row of the pair is a draft.
    let [_, draft] = pair::<plan::Entity>();
    for status in ["draft", "agreed", "active"] {
        let mut another = draft.clone();
        another.id = Set(new_id());
        another.status = Set(status.to_owned());
        let refused = try_insert::<plan::Entity>(&db, another).await;
        assert!(is_unique(&refused), "{status}: {refused:?}");
    }
    let mut closed = draft;
    closed.id = Set(new_id());
    closed.status = Set("closed".to_owned());
    let refused = try_insert::<plan::Entity>(&db, closed.clone()).await;
    assert!(is_check(&refused), "closed without a day: {refused:?}");
    closed.closed_on = Set(Some("2016-01-01".parse().unwrap()));
    try_insert::<plan::Entity>(&db, closed).await.unwrap();
}

on_both!(a_family_has_one_lead_professional_at_a_time);
async fn a_family_has_one_lead_professional_at_a_time(database: &TestDatabase) {
    let db = filled(database).await;
    let [_, mut another] = pair::<lead_professional::Entity>();
    another.id = Set(new_id());
    let refused = try_insert::<lead_professional::Entity>(&db, another.clone()).await;
    assert!(is_unique(&refused), "{refused:?}");
    another.valid_until = Set(Some("2016-01-01".parse().unwrap()));
    try_insert::<lead_professional::Entity>(&db, another).await.unwrap();
}

on_both!(a_person_is_in_a_family_once_at_a_time);
async fn a_person_is_in_a_family_once_at_a_time(database: &TestDatabase) {
    let db = filled(database).await;
    let [_, mut another] = pair::<membership::Entity>();
    another.id = Set(new_id());
    let refused = try_insert::<membership::Entity>(&db, another.clone()).await;
    assert!(is_unique(&refused), "{refused:?}");
    another.valid_until = Set(Some("2014-01-01".parse().unwrap()));
    let refused = try_insert::<membership::Entity>(&db, another.clone()).await;
    assert!(is_check(&refused), "ends before it begins: {refused:?}");
    another.valid_until = Set(Some(another.valid_from.clone().unwrap()));
    try_insert::<membership::Entity>(&db, another).await.unwrap();
}

on_both!(a_score_is_from_1_to_5);
async fn a_score_is_from_1_to_5(database: &TestDatabase) {
    let db = filled(database).await;
    let [mut row, _] = pair::<distance_score::Entity>();
    row.id = Set(new_id());
    for score in [6, 0, -1] {
        row.score = Set(score);
        let refused = try_insert::<distance_score::Entity>(&db, row.clone()).await;
        assert!(is_check(&refused), "{score}: {refused:?}");
    }
    row.score = Set(5);
    try_insert::<distance_score::Entity>(&db, row).await.unwrap();
}

on_both!(an_agency_has_a_known_kind_and_its_own_code);
async fn an_agency_has_a_known_kind_and_its_own_code(database: &TestDatabase) {
    let db = filled(database).await;
    let [mut row, _] = pair::<agency::Entity>();
    row.id = Set(new_id());
    let refused = try_insert::<agency::Entity>(&db, row.clone()).await;
    assert!(is_unique(&refused), "the same code: {refused:?}");
    row.code = Set("another".to_owned());
    for kind in ["fire_brigade", "Police", ""] {
        row.kind = Set(kind.to_owned());
        let refused = try_insert::<agency::Entity>(&db, row.clone()).await;
        assert!(is_check(&refused), "{kind}: {refused:?}");
    }
    row.kind = Set("tff_team".to_owned());
    try_insert::<agency::Entity>(&db, row).await.unwrap();
}

on_both!(a_person_with_a_family_cannot_be_deleted);
async fn a_person_with_a_family_cannot_be_deleted(database: &TestDatabase) {
    let db = filled(database).await;
    let refused = person::Entity::delete_by_id((AUTHORITY, id("person", 0)))
        .exec(&db)
        .await
        .map(|_| ());
    assert!(is_foreign_key(&refused), "{refused:?}");
}
