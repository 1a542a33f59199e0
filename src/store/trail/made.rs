//! Which announced changes are known to be committed, and the trail's identity.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};
use uuid::Uuid;

use super::{
    Record, TrailStore, TrailStoreError,
    columns::{all, get},
    records::{RECORD, record},
    snapshot::TrailSnapshot,
    sqlite,
};

/// The most rows added by one statement.
const MAX_ROWS: usize = 256;

/// A row of `trail_made`: an announced change is known to be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MadeRow {
    /// The chain of the entry.
    pub chain: Uuid,
    /// The entry's sequence number.
    pub seq: i64,
    /// The authority whose data it changed.
    pub authority: i32,
}

impl TrailStore {
    /// Adds rows; existing rows stay.
    pub async fn add_made(&self, rows: &[MadeRow]) -> Result<(), TrailStoreError> {
        for rows in rows.chunks(MAX_ROWS) {
            self.insert_rows(adding(rows)).await?;
        }
        Ok(())
    }

    async fn insert_rows(&self, (text, values): (String, Vec<Value>)) -> Result<(), TrailStoreError> {
        match self.writer.get_database_backend() {
            DbBackend::Sqlite => sqlite::insert_rows(&self.writer, self.files.as_deref(), (text, values)).await,
            backend => {
                let statement = Statement::from_sql_and_values(backend, text, values);
                self.writer.execute_raw(statement).await?;
                Ok(())
            }
        }
    }

    /// The trail's identity, which survives a restore; `None` before a process has set it.
    pub async fn identity(&self) -> Result<Option<Uuid>, TrailStoreError> {
        let rows = all(&self.reader, "SELECT id FROM trail_identity", Vec::new()).await?;
        rows.first().map(|row| get(row, "id")).transpose()
    }

    /// As [`identity`](Self::identity), after setting it to `new` if there is none yet.
    pub async fn identity_or(&self, new: Uuid) -> Result<Option<Uuid>, TrailStoreError> {
        let text = "INSERT INTO trail_identity (place, id) VALUES (1, $1) ON CONFLICT DO NOTHING";
        self.insert_rows((text.to_owned(), vec![new.into()])).await?;
        self.identity().await
    }
}

/// The statement that adds these rows.
fn adding(rows: &[MadeRow]) -> (String, Vec<Value>) {
    let places: Vec<String> = (0..rows.len())
        .map(|at| format!("(${}, ${}, ${})", 3 * at + 1, 3 * at + 2, 3 * at + 3))
        .collect();
    let text = format!(
        "INSERT INTO trail_made (chain_id, seq, authority_id) VALUES {} ON CONFLICT DO NOTHING",
        places.join(", ")
    );
    let values = rows.iter();
    let values = values.flat_map(|row| [Value::from(row.chain), row.seq.into(), row.authority.into()]);
    (text, values.collect())
}

impl TrailSnapshot {
    /// The newest `limit` changes of a chain known to be committed, among those announced after one sequence
    /// number and before another, newest first.
    pub async fn newest_made(
        &self,
        chain: Uuid,
        after: i64,
        before: i64,
        limit: u32,
    ) -> Result<Vec<MadeRow>, TrailStoreError> {
        let sql = "SELECT chain_id, seq, authority_id FROM trail_made \
             WHERE chain_id = $1 AND seq > $2 AND seq < $3 ORDER BY seq DESC LIMIT $4";
        let values: Vec<Value> = vec![chain.into(), after.into(), before.into(), i64::from(limit).into()];
        let rows = all(&self.transaction, sql, values).await?;
        let made = |row| {
            Ok(MadeRow {
                chain: get(row, "chain_id")?,
                seq: get(row, "seq")?,
                authority: get(row, "authority_id")?,
            })
        };
        rows.iter().map(made).collect()
    }

    /// All entries of a kind. Only for the rare kinds that the partial index covers.
    pub async fn records_of_kind(&self, kind: i16) -> Result<Vec<Record>, TrailStoreError> {
        let sql = format!(
            "SELECT {RECORD} FROM trail_record r JOIN trail_chain c ON c.number = r.chain \
             WHERE r.kind = $1 AND r.kind IN (13, 15) ORDER BY r.chain, r.seq"
        );
        let rows = all(&self.transaction, sql, vec![kind.into()]).await?;
        rows.iter().map(record).collect()
    }
}
