//! Writing the trail on SQLite: a batch is one transaction, with our own BEGIN and COMMIT.
//!
//! The database library counts nested transactions itself. After a COMMIT that failed on a full disk its
//! count is wrong: it starts the next transaction as a savepoint inside one that does not exist, and mistakes
//! the end of the savepoint for a commit. Here nothing is counted. A connection on which anything failed, or
//! whose caller stopped waiting, is closed; and a commit only counts once another connection has seen it in
//! the files that are in place.

use sea_orm::{
    DatabaseConnection, DbErr, RuntimeErr, Value,
    sqlx::{
        self, AssertSqlSafe, Row as _, Sqlite,
        pool::PoolConnection,
        query::Query,
        sqlite::{SqliteArguments, SqliteConnection},
    },
};
use uuid::Uuid;

use super::{Batch, ChainState, FamiliesRow, HeadRow, RecordRow, TrailStoreError, part::Part};
use crate::store::files::Files;

/// The most rows inserted by one statement; the database allows 32,766 parameters.
const MAX_ROWS: usize = 256;

impl From<sqlx::Error> for TrailStoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(DbErr::Exec(RuntimeErr::SqlxError(error.into())))
    }
}

/// A connection with an immediate transaction, which holds the database's single write lock. The connection
/// is closed unless the transaction is ended properly.
struct WriteTransaction(Option<PoolConnection<Sqlite>>);

impl WriteTransaction {
    async fn begin(on: &DatabaseConnection) -> Result<Self, TrailStoreError> {
        let mut alone = Self(Some(on.get_sqlite_connection_pool().acquire().await?));
        run(alone.connection()?, "BEGIN IMMEDIATE").await?;
        Ok(alone)
    }

    fn connection(&mut self) -> Result<&mut SqliteConnection, TrailStoreError> {
        self.0.as_deref_mut().ok_or(TrailStoreError::NotDurable)
    }

    async fn end(mut self, how: &'static str) -> Result<(), TrailStoreError> {
        run(self.connection()?, how).await?;
        // Only now does the connection go back to the pool.
        drop(self.0.take());
        Ok(())
    }
}

impl Drop for WriteTransaction {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take() {
            connection.close_on_drop();
        }
    }
}

/// Writes a batch. It is durable when this returns; after an error from the commit or later it may be, too.
pub(super) async fn append(
    on: &DatabaseConnection,
    files: Option<&Files>,
    batch: &Batch,
) -> Result<(), TrailStoreError> {
    let head = &batch.head;
    if let Some(files) = files {
        files.are_writable()?;
    }
    let mut alone = WriteTransaction::begin(on).await?;
    let connection = alone.connection()?;
    ensure_durable(connection).await?;
    if head_of(connection, head.chain).await? != batch.before {
        return Err(TrailStoreError::HeadMoved);
    }
    add(connection, &batch.records, &batch.families).await?;
    move_head(connection, head).await?;
    alone.end("COMMIT").await?;
    let Some(files) = files else { return Ok(()) };
    // Another connection sees the commit, and what both have open is the file that is in place, so later
    // processes find it.
    let seen = files
        .keeper()
        .await?
        .row(query(HEAD_OF, vec![head.chain.into()]))
        .await?;
    let seen = seen.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?)));
    if seen.transpose()? != Some((head.seq, head.hash.clone())) {
        return Err(TrailStoreError::NotSeen);
    }
    Ok(files.in_place()?)
}

/// Runs one statement that adds rows to tables other than the chains.
pub(super) async fn insert_rows(
    on: &DatabaseConnection,
    files: Option<&Files>,
    (text, values): (String, Vec<Value>),
) -> Result<(), TrailStoreError> {
    if let Some(files) = files {
        files.are_writable()?;
    }
    let mut alone = WriteTransaction::begin(on).await?;
    bound(sqlx::query(AssertSqlSafe(text)), values)
        .execute(alone.connection()?)
        .await?;
    alone.end("COMMIT").await
}

/// The state of a chain, read while nobody else can write to it, so that every earlier write has ended.
pub(super) async fn state(
    on: &DatabaseConnection,
    files: Option<&Files>,
    chain: Uuid,
) -> Result<ChainState, TrailStoreError> {
    if let Some(files) = files {
        files.in_place()?;
    }
    let mut alone = WriteTransaction::begin(on).await?;
    let connection = alone.connection()?;
    let head = head_of(connection, chain).await?;
    let last = query(
        "SELECT max(seq) FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = ?)",
        vec![chain.into()],
    )
    .fetch_one(&mut *connection)
    .await?;
    let last = last.try_get(0)?;
    alone.end("ROLLBACK").await?;
    Ok(ChainState {
        head,
        last,
        settled: true,
    })
}

const HEAD_OF: &str = "SELECT seq, hash FROM trail_head WHERE chain_id = ?";

async fn head_of(connection: &mut SqliteConnection, chain: Uuid) -> Result<Option<(i64, String)>, TrailStoreError> {
    let row = query(HEAD_OF, vec![chain.into()]).fetch_optional(connection).await?;
    let head = row.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?)));
    Ok(head.transpose()?)
}

