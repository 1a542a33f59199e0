//! Loads many rows at once: each table in statements of many rows, all of them in one transaction.
//!
//! For `import` and `demo`, which bring rows; nothing here decides who may bring them, and no client reaches it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{authority, import_file};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, Statement, Value, sea_query::OnConflict,
};

use self::touched::Touched;
use super::{
    announced::{self, Place},
    connect::Databases,
    dataset::Dataset,
    feed::Wake,
    fence::{self, NotServed},
    keys, record,
    transaction::begin_write,
    write_notes,
};
use crate::records::Row;

mod change;
mod tables;
mod touched;
mod united;

pub use self::change::Look;
pub(super) use self::change::{Which, select};

/// Most rows of one statement. More would hardly be faster, and the statement's text is kept by the driver.
pub(super) const MOST_ROWS: usize = 512;

/// The lock that loads take on PostgreSQL, one after the other.
pub(super) const OF_LOADS: &str = "SELECT pg_advisory_xact_lock(7310868735935506018)";

/// A transaction of [`load_each`] ends after this many rows or a few more.
const ROWS_OF_A_COMMIT: u64 = 50_000;

/// Why rows were not loaded. It holds names of tables and rules, never a row's values.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The rows of a table were refused.
    #[error("rows of the table {table} were refused: {}", reason(.source))]
    Rows {
        /// The table.
        table: &'static str,
        /// What the database said.
        source: DbErr,
    },
    /// An authority of which something was loaded is not served by this database.
    #[error(transparent)]
    NotServed(#[from] NotServed),
    /// The database failed otherwise.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
}

impl BulkError {
    /// Whether rows broke a rule of the database, rather than the database failing.
    pub fn is_about_rows(&self) -> bool {
        match self {
            Self::Rows { source, .. } => rule(&source.to_string()).is_some(),
            Self::NotServed(_) | Self::Database(_) => false,
        }
    }
}

/// The broken rule in words, where it is one; the database's own words otherwise.
fn reason(source: &DbErr) -> String {
    let text = source.to_string();
    rule(&text).map_or_else(|| text.clone(), str::to_owned)
}

fn rule(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    [
        ("foreign key", "one of them points to a row that is not there"),
        ("unique", "one of them is there already, or twice"),
        ("check constraint", "a value is not one that the table allows"),
        ("not null", "a value is missing"),
        ("not-null", "a value is missing"),
    ]
    .into_iter()
    .find_map(|(sign, words)| lower.contains(sign).then_some(words))
}

/// How far a load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table that rows went to.
    pub table: &'static str,
    /// How many rows were loaded so far, of all tables.
    pub rows: u64,
}

/// A file that was loaded whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFile {
    /// The authority that it is about.
    pub authority: i32,
    /// Its name.
    pub name: String,
    /// The hash of its content, in hexadecimal digits.
    pub content_hash: String,
    /// How many rows it had.
    pub rows: i64,
}

/// One load: everything in it is there when it is [committed](Self::commit), or nothing is.
///
/// Loads of several processes take turns.
#[derive(Debug)]
pub struct Load {
    there: Look,
    most_values: usize,
    rows: u64,
    touched: Touched,
    wake: Arc<Wake>,
}

impl Load {
    /// Begins a load, when no other is under way.
    pub async fn begin(databases: &Databases) -> Result<Self, BulkError> {
        let transaction = begin_write(databases.main()).await?;
        let postgres = transaction.get_database_backend() == DbBackend::Postgres;
        if postgres {
            // A large statement may take longer than a request's; waiting for another load may not take for ever.
            transaction
                .execute_unprepared(&format!(
                    "SET LOCAL statement_timeout = '300s'; {OF_LOADS}; {}",
                    fence::WRITERS_LOCK
                ))
                .await?;
        }
        write_notes::begin_load(&transaction).await?;
        Ok(Self {
            there: Look {
                transaction,
                lock: if postgres { " FOR NO KEY UPDATE" } else { "" },
            },
            // SQLite has 32,766 parameters in a statement, PostgreSQL 65,535.
            most_values: if postgres { 65_535 } else { 32_766 },
            rows: 0,
            touched: Touched::default(),
            wake: Arc::clone(databases.wake()),
        })
    }

