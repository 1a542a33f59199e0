//! A snapshot of the trail, read in bounded pages: for verification and exports.

use std::fmt::Write as _;

use sea_orm::{DatabaseTransaction, QueryResult, Value};
use uuid::Uuid;

use super::{
    AgencyRow, EntryRow, GroupRow, HeadRow, SubjectRow, TrailStoreError,
    columns::{HEAD, all, entry, get, head},
};

const GROUP: &str = "s.authority_id, s.bucket, s.recorded_at, s.chain_id, s.seq, s.members";
/// As [`ENTRY`], but with an empty body if it is longer than `$1`.
const BOUNDED_ENTRY: &str = "e.chain_id, e.seq, e.recorded_at, e.authority_id, e.kind, \
     CASE WHEN length(e.body) <= $1 THEN e.body ELSE '' END AS body, e.prev_hash, e.hash";

/// A row of `trail_agency` and the body of its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyLine {
    /// The row.
    pub row: AgencyRow,
    /// The body; `None` if there is no such entry, empty if it is too long.
    pub body: Option<String>,
}

/// A row of `trail_group` and the body of its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLine {
    /// The row.
    pub row: GroupRow,
    /// The body; `None` if there is no such entry, empty if it is too long.
    pub body: Option<String>,
}

/// A row of `trail_subject` and the body of its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectLine {
    /// The row.
    pub row: SubjectRow,
    /// The body; `None` if there is no such entry, empty if it is too long.
    pub body: Option<String>,
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

fn group(row: &QueryResult) -> Result<GroupRow, TrailStoreError> {
    Ok(GroupRow {
        authority: get(row, "authority_id")?,
        bucket: get(row, "bucket")?,
        recorded_at: get(row, "recorded_at")?,
        chain: get(row, "chain_id")?,
        seq: get(row, "seq")?,
        members: get(row, "members")?,
    })
}

fn group_key(row: &GroupRow) -> [Value; 5] {
    [
        row.authority.into(),
        row.bucket.into(),
        row.recorded_at.into(),
        row.chain.into(),
        row.seq.into(),
    ]
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

/// The trail at one instant, with keyset pagination.
#[derive(Debug)]
pub struct TrailSnapshot {
    pub(super) transaction: DatabaseTransaction,
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

    /// The next `limit` entries of a chain, in order. A body longer than `longest` characters is returned
    /// empty.
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

    /// The stored hash of an entry, if it exists.
    pub async fn hash_at(&self, chain: Uuid, seq: i64) -> Result<Option<String>, TrailStoreError> {
        if let Some(number) = self.number_of(chain).await? {
            let sql = "SELECT hash FROM trail_record WHERE chain = $1 AND seq = $2";
            let rows = all(&self.transaction, sql, vec![number.into(), seq.into()]).await?;
            let hash: Option<Vec<u8>> = rows.first().map(|row| get(row, "hash")).transpose()?;
            return Ok(hash.map(|hash| hexadecimal(&hash)));
        }
        let sql = "SELECT hash FROM trail_entry WHERE chain_id = $1 AND seq = $2";
        let rows = all(&self.transaction, sql, vec![chain.into(), seq.into()]).await?;
        rows.first().map(|row| get(row, "hash")).transpose()
    }

    /// The sequence number of the newest entry of a chain.
    pub async fn last_seq(&self, chain: Uuid) -> Result<Option<i64>, TrailStoreError> {
        let rows = if let Some(number) = self.number_of(chain).await? {
            let sql = "SELECT seq FROM trail_record WHERE chain = $1 ORDER BY seq DESC LIMIT 1";
            all(&self.transaction, sql, vec![number.into()]).await?
        } else {
            let sql = "SELECT seq FROM trail_entry WHERE chain_id = $1 ORDER BY seq DESC LIMIT 1";
            all(&self.transaction, sql, vec![chain.into()]).await?
        };
        rows.first().map(|row| get(row, "seq")).transpose()
    }

    /// The head of a chain.
    pub async fn head(&self, chain: Uuid) -> Result<Option<HeadRow>, TrailStoreError> {
        let sql = format!("SELECT {HEAD} FROM trail_head WHERE chain_id = $1");
        let rows = all(&self.transaction, sql, vec![chain.into()]).await?;
        rows.first().map(head).transpose()
    }

    /// The next `limit` heads, ordered by chain.
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

    /// Which of these (authority, family, sequence number) the index has for a chain.
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

    /// Which of these group rows exist, by their keys.
    pub async fn groups_among(&self, wanted: &[GroupRow]) -> Result<Vec<GroupRow>, TrailStoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {GROUP} FROM trail_group s \
             WHERE (s.authority_id, s.bucket, s.recorded_at, s.chain_id, s.seq) IN (VALUES {})",
            placeholders(1, wanted.len(), 5)
        );
        let values = wanted.iter().flat_map(group_key).collect();
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter().map(group).collect()
    }

    /// The next `limit` group rows, ordered by key, each with the body of its entry.
    pub async fn groups_after(
        &self,
        after: Option<&GroupRow>,
        limit: u32,
        longest: usize,
    ) -> Result<Vec<GroupLine>, TrailStoreError> {
        let longest = i64::try_from(longest).unwrap_or(i64::MAX);
        let mut values: Vec<Value> = vec![longest.into(), i64::from(limit).into()];
        let page = after.map_or("", |after| {
            values.extend(group_key(after));
            "WHERE (s.authority_id, s.bucket, s.recorded_at, s.chain_id, s.seq) > ($3, $4, $5, $6, $7)"
        });
        let sql = format!(
            "SELECT {GROUP}, CASE WHEN e.body IS NULL THEN NULL WHEN length(e.body) <= $1 THEN e.body ELSE '' END AS body \
             FROM trail_group s LEFT JOIN trail_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq {page} \
             ORDER BY s.authority_id, s.bucket, s.recorded_at, s.chain_id, s.seq LIMIT $2"
        );
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(GroupLine {
                    row: group(row)?,
                    body: get(row, "body")?,
                })
            })
            .collect()
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

    /// The next `limit` rows of the index of agencies, ordered by key, each with the body of its entry.
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

    /// The next `limit` rows of the index of families, ordered by key, each with the body of its entry.
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

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// `($1, $2), ($3, $4)`: `rows` rows of `width` parameters, numbered from `first`.
pub(super) fn placeholders(first: usize, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> = (0..width).map(|at| format!("${}", first + row * width + at)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