/// Adds a page of another trail's chain, with the words and families that it uses.
pub(super) async fn copy_month(on: &DatabaseConnection, part: &Part<'_>) -> Result<(), TrailStoreError> {
    let mut alone = WriteTransaction::begin(on).await?;
    let connection = alone.connection()?;
    for (number, hash, body) in part.words {
        let text = "INSERT INTO trail_word (number, hash, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let values = vec![(*number).into(), hash.clone().into(), body.as_str().into()];
        query(text, values).execute(&mut *connection).await?;
    }
    let text = "INSERT INTO trail_chain (number, chain_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
    query(text, vec![part.number.into(), part.chain.into()])
        .execute(&mut *connection)
        .await?;
    let records: Vec<_> = part.records.iter().map(|record| record.row.clone()).collect();
    add(connection, &records, part.families).await?;
    alone.end("COMMIT").await
}

/// Inserts the head of a chain.
pub(super) async fn put_head(on: &DatabaseConnection, head: &HeadRow) -> Result<(), TrailStoreError> {
    let mut alone = WriteTransaction::begin(on).await?;
    move_head(alone.connection()?, head).await?;
    alone.end("COMMIT").await
}

async fn add(
    connection: &mut SqliteConnection,
    records: &[RecordRow],
    families: &[FamiliesRow],
) -> Result<(), TrailStoreError> {
    let columns = "trail_record (seq, at, chain, authority_id, agency, kind, family_id, hash, body)";
    insert(connection, columns, 9, records, |row| {
        vec![
            row.seq.into(),
            row.at.timestamp_micros().into(),
            row.chain.into(),
            row.authority.into(),
            row.agency.into(),
            i32::from(row.kind).into(),
            row.family.into(),
            row.hash.clone().into(),
            row.body.clone().into(),
        ]
    })
    .await?;
    let columns = "trail_families (at, seq, chain, authority_id, bucket, members)";
    insert(connection, columns, 6, families, |row| {
        vec![
            row.at.timestamp_micros().into(),
            row.seq.into(),
            row.chain.into(),
            row.authority.into(),
            i32::from(row.bucket).into(),
            row.members.clone().into(),
        ]
    })
    .await
}

async fn move_head(connection: &mut SqliteConnection, head: &HeadRow) -> Result<(), TrailStoreError> {
    let text = "INSERT INTO trail_head (chain_id, seq, hash, signature, process, updated_at) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT (chain_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, \
         signature = excluded.signature, process = excluded.process, updated_at = excluded.updated_at \
         WHERE trail_head.seq < excluded.seq";
    let values = vec![
        head.chain.into(),
        head.seq.into(),
        head.hash.as_str().into(),
        head.signature.as_str().into(),
        head.process.as_str().into(),
        head.updated_at.into(),
    ];
    let moved = query(text, values).execute(connection).await?;
    if moved.rows_affected() == 1 {
        Ok(())
    } else {
        Err(TrailStoreError::HeadMoved)
    }
}

/// Makes sure that commits wait for the disk.
async fn ensure_durable(connection: &mut SqliteConnection) -> Result<(), TrailStoreError> {
    let row = query("PRAGMA synchronous", Vec::new()).fetch_one(connection).await?;
    // 2 is FULL, 3 is EXTRA.
    if row.try_get::<i32, _>(0)? < 2 {
        return Err(TrailStoreError::NotDurable);
    }
    Ok(())
}

/// Inserts rows in statements of 256, 128, … 1 rows, so that only nine texts have to be prepared.
async fn insert<R>(
    connection: &mut SqliteConnection,
    columns: &str,
    width: usize,
    rows: &[R],
    values: impl Fn(&R) -> Vec<Value>,
) -> Result<(), TrailStoreError> {
    let mut rest = rows;
    while !rest.is_empty() {
        let size = (1 << rest.len().ilog2()).min(MAX_ROWS);
        let (now, later) = rest.split_at(size);
        rest = later;
        let text = format!("INSERT INTO {columns} VALUES {}", places(size, width));
        let values = now.iter().flat_map(&values).collect();
        bound(sqlx::query(AssertSqlSafe(text)), values)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// `(?, ?), (?, ?)`: `rows` rows of `width` parameters. Numbered parameters would be names to the driver,
/// which looks each name up among all.
fn places(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row; rows].join(", ")
}

async fn run(connection: &mut SqliteConnection, text: &'static str) -> Result<(), TrailStoreError> {
    query(text, Vec::new()).execute(connection).await?;
    Ok(())
}

fn query(text: &'static str, values: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    bound(sqlx::query(text), values)
}

/// Only the types that the trail's tables hold.
fn bound(
    query: Query<'static, Sqlite, SqliteArguments>,
    values: Vec<Value>,
) -> Query<'static, Sqlite, SqliteArguments> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::BigInt(number) => query.bind(number),
        Value::Uuid(key) => query.bind(key),
        Value::String(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
        Value::ChronoDateTimeUtc(at) => query.bind(at),
        other => query.bind(other.to_string()),
    })
}
