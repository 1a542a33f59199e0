//! Reading the trail: for people who ask who saw a family, and, in one snapshot and bounded pages, for the check.
//!
//! Nothing here trusts what is stored: a value of the wrong type is [`TrailStoreError::Garbage`], and a body longer than
//! the caller's bound is left in the database.

use chrono::{DateTime, Utc};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, QueryResult, Statement,
    TransactionTrait, TryGetable, Value,
};
use uuid::Uuid;

use super::{AgencyRow, EntryRow, HeadRow, SubjectRow, TrailStore, TrailStoreError};

const ENTRY: &str = "e.chain_id, e.seq, e.recorded_at, e.authority_id, e.kind, e.body, e.prev_hash, e.hash";
const HEAD: &str = "chain_id, seq, hash, signature, process, updated_at";
/// As [`ENTRY`], with an empty body for one longer than `$1`.
const BOUNDED_ENTRY: &str = "e.chain_id, e.seq, e.recorded_at, e.authority_id, e.kind, \
     CASE WHEN length(e.body) <= $1 THEN e.body ELSE '' END AS body, e.prev_hash, e.hash";

/// A row of `trail_agency` and the body of the entry that it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyLine {
    /// The row.
    pub row: AgencyRow,
    /// The body; `None` where there is no such entry, empty where it is too long.
    pub body: Option<String>,
}

/// A row of `trail_subject` and the body of the entry that it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectLine {
    /// The row.
    pub row: SubjectRow,
    /// The body; `None` where there is no such entry, empty where it is too long.
    pub body: Option<String>,
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, TrailStoreError> {
    row.try_get("", column).map_err(TrailStoreError::Garbage)
}

fn entry(row: &QueryResult) -> Result<EntryRow, TrailStoreError> {
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

fn head(row: &QueryResult) -> Result<HeadRow, TrailStoreError> {
    Ok(HeadRow {
        chain: get(row, "chain_id")?,
        seq: get(row, "seq")?,
        hash: get(row, "hash")?,
        signature: get(row, "signature")?,
        process: get(row, "process")?,
        updated_at: get(row, "updated_at")?,
    })
}

fn subject(row: &QueryResult) -> Result<SubjectRow, TrailStoreError> {
    Ok(SubjectRow {
        authority: get(row, "authority_id")?,
        family: get(row, "family_id")?,
        recorded_at: get(row, "recorded_at")?,
        chain: get(row, "chain_id")?,
        seq: get(row, "seq")?,
    })
}

fn agency(row: &QueryResult) -> Result<AgencyRow, TrailStoreError> {
    Ok(AgencyRow {
        authority: get(row, "authority_id")?,
        agency: get(row, "agency_id")?,
        recorded_at: get(row, "recorded_at")?,
        chain: get(row, "chain_id")?,
        seq: get(row, "seq")?,
    })
}

fn agency_key(row: &AgencyRow) -> [Value; 5] {
    [
        row.authority.into(),
        row.agency.into(),
        row.recorded_at.into(),
        row.chain.into(),
        row.seq.into(),
    ]
}

async fn all(
    on: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, TrailStoreError> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.query_all_raw(statement).await?)
}

impl TrailStore {
    /// The head of a chain, read where it is written.
    pub async fn head(&self, chain: Uuid) -> Result<Option<HeadRow>, TrailStoreError> {
        let sql = format!("SELECT {HEAD} FROM trail_head WHERE chain_id = $1");
        let rows = all(&self.writer, sql, vec![chain.into()]).await?;
        rows.first().map(head).transpose()
    }

    /// Whether there is an entry at a place, read where it is written.
    pub async fn has_entry(&self, chain: Uuid, seq: i64) -> Result<bool, TrailStoreError> {
        let sql = "SELECT seq FROM trail_entry WHERE chain_id = $1 AND seq = $2";
        let rows = all(&self.writer, sql, vec![chain.into(), seq.into()]).await?;
        Ok(!rows.is_empty())
    }

    /// The entries that speak of a family, newest first, at most `limit`, and only those before the given entry.
    pub async fn entries_about(
        &self,
        authority: i32,
        family: Uuid,
        before: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let mut values: Vec<Value> = vec![authority.into(), family.into(), i64::from(limit).into()];
        let page = before.map_or("", |(at, chain, seq)| {
            values.extend([at.into(), chain.into(), seq.into()]);
            "AND (s.recorded_at, s.chain_id, s.seq) < ($4, $5, $6)"
        });
        let sql = format!(
            "SELECT {ENTRY} FROM trail_subject s JOIN trail_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq \
             WHERE s.authority_id = $1 AND s.family_id = $2 {page} \
             ORDER BY s.recorded_at DESC, s.chain_id DESC, s.seq DESC LIMIT $3"
        );
        all(&self.reader, sql, values).await?.iter().map(entry).collect()
    }

