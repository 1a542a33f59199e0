//! Writing the trail on PostgreSQL: a batch is a single statement, so one round trip and one commit.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value, sea_query::ArrayType};

use super::{
    Batch, TrailStoreError,
    record::{CHAINS, month_name},
};
use crate::store::failure::code;

/// The statement that writes a batch. The chain must end where the batch begins: otherwise the head's
/// sequence number would be null, which the table refuses, and everything is rolled back. The returned
/// expression makes the commit wait for the disk; a stronger setting (`remote_apply`) is kept.
const TEXT: &str = "WITH records AS (INSERT INTO trail_record (seq, at, chain, authority_id, agency, kind, family_id, hash, body) \
         SELECT e.seq, e.at, $7, NULLIF(e.authority, 0), NULLIF(e.agency, 0), e.kind, \
             NULLIF(e.family, '00000000-0000-0000-0000-000000000000'), e.hash, e.body \
         FROM unnest($8::bigint[], $9::bigint[], $10::integer[], $11::integer[], $12::smallint[], $13::uuid[], $14::bytea[], $15::bytea[]) \
         AS e(seq, at, authority, agency, kind, family, hash, body)), \
     families AS (INSERT INTO trail_families (at, seq, chain, authority_id, bucket, members) \
         SELECT f.at, f.seq, $7, f.authority, f.bucket, f.members \
         FROM unnest($16::bigint[], $17::bigint[], $18::integer[], $19::smallint[], $20::bytea[]) AS f(at, seq, authority, bucket, members)) \
     INSERT INTO trail_head AS h (chain_id, seq, hash, signature, process, updated_at) VALUES ( \
         $1, CASE WHEN $21 = 0 OR EXISTS (SELECT 1 FROM trail_head WHERE chain_id = $1) THEN $2 END, $3, $4, $5, $6) \
     ON CONFLICT (chain_id) DO UPDATE SET seq = CASE WHEN h.seq = $21 AND h.hash = $22 THEN excluded.seq END, hash = excluded.hash, \
         signature = excluded.signature, process = excluded.process, updated_at = excluded.updated_at \
     RETURNING set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') \
         THEN 'on' ELSE current_setting('synchronous_commit') END, true) AS durable";

/// Writes a batch. When this returns, all of it is durable, or none of it exists; after an error either may
/// be the case if the connection broke.
pub(super) async fn append(on: &DatabaseConnection, batch: &Batch) -> Result<(), TrailStoreError> {
    let (head, records, families) = (&batch.head, &batch.records, &batch.families);
    let number = records.first().map_or(0, |record| record.chain);
    let all_own = records.iter().all(|row| row.chain == number) && families.iter().all(|row| row.chain == number);
    if !all_own {
        return Err(TrailStoreError::HeadMoved);
    }
    let values: Vec<Value> = vec![
        head.chain.into(),
        head.seq.into(),
        head.hash.as_str().into(),
        head.signature.as_str().into(),
        head.process.as_str().into(),
        head.updated_at.into(),
        number.into(),
        list(ArrayType::BigInt, records, |row| row.seq.into()),
        list(ArrayType::BigInt, records, |row| row.at.timestamp_micros().into()),
        // No authority, word or family has the number zero, so zero stands for null.
        list(ArrayType::Int, records, |row| row.authority.unwrap_or_default().into()),
        list(ArrayType::Int, records, |row| row.agency.unwrap_or_default().into()),
        list(ArrayType::SmallInt, records, |row| row.kind.into()),
        list(ArrayType::Uuid, records, |row| row.family.unwrap_or_default().into()),
        list(ArrayType::Bytes, records, |row| row.hash.clone().into()),
        list(ArrayType::Bytes, records, |row| row.body.clone().into()),
        list(ArrayType::BigInt, families, |row| row.at.timestamp_micros().into()),
        list(ArrayType::BigInt, families, |row| row.seq.into()),
        list(ArrayType::Int, families, |row| row.authority.into()),
        list(ArrayType::SmallInt, families, |row| row.bucket.into()),
        list(ArrayType::Bytes, families, |row| row.members.clone().into()),
        batch.before.as_ref().map_or(0, |(seq, _)| *seq).into(),
        batch.before.as_ref().map_or("", |(_, hash)| hash.as_str()).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, TEXT, values);
    match on.query_one_raw(statement).await {
        Ok(Some(row)) => match row.try_get::<String>("", "durable") {
            Ok(setting) if setting != "off" && setting != "local" => Ok(()),
            _ => Err(TrailStoreError::NotDurable),
        },
        Ok(None) => Err(TrailStoreError::HeadMoved),
        // 23502 (not null): the head's sequence number would have been null.
        Err(error) if code(&error).as_deref() == Some("23502") => Err(TrailStoreError::HeadMoved),
        Err(error) => Err(error.into()),
    }
}

fn list<R>(of: ArrayType, rows: &[R], value: impl Fn(&R) -> Value) -> Value {
    Value::Array(of, Some(Box::new(rows.iter().map(value).collect())))
}

/// Creates the partitions of a month. Without the right to create tables, the rows go to the default
/// partition, where they are read and found just the same.
pub(super) async fn make_partitions(on: &DatabaseConnection, first: i32) {
    for table in ["trail_record", "trail_families"] {
        let text = format!(
            "CREATE TABLE IF NOT EXISTS {table}_{} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({})",
            month_name(first),
            first + CHAINS
        );
        if let Err(error) = on.execute_unprepared(&text).await {
            tracing::warn!(%error, table, "the month has no partition of its own");
        }
    }
}
