//! Queries of records, of dictionary words, and of chain numbers.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};
use uuid::Uuid;

use super::{
    FamiliesRow, RecordRow, TrailStore, TrailStoreError, Word,
    columns::{all, get},
    postgres,
    record::{CHAINS, ID_LENGTH, bucket, first_of_month},
    snapshot::{TrailSnapshot, placeholders},
};

pub(super) const RECORD: &str =
    "r.seq, r.at, r.chain, r.authority_id, r.agency, r.kind, r.family_id, r.hash, r.body, c.chain_id";
const FAMILIES: &str = "f.at, f.seq, f.chain, f.authority_id, f.bucket, f.members";
/// Newest first: by minute, as the indices have it, and then exactly.
const NEWEST: &str = "ORDER BY at / 60000000 DESC, at DESC, chain DESC, seq DESC LIMIT $1";
/// How often a new chain retries when another took its number at the same moment.
const MAX_RETRIES: u8 = 8;
/// The most keys in one statement.
const MAX_KEYS: usize = 400;

/// A record with its chain's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The chain.
    pub chain: Uuid,
    /// The row.
    pub row: RecordRow,
}

fn instant(micros: i64) -> Result<DateTime<Utc>, TrailStoreError> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| TrailStoreError::Garbage(sea_orm::DbErr::Type("not an instant".to_owned())))
}

pub(super) fn record(row: &QueryResult) -> Result<Record, TrailStoreError> {
    Ok(Record {
        chain: get(row, "chain_id")?,
        row: RecordRow {
            chain: get(row, "chain")?,
            seq: get(row, "seq")?,
            at: instant(get(row, "at")?)?,
            authority: get(row, "authority_id")?,
            agency: get(row, "agency")?,
            kind: get(row, "kind")?,
            family: get(row, "family_id")?,
            hash: get(row, "hash")?,
            body: get(row, "body")?,
        },
    })
}

fn families(row: &QueryResult) -> Result<FamiliesRow, TrailStoreError> {
    Ok(FamiliesRow {
        chain: get(row, "chain")?,
        seq: get(row, "seq")?,
        at: instant(get(row, "at")?)?,
        authority: get(row, "authority_id")?,
        bucket: get(row, "bucket")?,
        members: get(row, "members")?,
    })
}

/// The condition for rows before a cursor, with parameters from `$first` on. A `NULL` chain stands for
/// entries that are not records, which come after all records with the same timestamp.
fn before(first: usize, place: Option<(DateTime<Utc>, Uuid, i64)>, values: &mut Vec<Value>) -> String {
    let Some((at, chain, seq)) = place else {
        return String::new();
    };
    let at = at.timestamp_micros();
    values.extend([Value::from(at), chain.into(), seq.into()]);
    let (at, chain, seq) = (first, first + 1, first + 2);
    format!(
        "AND at / 60000000 <= CAST(${at} AS bigint) / 60000000 AND (at, chain, seq) < \
         (${at}, COALESCE((SELECT number FROM trail_chain WHERE chain_id = ${chain}), 0), ${seq})"
    )
}

impl TrailStore {
    /// Assigns a number to a new chain, and creates the month's partitions if possible.
    pub async fn number_chain(&self, chain: Uuid, now: DateTime<Utc>) -> Result<i32, TrailStoreError> {
        let first = first_of_month(now);
        if self.writer.get_database_backend() == DbBackend::Postgres {
            postgres::make_partitions(&self.writer, first).await;
        }
        let sql = "INSERT INTO trail_chain (number, chain_id) \
             SELECT COALESCE(max(number) + 1, $1), $3 FROM trail_chain WHERE number >= $1 AND number < $2 \
             ON CONFLICT DO NOTHING RETURNING number";
        for _ in 0..MAX_RETRIES {
            let values = vec![first.into(), (first + CHAINS).into(), chain.into()];
            if let Some(row) = all(&self.writer, sql, values).await?.first() {
                return get(row, "number");
            }
        }
        Err(TrailStoreError::HeadMoved)
    }

    /// The numbers of words, in the same order; missing words are inserted.
    pub async fn number_words(&self, words: &[Word]) -> Result<Vec<i32>, TrailStoreError> {
        let mut numbers = Vec::with_capacity(words.len());
        for some in words.chunks(MAX_KEYS) {
            let places = placeholders(1, some.len(), 2);
            let sql = format!("INSERT INTO trail_word (hash, body) VALUES {places} ON CONFLICT (hash) DO NOTHING");
            let values = some
                .iter()
                .flat_map(|word| [word.hash.clone().into(), word.body.as_str().into()]);
            all(&self.writer, sql, values.collect()).await?;
            for word in some {
                let sql = "SELECT number FROM trail_word WHERE hash = $1";
                let rows = all(&self.writer, sql, vec![word.hash.clone().into()]).await?;
                let row = rows.first().ok_or(TrailStoreError::NotSeen)?;
                numbers.push(get(row, "number")?);
            }
        }
        Ok(numbers)
    }
}