    /// The entries of an authority, newest first, at most `limit`, and only those before the given entry.
    pub async fn entries_of(
        &self,
        authority: i32,
        before: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let mut values: Vec<Value> = vec![authority.into(), i64::from(limit).into()];
        let page = before.map_or("", |(at, chain, seq)| {
            values.extend([at.into(), chain.into(), seq.into()]);
            "AND (e.recorded_at, e.chain_id, e.seq) < ($3, $4, $5)"
        });
        let sql = format!(
            "SELECT {ENTRY} FROM trail_entry e WHERE e.authority_id = $1 {page} \
             ORDER BY e.recorded_at DESC, e.chain_id DESC, e.seq DESC LIMIT $2"
        );
        all(&self.reader, sql, values).await?.iter().map(entry).collect()
    }

    /// The entries that tell what an agency has looked up, newest first, at most `limit`, and only those before the given entry.
    pub async fn entries_by(
        &self,
        authority: i32,
        agency: Uuid,
        before: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let mut values: Vec<Value> = vec![authority.into(), agency.into(), i64::from(limit).into()];
        let page = before.map_or("", |(at, chain, seq)| {
            values.extend([at.into(), chain.into(), seq.into()]);
            "AND (s.recorded_at, s.chain_id, s.seq) < ($4, $5, $6)"
        });
        let sql = format!(
            "SELECT {ENTRY} FROM trail_agency s JOIN trail_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq \
             WHERE s.authority_id = $1 AND s.agency_id = $2 {page} \
             ORDER BY s.recorded_at DESC, s.chain_id DESC, s.seq DESC LIMIT $3"
        );
        all(&self.reader, sql, values).await?.iter().map(entry).collect()
    }

    /// The trail as it is at one instant, however much is written meanwhile. It holds a connection until it is dropped.
    pub async fn snapshot(&self) -> Result<TrailSnapshot, TrailStoreError> {
        let transaction = match self.reader.get_database_backend() {
            // A read transaction of SQLite is a snapshot by itself.
            DbBackend::Sqlite => self.reader.begin().await?,
            DbBackend::Postgres => {
                self.reader
                    .begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly))
                    .await?
            }
            _ => return Err(TrailStoreError::Unsupported),
        };
        Ok(TrailSnapshot { transaction })
    }
}

/// The trail at one instant, read in pages by key.
#[derive(Debug)]
pub struct TrailSnapshot {
    transaction: DatabaseTransaction,
}

impl TrailSnapshot {
    /// The next chain that has entries.
    pub async fn chain_after(&self, after: Option<Uuid>) -> Result<Option<Uuid>, TrailStoreError> {
        let rows = if let Some(after) = after {
            let sql = "SELECT chain_id FROM trail_entry WHERE chain_id > $1 ORDER BY chain_id LIMIT 1";
            all(&self.transaction, sql, vec![after.into()]).await?
        } else {
            let sql = "SELECT chain_id FROM trail_entry ORDER BY chain_id LIMIT 1";
            all(&self.transaction, sql, Vec::new()).await?
        };
        rows.first().map(|row| get(row, "chain_id")).transpose()
    }

    /// The next `limit` entries of a chain, in order. A body longer than `longest` characters comes empty.
    pub async fn entries_after(
        &self,
        chain: Uuid,
        after: Option<i64>,
        limit: u32,
        longest: usize,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let longest = i64::try_from(longest).unwrap_or(i64::MAX);
        let mut values: Vec<Value> = vec![longest.into(), chain.into(), i64::from(limit).into()];
        let page = after.map_or("", |after| {
            values.push(after.into());
            "AND e.seq > $4"
        });
        let sql =
            format!("SELECT {BOUNDED_ENTRY} FROM trail_entry e WHERE e.chain_id = $2 {page} ORDER BY e.seq LIMIT $3");
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter().map(entry).collect()
    }

    /// The stored hash of one entry, where there is one.
    pub async fn hash_at(&self, chain: Uuid, seq: i64) -> Result<Option<String>, TrailStoreError> {
        let sql = "SELECT hash FROM trail_entry WHERE chain_id = $1 AND seq = $2";
        let rows = all(&self.transaction, sql, vec![chain.into(), seq.into()]).await?;
        rows.first().map(|row| get(row, "hash")).transpose()
    }

    /// The place of the newest entry of a chain.
    pub async fn last_seq(&self, chain: Uuid) -> Result<Option<i64>, TrailStoreError> {
        let sql = "SELECT seq FROM trail_entry WHERE chain_id = $1 ORDER BY seq DESC LIMIT 1";
        let rows = all(&self.transaction, sql, vec![chain.into()]).await?;
        rows.first().map(|row| get(row, "seq")).transpose()
    }

