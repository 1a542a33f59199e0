//! The trail of one authority in chronological order, from its beginning or from an instant, to copy it
//! elsewhere.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use uuid::Uuid;

use super::{
    EntryRow, Record, TrailSnapshot, TrailStoreError,
    columns::{ENTRY, all, entry},
    records::{RECORD, record},
};

impl TrailSnapshot {
    /// The records of an authority from an instant on, oldest first, at most `limit`, and only those after
    /// the given timestamp, chain number and sequence number.
    pub async fn records_from(
        &self,
        authority: i32,
        from: DateTime<Utc>,
        after: Option<(DateTime<Utc>, i32, i64)>,
        limit: u32,
    ) -> Result<Vec<Record>, TrailStoreError> {
        let (at, chain, seq) = after.unwrap_or((from, -1, 0));
        let values: Vec<Value> = vec![
            i64::from(limit).into(),
            authority.into(),
            at.timestamp_micros().into(),
            chain.into(),
            seq.into(),
        ];
        let sql = format!(
            "SELECT {RECORD} FROM ( \
                 SELECT * FROM trail_record WHERE authority_id = $2 AND at / 60000000 >= CAST($3 AS bigint) / 60000000 \
                 AND (at, chain, seq) > ($3, $4, $5) ORDER BY at / 60000000, at, chain, seq LIMIT $1 \
             ) AS r JOIN trail_chain c ON c.number = r.chain ORDER BY r.at, r.chain, r.seq"
        );
        all(&self.transaction, sql, values).await?.iter().map(record).collect()
    }

    /// The same for the rows of version 1.
    pub async fn entries_from(
        &self,
        authority: i32,
        from: DateTime<Utc>,
        after: Option<(DateTime<Utc>, Uuid, i64)>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, TrailStoreError> {
        let (at, chain, seq) = after.unwrap_or((from, Uuid::nil(), 0));
        let values: Vec<Value> = vec![
            i64::from(limit).into(),
            authority.into(),
            at.into(),
            chain.into(),
            seq.into(),
        ];
        let sql = format!(
            "SELECT {ENTRY} FROM trail_entry e WHERE e.authority_id = $2 AND (e.recorded_at, e.chain_id, e.seq) > ($3, $4, $5) \
             ORDER BY e.recorded_at, e.chain_id, e.seq LIMIT $1"
        );
        all(&self.transaction, sql, values).await?.iter().map(entry).collect()
    }
}
