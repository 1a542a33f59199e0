//! Which families were written, as noted by the database itself, in commit order.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::{
    Store,
    record::record,
    session::{Session, StoreError},
};

/// With more families than this, it is cheaper to clear the cache.
const MOST: u16 = 1_000;
/// How many of an authority's newest notes are kept: more than are ever asked for.
const STAY: i64 = 10_000;

#[derive(FromQueryResult)]
struct Written {
    seq: i64,
    family_id: Uuid,
}

record!(Written: seq family_id);

impl Session {
    /// The families written after that number, as far as this session sees; `None` if that is not known, or
    /// if there are too many.
    pub(super) async fn written_since(&self, number: i64) -> Result<Option<Vec<Uuid>>, StoreError> {
        let text =
            "SELECT seq, family_id FROM family_written WHERE authority_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3";
        let values = vec![self.authority().into(), number.into(), (i64::from(MOST) + 2).into()];
        let rows = self.rows(text, values).await?.records::<Written>()?;
        // If that number's own note still exists, no later note was deleted: the oldest are deleted first.
        let whole = rows.first().is_some_and(|row| row.seq == number);
        let rows = rows.into_iter().filter(|row| row.seq > number);
        let families: Vec<Uuid> = rows.map(|row| row.family_id).collect();
        let known = whole && families.len() <= usize::from(MOST) && !families.iter().any(Uuid::is_nil);
        Ok(known.then_some(families))
    }
}

impl Store {
    /// Deletes notes of an authority that nobody needs any more.
    pub(super) async fn delete_old_notes(&self, authority: i32) -> Result<(), DbErr> {
        self.count_statement();
        let on = self.main();
        let statement = Statement::from_sql_and_values(
            on.get_database_backend(),
            "DELETE FROM family_written WHERE authority_id = $1 AND seq < \
             (SELECT seq FROM family_written WHERE authority_id = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)",
            [Value::from(authority), STAY.into()],
        );
        on.execute_raw(statement).await.map(|_| ())
    }
}

/// Makes the database note nothing of what this transaction writes, until [`end_load`].
pub(super) async fn begin_load(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let text = match transaction.get_database_backend() {
        DbBackend::Postgres => "SET LOCAL thinkfamily.loading = 'on'",
        _ => "INSERT INTO family_written (authority_id, seq, family_id) VALUES (0, 0, zeroblob(16))",
    };
    transaction.execute_unprepared(text).await.map(|_| ())
}

/// Notes that anything of these authorities may have been written, under their locks, which the transaction
/// must hold.
pub(super) async fn end_load(
    transaction: &DatabaseTransaction,
    authorities: impl Iterator<Item = i32>,
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    let next = match backend {
        DbBackend::Postgres => "nextval('family_written_seq')",
        _ => "(SELECT coalesce(max(seq), 0) + 1 FROM family_written WHERE authority_id = $1)",
    };
    let text = format!("INSERT INTO family_written (authority_id, seq, family_id) VALUES ($1, {next}, $2)");
    for authority in authorities {
        let values = [Value::from(authority), Uuid::nil().into()];
        let statement = Statement::from_sql_and_values(backend, text.as_str(), values);
        transaction.execute_raw(statement).await?;
    }
    if backend != DbBackend::Postgres {
        transaction
            .execute_unprepared("DELETE FROM family_written WHERE authority_id = 0")
            .await?;
    }
    Ok(())
}
