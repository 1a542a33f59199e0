//! Moving one authority's data in the main database to another database.
//!
//! Each step is one transaction on one database and can be repeated after any failure: the fences in both
//! databases say where to resume. The command runs the steps, and moves the trail.

mod rows;
mod tables;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{authority, statistical_neighbour};
use sea_orm::{
    AccessMode, ColumnTrait as _, Condition, ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IntoActiveModel as _, IsolationLevel, QueryFilter as _, Statement, TransactionTrait as _, Value,
    sea_query::OnConflict,
};
use uuid::Uuid;

use self::rows::{Pages, copy, sum};
pub use self::{rows::Checksum, tables::tables};
use super::{
    bulk::OF_LOADS,
    connect::Databases,
    failure::StoreError,
    feed,
    fence::{self, Fence, State},
    transaction::begin_write,
    write_notes,
};

/// The longest wait for a lock at a time, since all other writers queue behind whoever waits to put up a
/// fence.
const LONGEST_WAIT_MS: u32 = 250;
/// The pause between two attempts, in which others can write.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
/// A statement timeout for the bulk steps of a move, longer than that of operations.
const LONG_TIMEOUT: &str = "SET LOCAL statement_timeout = '1h'";

/// The checksum of an authority's rows in each table, by table name.
pub type Checksums = Vec<(&'static str, Checksum)>;

/// An authority as a database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAuthority {
    /// Its number.
    pub number: i32,
    /// Its code.
    pub code: String,
    /// Where it is served, if it was ever moved.
    pub fence: Option<Fence>,
}

impl KnownAuthority {
    /// Whether it is served here.
    pub fn is_served(&self) -> bool {
        self.fence.is_none_or(|fence| fence.state == State::Here)
    }
}

/// The result of copying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The checksum of what was read from each table and written to the other database.
    pub sums: Checksums,
    /// Statistical neighbours, by code, that the other database knows by another number or code: they are
    /// left out of the authority's comparisons from now on.
    pub left_out: Vec<String>,
}

impl Databases {
    /// The authority with a code, and the one with a number, which may be the same.
    pub async fn known_as(&self, code: &str, number: Option<i32>) -> Result<Vec<KnownAuthority>, StoreError> {
        let which = Condition::any()
            .add(authority::Column::Code.eq(code))
            .add_option(number.map(|number| authority::Column::Id.eq(number)));
        let mut known = Vec::new();
        for row in authority::Entity::find().filter(which).all(self.main()).await? {
            known.push(KnownAuthority {
                number: row.id,
                code: row.code,
                fence: fence::read(self.main(), row.id).await?,
            });
        }
        Ok(known)
    }

    /// Puts up the fence: nothing of an authority that is served here is answered or written any more. When
    /// this returns, no write of it is in progress.
    pub async fn put_up_fence(&self, authority: i32, of: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let fence = Fence {
            state: State::Leaving,
            of,
            since: now,
        };
        loop {
            match self.try_to_put_up(authority, &fence).await {
                Err(StoreError::Conflict) => tokio::time::sleep(PAUSE).await,
                done => return done,
            }
        }
    }

