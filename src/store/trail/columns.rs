//! The columns of the trail's rows, and how they are read. A value of the wrong type is [`TrailStoreError::Garbage`].

use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};

use super::{
    error::TrailStoreError,
    rows::{EntryRow, HeadRow},
};

pub(super) const ENTRY: &str = "e.chain_id, e.seq, e.recorded_at, e.authority_id, e.kind, e.body, e.prev_hash, e.hash";
pub(super) const HEAD: &str = "chain_id, seq, hash, signature, process, updated_at";
pub(super) fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, TrailStoreError> {
    row.try_get("", column).map_err(TrailStoreError::Garbage)
}

pub(super) fn entry(row: &QueryResult) -> Result<EntryRow, TrailStoreError> {
    Ok(EntryRow {
        chain: get(row, "chain_id")?,
        seq: get(row, "seq")?,
        recorded_at: get(row, "recorded_at")?,
        authority: get(row, "authority_id")?,
        kind: get(row, "kind")?,
        body: get(row, "body")?,
        prev_hash: get(row, "prev_hash")?,
        hash: get(row, "hash")?,
    })
}

pub(super) fn head(row: &QueryResult) -> Result<HeadRow, TrailStoreError> {
    Ok(HeadRow {
        chain: get(row, "chain_id")?,
        seq: get(row, "seq")?,
        hash: get(row, "hash")?,
        signature: get(row, "signature")?,
        process: get(row, "process")?,
        updated_at: get(row, "updated_at")?,
    })
}

pub(super) async fn all(
    on: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, TrailStoreError> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.query_all_raw(statement).await?)
}