impl TrailSnapshot {
    /// The records about a family, newest first, at most `limit`, and only those before the cursor.
    pub async fn records_about(
        &self,
        authority: i32,
        family: Uuid,
        place: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<Record>, TrailStoreError> {
        let mut values: Vec<Value> = vec![
            i64::from(limit).into(),
            authority.into(),
            family.into(),
            bucket(family).into(),
            family.as_bytes().to_vec().into(),
        ];
        let page = before(6, place, &mut values);
        let stands = match self.transaction.get_database_backend() {
            DbBackend::Sqlite => format!("instr(members, $5) % {ID_LENGTH} = 1"),
            _ => format!("position($5 IN members) % {ID_LENGTH} = 1"),
        };
        let sql = format!(
            "SELECT {RECORD} FROM ( \
                 SELECT * FROM (SELECT at, chain, seq FROM trail_record \
                     WHERE authority_id = $2 AND family_id = $3 {page} {NEWEST}) AS alone \
                 UNION ALL \
                 SELECT * FROM (SELECT at, chain, seq FROM trail_families \
                     WHERE authority_id = $2 AND bucket = $4 AND {stands} {page} {NEWEST}) AS among_others \
             ) AS s JOIN trail_record r ON r.chain = s.chain AND r.seq = s.seq JOIN trail_chain c ON c.number = r.chain \
             ORDER BY s.at DESC, s.chain DESC, s.seq DESC LIMIT $1"
        );
        all(&self.transaction, sql, values).await?.iter().map(record).collect()
    }

    /// The records of an authority, newest first, at most `limit`, and only those before the cursor.
    pub async fn records_of(
        &self,
        authority: i32,
        place: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<Record>, TrailStoreError> {
        let mut values: Vec<Value> = vec![i64::from(limit).into(), authority.into()];
        let page = before(3, place, &mut values);
        self.newest(&format!("authority_id = $2 {page}"), values).await
    }

    /// The records about an agency's look-ups, newest first, at most `limit`, and only those before the
    /// cursor. The agency is given by the hash of its word.
    pub async fn records_by(
        &self,
        authority: i32,
        agency: &[u8],
        place: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<Record>, TrailStoreError> {
        let mut values: Vec<Value> = vec![i64::from(limit).into(), authority.into(), agency.to_vec().into()];
        let page = before(4, place, &mut values);
        let of = "authority_id = $2 AND agency = (SELECT number FROM trail_word WHERE hash = $3)";
        self.newest(&format!("{of} {page}"), values).await
    }

    async fn newest(&self, which: &str, values: Vec<Value>) -> Result<Vec<Record>, TrailStoreError> {
        let sql = format!(
            "SELECT {RECORD} FROM (SELECT * FROM trail_record WHERE {which} {NEWEST}) AS r \
             JOIN trail_chain c ON c.number = r.chain ORDER BY r.at DESC, r.chain DESC, r.seq DESC"
        );
        all(&self.transaction, sql, values).await?.iter().map(record).collect()
    }

    /// The texts of words, by number; missing ones are left out.
    pub async fn words(&self, numbers: &[i32]) -> Result<Vec<(i32, String)>, TrailStoreError> {
        let mut found = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(MAX_KEYS) {
            let places: Vec<String> = (1..=some.len()).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT number, body FROM trail_word WHERE number IN ({})",
                places.join(", ")
            );
            let values = some.iter().map(|number| Value::from(*number)).collect();
            for row in all(&self.transaction, sql, values).await? {
                found.push((get(&row, "number")?, get(&row, "body")?));
            }
        }
        Ok(found)
    }

    /// The next chain number that has records.
    pub async fn numbered_chain_after(&self, after: i32) -> Result<Option<(i32, Option<Uuid>)>, TrailStoreError> {
        let sql = "SELECT r.chain, (SELECT chain_id FROM trail_chain WHERE number = r.chain) AS chain_id \
             FROM trail_record r WHERE r.chain > $1 ORDER BY r.chain LIMIT 1";
        let rows = all(&self.transaction, sql, vec![after.into()]).await?;
        rows.first()
            .map(|row| Ok((get(row, "chain")?, get(row, "chain_id")?)))
            .transpose()
    }

    /// Whether a chain has a record of another kind after a sequence number.
    pub async fn has_others_after(&self, chain: i32, after: i64, kind: i16) -> Result<bool, TrailStoreError> {
        let sql = "SELECT seq FROM trail_record WHERE chain = $1 AND seq > $2 AND kind <> $3 ORDER BY seq LIMIT 1";
        let values = vec![chain.into(), after.into(), kind.into()];
        Ok(!all(&self.transaction, sql, values).await?.is_empty())
    }

    /// The number of a chain of records.
    pub async fn number_of(&self, chain: Uuid) -> Result<Option<i32>, TrailStoreError> {
        let sql = "SELECT number FROM trail_chain WHERE chain_id = $1";
        let rows = all(&self.transaction, sql, vec![chain.into()]).await?;
        rows.first().map(|row| get(row, "number")).transpose()
    }

    /// The next `limit` records of a chain, in order. A body longer than `longest` bytes is returned empty.
    pub async fn records_after(
        &self,
        chain: i32,
        after: i64,
        limit: u32,
        longest: usize,
    ) -> Result<Vec<Record>, TrailStoreError> {
        let longest = i64::try_from(longest).unwrap_or(i64::MAX);
        let empty = match self.transaction.get_database_backend() {
            DbBackend::Sqlite => "x''",
            _ => "''::bytea",
        };
        let bounded = RECORD.replace(
            "r.body",
            &format!("CASE WHEN length(r.body) <= $1 THEN r.body ELSE {empty} END AS body"),
        );
        let sql = format!(
            "SELECT {bounded} FROM trail_record r JOIN trail_chain c ON c.number = r.chain \
             WHERE r.chain = $2 AND r.seq > $3 ORDER BY r.seq LIMIT $4"
        );
        let values = vec![longest.into(), chain.into(), after.into(), i64::from(limit).into()];
        all(&self.transaction, sql, values).await?.iter().map(record).collect()
    }

    /// The next `limit` records of a chain that announce a change, or say that one failed. The kinds are
    /// those that the partial index covers.
    pub async fn announced_records_after(
        &self,
        chain: Uuid,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Record>, TrailStoreError> {
        let sql = format!(
            "SELECT {RECORD} FROM trail_record r JOIN trail_chain c ON c.number = r.chain \
             WHERE c.chain_id = $1 AND r.seq > $2 AND r.kind IN (3, 4, 5, 6, 9) ORDER BY r.seq LIMIT $3"
        );
        let values = vec![chain.into(), after.into(), i64::from(limit).into()];
        all(&self.transaction, sql, values).await?.iter().map(record).collect()
    }

    /// The family rows of these entries, by chain number and sequence number.
    pub async fn families_of(&self, places: &[(i32, i64)]) -> Result<Vec<FamiliesRow>, TrailStoreError> {
        let mut found = Vec::new();
        for some in places.chunks(MAX_KEYS) {
            let values = some
                .iter()
                .flat_map(|(chain, seq)| [Value::from(*chain), (*seq).into()]);
            let sql = format!(
                "SELECT {FAMILIES} FROM trail_families f WHERE (f.chain, f.seq) IN (VALUES {}) ORDER BY f.chain, f.seq, f.bucket",
                placeholders(1, some.len(), 2)
            );
            for row in all(&self.transaction, sql, values.collect()).await? {
                found.push(families(&row)?);
            }
        }
        Ok(found)
    }

    /// At most `limit` family rows of a chain that match no record, by sequence number and bucket: with
    /// sequence numbers after `after`, and up to `to` if that is given.
    pub async fn orphaned_families(
        &self,
        chain: i32,
        after: i64,
        to: i64,
        limit: u32,
    ) -> Result<Vec<FamiliesRow>, TrailStoreError> {
        let sql = format!(
            "SELECT {FAMILIES} FROM trail_families f LEFT JOIN trail_record r ON r.chain = f.chain AND r.seq = f.seq \
             WHERE f.chain = $1 AND f.seq > $2 AND f.seq <= $3 AND r.seq IS NULL ORDER BY f.seq, f.bucket LIMIT $4"
        );
        let values = vec![chain.into(), after.into(), to.into(), i64::from(limit).into()];
        all(&self.transaction, sql, values)
            .await?
            .iter()
            .map(families)
            .collect()
    }

    /// The next chain number that has family rows, and whether it has any record.
    pub async fn chain_of_families_after(&self, after: i32) -> Result<Option<(i32, bool)>, TrailStoreError> {
        let sql = "SELECT f.chain, EXISTS (SELECT 1 FROM trail_record r WHERE r.chain = f.chain) AS has_records \
             FROM trail_families f WHERE f.chain > $1 ORDER BY f.chain LIMIT 1";
        let rows = all(&self.transaction, sql, vec![after.into()]).await?;
        rows.first()
            .map(|row| Ok((get(row, "chain")?, get(row, "has_records")?)))
            .transpose()
    }
}
