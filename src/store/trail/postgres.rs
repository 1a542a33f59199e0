//! Writing the trail on PostgreSQL: a batch is one statement, and so one round trip and one commit.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value, sea_query::ArrayType};

use super::{EntryRow, HeadRow, Index, TrailStoreError};
use crate::store::failure::code;

/// The statement of a batch, with the indices that it has rows for. The chain must end where the batch begins: where it does not, the head's place
/// would be null, which the table refuses, and with it all the rest. What it returns makes the commit wait for the disk; a stronger setting
/// (`remote_apply`) stays.
fn text(parts: &[Part]) -> String {
    let mut text = format!("WITH {ENTRIES}");
    let mut next = FIRST_OF_INDEX;
    for part in parts {
        let from: Vec<String> = part
            .columns
            .iter()
            .map(|(_, of)| {
                next += 1;
                format!("${}::{of}[]", next - 1)
            })
            .collect();
        let columns: Vec<&str> = part.columns.iter().map(|(name, _)| *name).collect();
        let (table, columns, from) = (part.table, columns.join(", "), from.join(", "));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            ", of_{table} AS (INSERT INTO {table} ({columns}, chain_id) SELECT i.*, $1 FROM unnest({from}) AS i)"
        );
    }
    format!("{text} {HEAD}")
}

const ENTRIES: &str = "entries AS (INSERT INTO trail_entry (chain_id, seq, recorded_at, authority_id, kind, body, prev_hash, hash) \
     SELECT $1, e.seq, e.at, NULLIF(e.authority, 0), e.kind, e.body, e.prev, e.hash \
     FROM unnest($7::bigint[], $8::timestamptz[], $9::integer[], $10::text[], $11::text[], $12::text[], $13::text[]) \
     AS e(seq, at, authority, kind, body, prev, hash))";

/// The number of the first value of the indices.
const FIRST_OF_INDEX: usize = 16;

/// What goes into the table of one index: its columns with their types, and a list of values for each.
struct Part {
    table: &'static str,
    columns: &'static [(&'static str, &'static str)],
    values: Vec<Value>,
}

/// Those that there are rows for.
fn parts(index: &Index) -> Vec<Part> {
    let (subjects, groups, agencies) = (&index.subjects, &index.groups, &index.agencies);
    let mut parts = Vec::new();
    if !subjects.is_empty() {
        parts.push(Part {
            table: "trail_subject",
            columns: &[
                ("authority_id", "integer"),
                ("family_id", "uuid"),
                ("recorded_at", "timestamptz"),
                ("seq", "bigint"),
            ],
            values: vec![
                list(ArrayType::Int, subjects, |row| row.authority.into()),
                list(ArrayType::Uuid, subjects, |row| row.family.into()),
                list(ArrayType::ChronoDateTimeUtc, subjects, |row| row.recorded_at.into()),
                list(ArrayType::BigInt, subjects, |row| row.seq.into()),
            ],
        });
    }
    if !groups.is_empty() {
        parts.push(Part {
            table: "trail_group",
            columns: &[
                ("authority_id", "integer"),
                ("bucket", "integer"),
                ("recorded_at", "timestamptz"),
                ("seq", "bigint"),
                ("members", "bytea"),
            ],
            values: vec![
                list(ArrayType::Int, groups, |row| row.authority.into()),
                list(ArrayType::Int, groups, |row| row.bucket.into()),
                list(ArrayType::ChronoDateTimeUtc, groups, |row| row.recorded_at.into()),
                list(ArrayType::BigInt, groups, |row| row.seq.into()),
                list(ArrayType::Bytes, groups, |row| row.members.clone().into()),
            ],
        });
    }
    if !agencies.is_empty() {
        parts.push(Part {
            table: "trail_agency",
            columns: &[
                ("authority_id", "integer"),
                ("agency_id", "uuid"),
                ("recorded_at", "timestamptz"),
                ("seq", "bigint"),
            ],
            values: vec![
                list(ArrayType::Int, agencies, |row| row.authority.into()),
                list(ArrayType::Uuid, agencies, |row| row.agency.into()),
                list(ArrayType::ChronoDateTimeUtc, agencies, |row| row.recorded_at.into()),
                list(ArrayType::BigInt, agencies, |row| row.seq.into()),
            ],
        });
    }
    parts
}

const HEAD: &str = "INSERT INTO trail_head AS h (chain_id, seq, hash, signature, process, updated_at) VALUES ( \
         $1, CASE WHEN $14 = 0 OR EXISTS (SELECT 1 FROM trail_head WHERE chain_id = $1) THEN $2 END, $3, $4, $5, $6) \
     ON CONFLICT (chain_id) DO UPDATE SET seq = CASE WHEN h.seq = $14 AND h.hash = $15 THEN excluded.seq END, hash = excluded.hash, \
         signature = excluded.signature, process = excluded.process, updated_at = excluded.updated_at \
     RETURNING set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') \
         THEN 'on' ELSE current_setting('synchronous_commit') END, true) AS durable";

/// Writes a batch: all of it is durable when this returns, or none of it is there; after an error either may be where the connection broke.
pub(super) async fn append(
    on: &DatabaseConnection,
    entries: &[EntryRow],
    index: &Index,
    head: &HeadRow,
) -> Result<(), TrailStoreError> {
    let own = |chain| chain == head.chain;
    let all_own = entries.iter().all(|row| own(row.chain))
        && index.subjects.iter().all(|row| own(row.chain))
        && index.groups.iter().all(|row| own(row.chain))
        && index.agencies.iter().all(|row| own(row.chain));
    if !all_own {
        return Err(TrailStoreError::HeadMoved);
    }
    let Some(first) = entries.first() else {
        return Err(TrailStoreError::HeadMoved);
    };
    let mut values: Vec<Value> = vec![
        head.chain.into(),
        head.seq.into(),
        head.hash.as_str().into(),
        head.signature.as_str().into(),
        head.process.as_str().into(),
        head.updated_at.into(),
        list(ArrayType::BigInt, entries, |row| row.seq.into()),
        list(ArrayType::ChronoDateTimeUtc, entries, |row| row.recorded_at.into()),
        // No authority has the number nought.
        list(ArrayType::Int, entries, |row| row.authority.unwrap_or(0).into()),
        list(ArrayType::String, entries, |row| row.kind.as_str().into()),
        list(ArrayType::String, entries, |row| row.body.as_str().into()),
        list(ArrayType::String, entries, |row| row.prev_hash.as_str().into()),
        list(ArrayType::String, entries, |row| row.hash.as_str().into()),
        (first.seq - 1).into(),
        first.prev_hash.as_str().into(),
    ];
    let parts = parts(index);
    let text = text(&parts);
    values.extend(parts.into_iter().flat_map(|part| part.values));
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, text, values);
    match on.query_one_raw(statement).await {
        Ok(Some(row)) => match row.try_get::<String>("", "durable") {
            Ok(setting) if setting != "off" && setting != "local" => Ok(()),
            _ => Err(TrailStoreError::NotDurable),
        },
        Ok(None) => Err(TrailStoreError::HeadMoved),
        // 23502: the head's place would have been null.
        Err(error) if code(&error).as_deref() == Some("23502") => Err(TrailStoreError::HeadMoved),
        Err(error) => Err(error.into()),
    }
}

fn list<R>(of: ArrayType, rows: &[R], value: impl Fn(&R) -> Value) -> Value {
    Value::Array(of, Some(Box::new(rows.iter().map(value).collect())))
}