    /// The transaction, for what else belongs to a load.
    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.there.transaction
    }

    /// Adds rows, table by table, those first that others point to, and the keys that people among them are looked up by.
    pub async fn add(&mut self, data: &Dataset, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<u64, BulkError> {
        let before = self.rows;
        self.tables(data, progress).await?;
        keys::add(&self.there.transaction, data).await?;
        self.touched.note(data);
        Ok(self.rows - before)
    }

    /// Whether there is an authority of that code.
    pub async fn has_authority(&self, code: &str) -> Result<bool, BulkError> {
        let found = authority::Entity::find()
            .filter(authority::Column::Code.eq(code))
            .count(&self.there.transaction)
            .await?;
        Ok(found > 0)
    }

    /// A number that no authority has.
    pub async fn free_authority_number(&self) -> Result<i32, BulkError> {
        let highest = authority::Entity::find()
            .order_by_desc(authority::Column::Id)
            .one(&self.there.transaction)
            .await?
            .map_or(0, |row| row.id);
        highest
            .checked_add(1)
            .ok_or_else(|| BulkError::Database(DbErr::Custom("there is no number left for an authority".to_owned())))
    }

    /// Notes, for the next time, that a file was loaded.
    pub async fn note_file(&mut self, file: &ImportedFile, loaded_at: DateTime<Utc>) -> Result<(), BulkError> {
        let row = import_file::ActiveModel {
            authority_id: Set(file.authority),
            name: Set(file.name.clone()),
            content_hash: Set(file.content_hash.clone()),
            rows: Set(file.rows),
            loaded_at: Set(loaded_at),
        };
        let key = [
            import_file::Column::AuthorityId,
            import_file::Column::Name,
            import_file::Column::ContentHash,
        ];
        let again = OnConflict::columns(key)
            .update_columns([import_file::Column::Rows, import_file::Column::LoadedAt])
            .to_owned();
        import_file::Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(&self.there.transaction)
            .await?;
        Ok(())
    }

    /// Sets what whoever meets a family with a marker is asked to do, and whom to ring about people at risk; what is
    /// not given stays as it is.
    pub async fn advise(
        &self,
        authority: i32,
        advice: Option<String>,
        number: Option<String>,
    ) -> Result<(), BulkError> {
        let statement = Statement::from_sql_and_values(
            self.there.transaction.get_database_backend(),
            "UPDATE authority SET marker_advice = coalesce($1, marker_advice), number_to_ring = coalesce($2, number_to_ring) \
             WHERE id = $3",
            [Value::from(advice), number.into(), authority.into()],
        );
        self.there.transaction.execute_raw(statement).await?;
        Ok(())
    }

    /// Says that the changes which these entries of the trail announce are made, if the load is committed.
    pub async fn confirm(&self, places: &[Place]) -> Result<(), BulkError> {
        Ok(announced::confirm(&self.there.transaction, places).await?)
    }

    /// Keeps what was loaded.
    pub async fn commit(self) -> Result<(), BulkError> {
        if let Some(away) = fence::away(&self.there.transaction, self.touched.authorities()).await? {
            return Err(away.into());
        }
        self.touched.record(&self.there.transaction).await?;
        write_notes::end_load(&self.there.transaction, self.touched.authorities()).await?;
        self.there.transaction.commit().await?;
        if !self.touched.is_empty() {
            self.wake.poke();
        }
        Ok(())
    }

    /// Leaves everything as it was.
    pub async fn abandon(self) -> Result<(), BulkError> {
        Ok(self.there.transaction.rollback().await?)
    }

    /// Adds the rows of one table, in statements of 512, 256, … 1 rows, so that there are few texts to prepare.
    async fn table<R: Row>(
        &mut self,
        rows: &[R],
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), BulkError> {
        let width = R::NAMES.len();
        let most = rows_of_a_statement(width, self.most_values);
        let mut rest = rows;
        while !rest.is_empty() {
            let size = (1 << rest.len().ilog2()).min(most);
            let (now, later) = rest.split_at(size);
            rest = later;
            self.there
                .transaction
                .execute_raw(record::insert(now, self.there.transaction.get_database_backend()))
                .await
                .map_err(|source| BulkError::Rows { table: R::NAME, source })?;
            self.rows += u64::try_from(size).unwrap_or(u64::MAX);
            progress(Progress {
                table: R::NAME,
                rows: self.rows,
            });
        }
        Ok(())
    }
}

/// Loads one set of rows whole.
pub async fn load(
    databases: &Databases,
    data: &Dataset,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<u64, BulkError> {
    let mut load = Load::begin(databases).await?;
    let rows = load.add(data, progress).await?;
    load.commit().await?;
    Ok(rows)
}

/// Loads sets of rows one after the other, holding one at a time in memory, each whole and many in one transaction. Sets
/// that point to rows of other sets come after them. What was committed before an error stays.
pub async fn load_each(
    databases: &Databases,
    sets: impl Iterator<Item = Dataset> + Send,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<u64, BulkError> {
    let mut before = 0;
    let mut sets = sets.peekable();
    while sets.peek().is_some() {
        let mut load = Load::begin(databases).await?;
        while load.rows < ROWS_OF_A_COMMIT
            && let Some(data) = sets.next()
        {
            load.add(&data, &mut |now: Progress| {
                progress(Progress {
                    rows: before + now.rows,
                    ..now
                });
            })
            .await?;
        }
        before += load.rows;
        load.commit().await?;
    }
    Ok(before)
}

/// The greatest power of two of rows that a statement may have.
fn rows_of_a_statement(width: usize, most_values: usize) -> usize {
    let most = (most_values / width.max(1)).clamp(1, MOST_ROWS);
    1 << most.ilog2()
}

#[cfg(test)]
mod tests;