    /// The head of a chain.
    pub async fn head(&self, chain: Uuid) -> Result<Option<HeadRow>, TrailStoreError> {
        let sql = format!("SELECT {HEAD} FROM trail_head WHERE chain_id = $1");
        let rows = all(&self.transaction, sql, vec![chain.into()]).await?;
        rows.first().map(head).transpose()
    }

    /// The next `limit` heads, by chain.
    pub async fn heads_after(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<HeadRow>, TrailStoreError> {
        let mut values: Vec<Value> = vec![i64::from(limit).into()];
        let page = after.map_or("", |after| {
            values.push(after.into());
            "WHERE chain_id > $2"
        });
        let sql = format!("SELECT {HEAD} FROM trail_head {page} ORDER BY chain_id LIMIT $1");
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter().map(head).collect()
    }

    /// Which of these (authority, family, place) the index has for a chain.
    pub async fn subjects_among(
        &self,
        chain: Uuid,
        wanted: &[(i32, Uuid, i64)],
    ) -> Result<Vec<SubjectRow>, TrailStoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = vec![chain.into()];
        for (authority, family, seq) in wanted {
            values.extend([Value::from(*authority), (*family).into(), (*seq).into()]);
        }
        let sql = format!(
            "SELECT authority_id, family_id, recorded_at, chain_id, seq FROM trail_subject \
             WHERE chain_id = $1 AND (authority_id, family_id, seq) IN (VALUES {})",
            placeholders(2, wanted.len(), 3)
        );
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter().map(subject).collect()
    }

    /// Which of these rows the index of agencies has.
    pub async fn agencies_among(&self, wanted: &[AgencyRow]) -> Result<Vec<AgencyRow>, TrailStoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT authority_id, agency_id, recorded_at, chain_id, seq FROM trail_agency \
             WHERE (authority_id, agency_id, recorded_at, chain_id, seq) IN (VALUES {})",
            placeholders(1, wanted.len(), 5)
        );
        let values = wanted.iter().flat_map(agency_key).collect();
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter().map(agency).collect()
    }

    /// The next `limit` rows of the index of agencies, by key, each with the body of its entry.
    pub async fn agencies_after(
        &self,
        after: Option<&AgencyRow>,
        limit: u32,
        longest: usize,
    ) -> Result<Vec<AgencyLine>, TrailStoreError> {
        let longest = i64::try_from(longest).unwrap_or(i64::MAX);
        let mut values: Vec<Value> = vec![longest.into(), i64::from(limit).into()];
        let page = after.map_or("", |after| {
            values.extend(agency_key(after));
            "WHERE (s.authority_id, s.agency_id, s.recorded_at, s.chain_id, s.seq) > ($3, $4, $5, $6, $7)"
        });
        let sql = format!(
            "SELECT s.authority_id, s.agency_id, s.recorded_at, s.chain_id, s.seq, \
             CASE WHEN e.body IS NULL THEN NULL WHEN length(e.body) <= $1 THEN e.body ELSE '' END AS body \
             FROM trail_agency s LEFT JOIN trail_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq {page} \
             ORDER BY s.authority_id, s.agency_id, s.recorded_at, s.chain_id, s.seq LIMIT $2"
        );
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(AgencyLine {
                    row: agency(row)?,
                    body: get(row, "body")?,
                })
            })
            .collect()
    }

    /// The next `limit` rows of the index, by key, each with the body of its entry.
    pub async fn subjects_after(
        &self,
        after: Option<&SubjectRow>,
        limit: u32,
        longest: usize,
    ) -> Result<Vec<SubjectLine>, TrailStoreError> {
        let longest = i64::try_from(longest).unwrap_or(i64::MAX);
        let mut values: Vec<Value> = vec![longest.into(), i64::from(limit).into()];
        let page = after.map_or("", |after| {
            values.extend([
                Value::from(after.authority),
                after.family.into(),
                after.chain.into(),
                after.seq.into(),
            ]);
            "WHERE (s.authority_id, s.family_id, s.chain_id, s.seq) > ($3, $4, $5, $6)"
        });
        let sql = format!(
            "SELECT s.authority_id, s.family_id, s.recorded_at, s.chain_id, s.seq, \
             CASE WHEN e.body IS NULL THEN NULL WHEN length(e.body) <= $1 THEN e.body ELSE '' END AS body \
             FROM trail_subject s LEFT JOIN trail_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq {page} \
             ORDER BY s.authority_id, s.family_id, s.chain_id, s.seq LIMIT $2"
        );
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(SubjectLine {
                    row: subject(row)?,
                    body: get(row, "body")?,
                })
            })
            .collect()
    }
}

/// `($1, $2), ($3, $4)`: `rows` rows of `width` places, numbered from `first`.
fn placeholders(first: usize, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> = (0..width).map(|at| format!("${}", first + row * width + at)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
