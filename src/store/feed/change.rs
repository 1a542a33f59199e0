//! Changes of families, numbered in commit order.

use chrono::{DateTime, Utc};
use entity::family_change;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect, Statement, Value,
};
use uuid::Uuid;

use super::CHANNEL;

/// The class of the advisory locks under which changes are numbered; the second half of each lock key is the
/// authority.
const LOCK: i32 = 0x5446_4543;
/// Rows per statement: with six values each they are far below either database's limit.
const ROWS: usize = 512;

/// Something about a family changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The family.
    pub family: Uuid,
    /// The person, if all of the person's families are affected.
    pub person: Option<Uuid>,
    /// The contact that was recorded.
    pub contact: Option<Uuid>,
}

#[derive(FromQueryResult)]
struct Newest {
    seq: Option<i64>,
}

/// Takes the authority's lock until the end of the transaction. With the lock held, a read of committed data
/// sees every change that has a number.
pub async fn lock(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    // SQLite has one writer, which is this transaction.
    if backend == DbBackend::Postgres {
        let lock = "SELECT pg_advisory_xact_lock($1, $2)";
        let lock = Statement::from_sql_and_values(backend, lock, [LOCK.into(), authority.into()]);
        transaction.execute_raw(lock).await?;
    }
    Ok(())
}

/// Numbers the changes in order and inserts them. The caller must commit next: until then no other change of
/// the authority gets a number.
pub async fn record(
    transaction: &DatabaseTransaction,
    authority: i32,
    changes: impl IntoIterator<Item = &Change>,
    at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let changes: Vec<&Change> = changes.into_iter().collect();
    if changes.is_empty() {
        return Ok(());
    }
    let backend = transaction.get_database_backend();
    let postgres = backend == DbBackend::Postgres;
    // First, and in its own statement: a number drawn before the lock is held could be committed after a
    // higher one.
    lock(transaction, authority).await?;
    let mut next = 1;
    if !postgres {
        let newest = family_change::Entity::find()
            .select_only()
            .column_as(family_change::Column::Seq.max(), "seq")
            .filter(family_change::Column::AuthorityId.eq(authority))
            .into_model::<Newest>()
            .one(transaction)
            .await?;
        next += newest.and_then(|newest| newest.seq).unwrap_or(0);
    }
    for changes in changes.chunks(ROWS) {
        let mut values: Vec<Value> = vec![authority.into(), at.into()];
        let rows: Vec<String> = changes
            .iter()
            .map(|change| {
                let seq = if postgres {
                    "nextval('family_change_seq')".to_owned()
                } else {
                    next += 1;
                    (next - 1).to_string()
                };
                let first = values.len() + 1;
                values.extend([change.family.into(), change.person.into(), change.contact.into()]);
                format!("($1, {seq}, ${first}, ${}, ${}, $2)", first + 1, first + 2)
            })
            .collect();
        let text = format!(
            "INSERT INTO family_change (authority_id, seq, family_id, person_id, contact_id, recorded_at) VALUES {}",
            rows.join(", ")
        );
        transaction
            .execute_raw(Statement::from_sql_and_values(backend, text, values))
            .await?;
    }
    Ok(())
}

/// Notifies the other processes, on commit, that something changed.
pub async fn notify(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let values = [CHANNEL.into(), authority.to_string().into()];
        let notify = Statement::from_sql_and_values(backend, "SELECT pg_notify($1, $2)", values);
        transaction.execute_raw(notify).await?;
    }
    Ok(())
}
