//! Archiving whole months of the trail to a SQLite file: they are copied in full, and then deleted from the
//! database.

use std::path::Path;

use migration::TRAIL;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait, Value};
use uuid::Uuid;

use super::{
    HeadRow, Record, TrailSnapshot, TrailStore, TrailStoreError,
    columns::{HEAD, all, get, head},
    part::Part,
    record::{CHAINS, month_name},
    sqlite,
};
use crate::store::{
    connect::{ConnectError, trail_file},
    migrate,
};

/// Rows held in memory at a time.
const PAGE: u32 = 500;

/// The chains that were started in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// The number of its first chain.
    first: i32,
}

impl Month {
    /// A month of a year; `None` before the year 2000 or after 2700.
    pub fn of(year: i32, month: u32) -> Option<Self> {
        let months = (year - 2000) * 12 + i32::try_from(month).ok()? - 1;
        let is_one = (2000..2700).contains(&year) && (1..=12).contains(&month);
        is_one.then_some(Self { first: months * CHAINS })
    }

    /// The name, such as `2026-11`.
    pub fn name(self) -> String {
        month_name(self.first).replace('_', "-")
    }

    fn values(self) -> Vec<Value> {
        vec![self.first.into(), (self.first + CHAINS).into()]
    }
}

/// The content of a month: the number of entries, and the heads of its chains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Entries.
    pub entries: u64,
    /// The chains' heads.
    pub heads: Vec<HeadRow>,
}

impl TrailStore {
    /// Creates a trail in a new file that only its owner can read. The file must not exist.
    pub async fn new_archive(file: &Path) -> Result<Self, TrailStoreError> {
        let (url, connection) = trail_file(file, false).await?;
        let made = migrate::up(&connection, &TRAIL).await;
        made.map_err(|source| ConnectError::Migrate { database: url, source })?;
        Ok(Self::over(connection.clone(), connection))
    }

    /// Opens an archive file read-only.
    pub async fn archive(file: &Path) -> Result<Self, TrailStoreError> {
        let (_, connection) = trail_file(file, true).await?;
        Ok(Self::over(connection.clone(), connection))
    }

    /// Closes its connections.
    pub async fn close(&self) -> Result<(), TrailStoreError> {
        self.writer.close_by_ref().await?;
        Ok(self.reader.close_by_ref().await?)
    }

    /// Copies a month from a snapshot of another trail. `words` gives the dictionary words that records use.
    pub async fn copy_month(
        &self,
        from: &TrailSnapshot,
        month: Month,
        words: impl Fn(&[Record]) -> Vec<i32>,
    ) -> Result<Taken, TrailStoreError> {
        let mut taken = Taken::default();
        for (number, chain) in from.chains_of(month).await? {
            let mut after = 0;
            loop {
                let records = from.records_after(number, after, PAGE, usize::MAX).await?;
                let Some(last) = records.last() else { break };
                after = last.row.seq;
                taken.entries += records.len() as u64;
                let places: Vec<_> = records.iter().map(|record| (number, record.row.seq)).collect();
                let part = Part {
                    chain,
                    number,
                    records: &records,
                    families: &from.families_of(&places).await?,
                    words: &from.word_rows(&words(&records)).await?,
                };
                sqlite::copy_month(&self.writer, &part).await?;
            }
            if let Some(head) = from.head(chain).await? {
                sqlite::put_head(&self.writer, &head).await?;
                taken.heads.push(head);
            }
        }
        Ok(taken)
    }

    /// Deletes a month from the database, all of it or nothing. On PostgreSQL the space is freed at once if
    /// the month has partitions that are not being read at the moment.
    pub async fn delete_month(&self, month: Month) -> Result<(), TrailStoreError> {
        if self.writer.get_database_backend() == DbBackend::Postgres {
            match self.delete_rows(month, true).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::warn!(%error, "the month's partitions could not be dropped; its rows are deleted");
                }
            }
        }
        self.delete_rows(month, false).await
    }

    async fn delete_rows(&self, month: Month, drop_partitions: bool) -> Result<(), TrailStoreError> {
        let transaction = self.writer.begin().await?;
        let backend = transaction.get_database_backend();
        let run = async |text: &str| {
            let statement = Statement::from_sql_and_values(backend, text, month.values());
            transaction.execute_raw(statement).await
        };
        if drop_partitions {
            transaction.execute_unprepared("SET LOCAL lock_timeout = '2s'").await?;
        }
        run("DELETE FROM trail_head WHERE chain_id IN (SELECT chain_id FROM trail_chain WHERE number >= $1 AND number < $2)")
            .await?;
        run("DELETE FROM trail_chain WHERE number >= $1 AND number < $2").await?;
        for table in ["trail_record", "trail_families"] {
            let part = format!("{table}_{}", month_name(month.first));
            if drop_partitions && is_there(&transaction, &part).await? {
                transaction.execute_unprepared(&format!("DROP TABLE {part}")).await?;
            } else {
                run(&format!("DELETE FROM {table} WHERE chain >= $1 AND chain < $2")).await?;
            }
        }
        Ok(transaction.commit().await?)
    }
}

async fn is_there(on: &impl ConnectionTrait, table: &str) -> Result<bool, TrailStoreError> {
    let rows = all(on, "SELECT to_regclass($1) IS NOT NULL AS there", vec![table.into()]).await?;
    rows.first().map_or(Ok(false), |row| get(row, "there"))
}

impl TrailSnapshot {
    /// The chains that were started in a month, by number.
    async fn chains_of(&self, month: Month) -> Result<Vec<(i32, Uuid)>, TrailStoreError> {
        let sql = "SELECT number, chain_id FROM trail_chain WHERE number >= $1 AND number < $2 ORDER BY number";
        let rows = all(&self.transaction, sql, month.values()).await?;
        rows.iter()
            .map(|row| Ok((get(row, "number")?, get(row, "chain_id")?)))
            .collect()
    }

    /// The heads of the chains that were started in a month.
    pub async fn heads_of(&self, month: Month) -> Result<Vec<HeadRow>, TrailStoreError> {
        let sql = format!(
            "SELECT {HEAD} FROM trail_head WHERE chain_id IN (SELECT chain_id FROM trail_chain WHERE number >= $1 AND number < $2) \
             ORDER BY chain_id"
        );
        all(&self.transaction, sql, month.values())
            .await?
            .iter()
            .map(head)
            .collect()
    }

    async fn word_rows(&self, numbers: &[i32]) -> Result<Vec<(i32, Vec<u8>, String)>, TrailStoreError> {
        let mut words = Vec::with_capacity(numbers.len());
        for number in numbers {
            let sql = "SELECT number, hash, body FROM trail_word WHERE number = $1";
            for row in all(&self.transaction, sql, vec![(*number).into()]).await? {
                words.push((get(&row, "number")?, get(&row, "hash")?, get(&row, "body")?));
            }
        }
        Ok(words)
    }
}
