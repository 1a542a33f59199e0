//! Writing the trail on PostgreSQL: a batch is one statement, and so one round trip and one commit.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value, sea_query::ArrayType};

use super::{EntryRow, HeadRow, Index, TrailStoreError};
use crate::store::failure::code;

/// The statement of a batch, for those with rows by family or by agency and those without. The head must move forward: where it does not, its place
/// would be null, which the table refuses, and with it all the rest. What it returns makes the commit wait for the disk; a stronger setting
/// (`remote_apply`) stays.
fn text(subjects: bool, agencies: bool) -> String {
    // Where there are both, the agencies' values come after the families'.
    let agencies = match (agencies, subjects) {
        (false, _) => String::new(),
        (true, false) => agencies_from(14),
        (true, true) => agencies_from(18),
    };
    let subjects = if subjects { SUBJECTS } else { "" };
    format!("WITH {ENTRIES}{subjects}{agencies} {HEAD}")
}

const ENTRIES: &str = "entries AS (INSERT INTO trail_entry (chain_id, seq, recorded_at, authority_id, kind, body, prev_hash, hash) \
     SELECT $1, e.seq, e.at, NULLIF(e.authority, 0), e.kind, e.body, e.prev, e.hash \
     FROM unnest($7::bigint[], $8::timestamptz[], $9::integer[], $10::text[], $11::text[], $12::text[], $13::text[]) \
     AS e(seq, at, authority, kind, body, prev, hash))";

const SUBJECTS: &str = ", subjects AS (INSERT INTO trail_subject (authority_id, family_id, recorded_at, chain_id, seq) \
     SELECT s.authority, s.family, s.at, $1, s.seq \
     FROM unnest($14::integer[], $15::uuid[], $16::timestamptz[], $17::bigint[]) AS s(authority, family, at, seq))";

fn agencies_from(first: usize) -> String {
    let [authority, agency, at, seq] = [first, first + 1, first + 2, first + 3];
    format!(
        ", agencies AS (INSERT INTO trail_agency (authority_id, agency_id, recorded_at, chain_id, seq) \
         SELECT a.authority, a.agency, a.at, $1, a.seq \
         FROM unnest(${authority}::integer[], ${agency}::uuid[], ${at}::timestamptz[], ${seq}::bigint[]) AS a(authority, agency, at, seq))"
    )
}

const HEAD: &str = "INSERT INTO trail_head AS h (chain_id, seq, hash, signature, process, updated_at) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (chain_id) DO UPDATE SET seq = CASE WHEN h.seq < excluded.seq THEN excluded.seq END, hash = excluded.hash, \
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
    let (subjects, agencies) = (&index.subjects, &index.agencies);
    let own = |chain| chain == head.chain;
    let all_own = entries.iter().all(|row| own(row.chain))
        && subjects.iter().all(|row| own(row.chain))
        && agencies.iter().all(|row| own(row.chain));
    if !all_own {
        return Err(TrailStoreError::HeadMoved);
    }
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
    ];
    if !subjects.is_empty() {
        values.extend([
            list(ArrayType::Int, subjects, |row| row.authority.into()),
            list(ArrayType::Uuid, subjects, |row| row.family.into()),
            list(ArrayType::ChronoDateTimeUtc, subjects, |row| row.recorded_at.into()),
            list(ArrayType::BigInt, subjects, |row| row.seq.into()),
        ]);
    }
    if !agencies.is_empty() {
        values.extend([
            list(ArrayType::Int, agencies, |row| row.authority.into()),
            list(ArrayType::Uuid, agencies, |row| row.agency.into()),
            list(ArrayType::ChronoDateTimeUtc, agencies, |row| row.recorded_at.into()),
            list(ArrayType::BigInt, agencies, |row| row.seq.into()),
        ]);
    }
    let text = text(!subjects.is_empty(), !agencies.is_empty());
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
