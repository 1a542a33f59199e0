//! What a transaction sees, and how writers take turns.

use entity::policy_version;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, sea_query::Expr};
use thinkfamily::store::transaction::{begin_read, begin_write};

use crate::support::{
    database::{TestDatabase, on_both},
    tables::{AUTHORITY, each_main_table, insert},
};

async fn version(db: &impl ConnectionTrait) -> i64 {
    let row = policy_version::Entity::find_by_id(AUTHORITY).one(db).await.unwrap();
    row.unwrap().version
}

async fn raise(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    policy_version::Entity::update_many()
        .col_expr(policy_version::Column::Version, Expr::cust("version + 1"))
        .exec(db)
        .await
        .map(|_| ())
}

on_both!(a_reading_transaction_sees_one_moment);
async fn a_reading_transaction_sees_one_moment(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    each_main_table!(insert(db));
    let reading = begin_read(db).await.unwrap();
    let before = version(&reading).await;
    raise(db).await.unwrap();
    assert_eq!(version(&reading).await, before, "the same moment");
    reading.rollback().await.unwrap();
    assert_eq!(
        version(&begin_read(db).await.unwrap()).await,
        before + 1,
        "the next transaction sees the commit"
    );
}

on_both!(a_transaction_that_is_dropped_leaves_nothing);
async fn a_transaction_that_is_dropped_leaves_nothing(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    each_main_table!(insert(db));
    let before = version(db).await;
    let writing = begin_write(db).await.unwrap();
    raise(&writing).await.unwrap();
    drop(writing);
    assert_eq!(version(db).await, before);
}

on_both!(writers_that_read_first_take_turns);
async fn writers_that_read_first_take_turns(database: &TestDatabase) {
    let databases = database.open().await;
    let db = databases.main();
    each_main_table!(insert(db));
    let before = version(db).await;
    let writer = async || {
        for _ in 0..10 {
            let writing = begin_write(db).await.unwrap();
            version(&writing).await;
            raise(&writing).await.unwrap();
            writing.commit().await.unwrap();
        }
    };
    tokio::join!(writer(), writer(), writer());
    assert_eq!(version(db).await, before + 30);
}

#[tokio::test]
async fn postgres_refuses_a_write_in_a_reading_transaction() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let databases = database.open().await;
    let reading = begin_read(databases.main()).await.unwrap();
    let refused = raise(&reading).await.unwrap_err();
    assert!(refused.to_string().contains("read-only transaction"), "{refused}");
}