    async fn try_to_put_up(&self, authority: i32, fence: &Fence) -> Result<(), StoreError> {
        let transaction = begin_write(self.main()).await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            // A bulk load may take long: wait for it before anybody has to wait for this lock.
            let text = format!(
                "{LONG_TIMEOUT}; {OF_LOADS}; SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'; {}",
                fence::FENCE_LOCK
            );
            transaction.execute_unprepared(&text).await?;
        }
        if let Some(away) = fence::away(&transaction, [authority]).await? {
            return Err(away.into());
        }
        fence::write(&transaction, authority, fence).await?;
        // Readers waiting for changes are woken, and learn that the authority is not served here.
        feed::notify(&transaction, authority).await?;
        transaction.commit().await?;
        self.wake().poke();
        Ok(())
    }

    /// Takes the next step of a move; a conflict if the previous step has not been reached. If the authority
    /// is now served here, every feed is rebuilt.
    pub async fn set_fence(&self, authority: i32, fence: &Fence) -> Result<(), StoreError> {
        let transaction = begin_write(self.main()).await?;
        fence::step(&transaction, authority, fence).await?;
        if fence.state == State::Here {
            let text = "UPDATE marker_consumer SET looked_on = '1970-01-01' WHERE authority_id = $1";
            let backend = transaction.get_database_backend();
            let statement = Statement::from_sql_and_values(backend, text, [Value::from(authority)]);
            transaction.execute_raw(statement).await?;
        }
        feed::notify(&transaction, authority).await?;
        transaction.commit().await?;
        self.wake().poke();
        Ok(())
    }

    /// The checksum of an authority's rows in each table.
    pub async fn sums(&self, authority: i32) -> Result<Checksums, StoreError> {
        let on = begin_read(self).await?;
        let mut sums = vec![
            ("authority", sum::<authority::Entity>(&on, authority).await?),
            (
                "statistical_neighbour",
                sum::<statistical_neighbour::Entity>(&on, authority).await?,
            ),
        ];
        for table in tables::TABLES.iter() {
            sums.push((table.name, (table.sum)(&on, authority).await?));
        }
        Ok(sums)
    }

    /// Deletes all rows of an authority except its own, and records where it is now served. Its number, code
    /// and name stay known. Returns the number of rows deleted; a conflict if it is served here.
    pub async fn delete_authority(&self, authority: i32, fence: &Fence) -> Result<u64, StoreError> {
        let transaction = begin_bulk_write(self).await?;
        if fence::away(&transaction, [authority]).await?.is_none() {
            return Err(StoreError::Conflict);
        }
        let rows = remove(&transaction, authority).await?;
        fence::write(&transaction, authority, fence).await?;
        note_written(&transaction, authority).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// Copies an authority in one snapshot, replacing whatever the other database has of it. Afterwards all of it
/// is there, and not served yet, or nothing is; a conflict if it is served there.
pub async fn copy_authority(
    from: &Databases,
    to: &Databases,
    known: &KnownAuthority,
    of: Uuid,
    now: DateTime<Utc>,
) -> Result<Copied, StoreError> {
    let read = begin_read(from).await?;
    to.raise_changes_past(newest_change(&read, known.number).await?).await?;
    let write = begin_bulk_write(to).await?;
    let there = authority::Entity::find_by_id(known.number).one(&write).await?;
    if there.is_some() && fence::away(&write, [known.number]).await?.is_none() {
        return Err(StoreError::Conflict);
    }
    remove(&write, known.number).await?;
    let mut sums = vec![("authority", copy_own_row(&read, &write, known.number).await?)];
    let (sum, left_out) = copy_neighbours(&read, &write, known.number, now).await?;
    sums.push(("statistical_neighbour", sum));
    for table in tables::TABLES.iter() {
        sums.push((table.name, (table.copy)(&read, &write, known.number).await?));
    }
    let fence = Fence {
        state: State::Arriving,
        of,
        since: now,
    };
    fence::write(&write, known.number, &fence).await?;
    note_written(&write, known.number).await?;
    write.commit().await?;
    Ok(Copied { sums, left_out })
}

/// A snapshot of a database.
async fn begin_read(databases: &Databases) -> Result<DatabaseTransaction, DbErr> {
    let main = databases.main();
    if main.get_database_backend() != DbBackend::Postgres {
        return main.begin().await;
    }
    let (level, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
    let transaction = main.begin_with_config(Some(level), Some(access)).await?;
    transaction.execute_unprepared(LONG_TIMEOUT).await?;
    Ok(transaction)
}

/// A transaction like that of a bulk load, which notes what was written only at its end.
async fn begin_bulk_write(databases: &Databases) -> Result<DatabaseTransaction, DbErr> {
    let transaction = begin_write(databases.main()).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        let text = format!("{LONG_TIMEOUT}; {OF_LOADS}; {}", fence::WRITERS_LOCK);
        transaction.execute_unprepared(&text).await?;
    }
    write_notes::begin_load(&transaction).await?;
    Ok(transaction)
}

/// Notes that everything of an authority was written, which invalidates caches.
async fn note_written(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    feed::lock(transaction, authority).await?;
    write_notes::end_load(transaction, std::iter::once(authority)).await
}

async fn remove(on: &DatabaseTransaction, authority: i32) -> Result<u64, DbErr> {
    let mut rows = 0;
    for table in tables::TABLES.iter().rev() {
        rows += table.remove(on, authority).await?;
    }
    let of_it = statistical_neighbour::Column::AuthorityId.eq(authority);
    let copy_neighbours = statistical_neighbour::Entity::delete_many()
        .filter(of_it)
        .exec(on)
        .await?;
    Ok(rows + copy_neighbours.rows_affected)
}

/// Copies the authority's own row, which may exist already: because others name it as a neighbour, or because
/// it was here before.
async fn copy_own_row(from: &DatabaseTransaction, to: &DatabaseTransaction, authority: i32) -> Result<Checksum, DbErr> {
    for row in Pages::<authority::Entity>::of(authority).next(from).await? {
        let again = OnConflict::column(authority::Column::Id)
            .update_columns([
                authority::Column::Code,
                authority::Column::Name,
                authority::Column::OwnConsentAge,
                authority::Column::EmergencyHours,
                authority::Column::SuppressionThreshold,
                authority::Column::MarkerAdvice,
            ])
            .to_owned();
        authority::Entity::insert(row.into_active_model())
            .on_conflict(again)
            .exec_without_returning(to)
            .await?;
    }
    sum::<authority::Entity>(from, authority).await
}

/// Copies the statistical neighbours. Those unknown to the other database are added to it, as served
/// elsewhere.
async fn copy_neighbours(
    from: &DatabaseTransaction,
    to: &DatabaseTransaction,
    authority: i32,
    now: DateTime<Utc>,
) -> Result<(Checksum, Vec<String>), DbErr> {
    let (mut kept, mut left_out) = (BTreeSet::new(), Vec::new());
    let mut pages = Pages::<statistical_neighbour::Entity>::of(authority);
    loop {
        let page = pages.next(from).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let Some(named) = authority::Entity::find_by_id(row.neighbour_id).one(from).await? else {
                continue;
            };
            let same = Condition::any()
                .add(authority::Column::Id.eq(named.id))
                .add(authority::Column::Code.eq(named.code.as_str()));
            let there = authority::Entity::find().filter(same).all(to).await?;
            if there.is_empty() {
                let fence = Fence {
                    state: State::Elsewhere,
                    of: Uuid::nil(),
                    since: now,
                };
                fence::write(to, named.id, &fence).await?;
                kept.insert(named.id);
                let row = named.into_active_model();
                authority::Entity::insert(row).exec_without_returning(to).await?;
            } else if there.iter().all(|row| row.id == named.id && row.code == named.code) {
                kept.insert(named.id);
            } else {
                left_out.push(named.code);
            }
        }
    }
    let keep = |row: &statistical_neighbour::Model| kept.contains(&row.neighbour_id);
    let sum = copy::<statistical_neighbour::Entity>(from, to, authority, &keep).await?;
    Ok((sum, left_out))
}

/// The highest change number in an authority's rows.
async fn newest_change(on: &DatabaseTransaction, authority: i32) -> Result<i64, DbErr> {
    let text = "SELECT coalesce(max(s.seq), 0) AS seq FROM (\
         SELECT max(seq) AS seq FROM family_change WHERE authority_id = $1 \
         UNION ALL SELECT max(seq) AS seq FROM marker_consumer WHERE authority_id = $1) AS s";
    let statement = Statement::from_sql_and_values(on.get_database_backend(), text, [Value::from(authority)]);
    let row = on.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "seq"))
}
