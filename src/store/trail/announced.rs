//! Entries that announce a change, or say that one failed, in the order of their chain.

use sea_orm::Value;
use uuid::Uuid;

use super::{
    EntryRow, TrailStoreError,
    columns::{ENTRY, all, entry},
    snapshot::TrailSnapshot,
};

impl TrailSnapshot {
    /// The next `limit` such entries after a sequence number. The kinds are those that the partial index
    /// covers.
    pub async fn announced_after(&self, chain: Uuid, after: i64, limit: u32) -> Result<Vec<EntryRow>, TrailStoreError> {
        let sql = format!(
            "SELECT {ENTRY} FROM trail_entry e WHERE e.chain_id = $1 AND e.seq > $2 \
             AND e.kind IN ('write', 'consent', 'emergency', 'agreement', 'write_failed') ORDER BY e.seq LIMIT $3"
        );
        let values: Vec<Value> = vec![chain.into(), after.into(), i64::from(limit).into()];
        let rows = all(&self.transaction, sql, values).await?;
        rows.iter().map(entry).collect()
    }
}
