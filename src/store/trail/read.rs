//! Queries of the trail for people who ask who saw a family.
//!
//! Stored data is not trusted: a value of the wrong type is [`TrailStoreError::Garbage`], and a body longer
//! than the caller's limit is not fetched.

use chrono::{DateTime, Utc};
use sea_orm::{AccessMode, ConnectionTrait, DbBackend, IsolationLevel, TransactionTrait, Value};
use uuid::Uuid;

use super::{
    ChainState, EntryRow, HeadRow, TrailStore, TrailStoreError,
    columns::{ENTRY, HEAD, all, entry, get, head},
    group::bucket,
    snapshot::TrailSnapshot,
};

impl TrailStore {
    /// The head of a chain, read from the primary.
    pub async fn head(&self, chain: Uuid) -> Result<Option<HeadRow>, TrailStoreError> {
        let sql = format!("SELECT {HEAD} FROM trail_head WHERE chain_id = $1");
        let rows = all(&self.writer, sql, vec![chain.into()]).await?;
        rows.first().map(head).transpose()
    }

    /// The state of a chain, by two statements: a commit that nobody waits for any more may still arrive.
    pub(super) async fn state_by_statements(&self, chain: Uuid) -> Result<ChainState, TrailStoreError> {
        let head = self.head(chain).await?.map(|head| (head.seq, head.hash));
        let sql = "SELECT max(seq) AS seq FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1)";
        let rows = all(&self.writer, sql, vec![chain.into()]).await?;
        let last = rows.first().map(|row| get::<Option<i64>>(row, "seq")).transpose()?;
        Ok(ChainState {
            head,
            last: last.flatten(),
            settled: false,
        })
    }

    /// A snapshot of the trail, whatever is written meanwhile. It holds a connection until it is dropped.
    pub async fn snapshot(&self) -> Result<TrailSnapshot, TrailStoreError> {
        let transaction = match self.reader.get_database_backend() {
            // A read transaction of SQLite is a snapshot in itself.
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

impl TrailSnapshot {
    /// The entries about a family, newest first, at most `limit`, and only those before the given entry.
    pub async fn entries_about(
        &self,
        authority: i32,
        family: Uuid,
        before: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let mut values: Vec<Value> = vec![
            authority.into(),
            family.into(),
            i64::from(limit).into(),
            bucket(family).into(),
            family.as_bytes().to_vec().into(),
        ];
        let page = before.map_or("", |(at, chain, seq)| {
            values.extend([at.into(), chain.into(), seq.into()]);
            "AND (recorded_at, chain_id, seq) < ($6, $7, $8)"
        });
        // In concatenated ids, a match only counts at a multiple of the length of an id.
        let stands = match self.transaction.get_database_backend() {
            DbBackend::Sqlite => "instr(members, $5) % 16 = 1",
            _ => "position($5 IN members) % 16 = 1",
        };
        let newest = format!("{page} ORDER BY recorded_at DESC, chain_id DESC, seq DESC LIMIT $3");
        let sql = format!(
            "SELECT {ENTRY} FROM ( \
                 SELECT * FROM (SELECT recorded_at, chain_id, seq FROM trail_subject \
                     WHERE authority_id = $1 AND family_id = $2 {newest}) AS alone \
                 UNION \
                 SELECT * FROM (SELECT recorded_at, chain_id, seq FROM trail_group \
                     WHERE authority_id = $1 AND bucket = $4 AND {stands} {newest}) AS among_others \
             ) AS s JOIN trail_entry e ON e.chain_id = s.chain_id AND e.seq = s.seq \
             ORDER BY s.recorded_at DESC, s.chain_id DESC, s.seq DESC LIMIT $3"
        );
        all(&self.transaction, sql, values).await?.iter().map(entry).collect()
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
        all(&self.transaction, sql, values).await?.iter().map(entry).collect()
    }

    /// The entries about an agency's look-ups, newest first, at most `limit`, and only those before the given
    /// entry.
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
        all(&self.transaction, sql, values).await?.iter().map(entry).collect()
    }
}
