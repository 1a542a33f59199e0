//! Moves what the main database has of one authority to another database.
//!
//! Each step is one transaction of one database, and can be taken again after whatever happened: what the fences in both say is where to go on. Who takes the steps, and
//! what becomes of the trail, is for the command.

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
pub use self::{rows::Sum, tables::tables};
use super::{
    bulk::OF_LOADS,
    connect::Databases,
    failure::StoreError,
    feed,
    fence::{self, Fence, State},
    transaction::begin_write,
    written,
};

/// Whoever puts a fence up keeps all others waiting who write, so they wait no longer than this at a time.
const LONGEST_WAIT_MS: u32 = 250;
/// Between two attempts others write.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
/// What nobody waits for may take longer than an operation's statements.
const PATIENTLY: &str = "SET LOCAL statement_timeout = '1h'";

/// What each table has of an authority, by its name.
pub type Sums = Vec<(&'static str, Sum)>;

/// An authority, as a database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub number: i32,
    /// Its code.
    pub code: String,
    /// Where it is served, if it was ever moved.
    pub fence: Option<Fence>,
}

impl Known {
    /// Whether operations of it are answered.
    pub fn is_served(&self) -> bool {
        self.fence.is_none_or(|fence| fence.state == State::Here)
    }
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// What was read of each table, and written to the other one.
    pub sums: Sums,
    /// Authorities that it compares itself with and that the other database knows by another number or code, by code: it does not compare itself with them any more.
    pub left_out: Vec<String>,
}

impl Databases {
    /// The authority of a code, and the one of a number, which may be the same.
    pub async fn known_as(&self, code: &str, number: Option<i32>) -> Result<Vec<Known>, StoreError> {
        let which = Condition::any()
            .add(authority::Column::Code.eq(code))
            .add_option(number.map(|number| authority::Column::Id.eq(number)));
        let mut known = Vec::new();
        for row in authority::Entity::find().filter(which).all(self.main()).await? {
            known.push(Known {
                number: row.id,
                code: row.code,
                fence: fence::read(self.main(), row.id).await?,
            });
        }
        Ok(known)
    }

    /// Has nothing of an authority that is served here be answered or written any more. When this returns nothing of it is being written.
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
            // A load may take long: it is waited for before anybody has to wait for us.
            let text = format!(
                "{PATIENTLY}; {OF_LOADS}; SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'; {}",
                fence::OF_ALL
            );
            transaction.execute_unprepared(&text).await?;
        }
        if let Some(away) = fence::away(&transaction, [authority]).await? {
            return Err(away.into());
        }
        fence::write(&transaction, authority, fence).await?;
        // Whoever waits for changes looks, and is told that there is nothing to wait for here.
        feed::notify(&transaction, authority).await?;
        transaction.commit().await?;
        self.wake().poke();
        Ok(())
    }

    /// Takes the next step of a move; a conflict if it is not at the one before. Where the authority is served from now on, every feed looks at everything.
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

    /// What each table has of an authority.
    pub async fn sums(&self, authority: i32) -> Result<Sums, StoreError> {
        let on = reading(self).await?;
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

    /// Takes away all that the tables have of an authority but itself, and says where it is from now on. It stays known by its number, its code and its name. Gives the number of rows; a conflict if it is served.
    pub async fn take_away(&self, authority: i32, fence: &Fence) -> Result<u64, StoreError> {
        let transaction = writing(self).await?;
        if fence::away(&transaction, [authority]).await?.is_none() {
            return Err(StoreError::Conflict);
        }
        let rows = remove(&transaction, authority).await?;
        fence::write(&transaction, authority, fence).await?;
        noted(&transaction, authority).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// Copies an authority, as it is at one moment, in the place of what the other database may have of it. All of it is there afterwards, and is not served, or nothing is; a conflict if it is served there.
pub async fn copy_authority(
    from: &Databases,
    to: &Databases,
    known: &Known,
    of: Uuid,
    now: DateTime<Utc>,
) -> Result<Copied, StoreError> {
    let reading = reading(from).await?;
    to.raise_changes_past(newest_change(&reading, known.number).await?)
        .await?;
    let writing = writing(to).await?;
    let there = authority::Entity::find_by_id(known.number).one(&writing).await?;
    if there.is_some() && fence::away(&writing, [known.number]).await?.is_none() {
        return Err(StoreError::Conflict);
    }
    remove(&writing, known.number).await?;
    let mut sums = vec![("authority", itself(&reading, &writing, known.number).await?)];
    let (sum, left_out) = neighbours(&reading, &writing, known.number, now).await?;
    sums.push(("statistical_neighbour", sum));
    for table in tables::TABLES.iter() {
        sums.push((table.name, (table.copy)(&reading, &writing, known.number).await?));
    }
    let fence = Fence {
        state: State::Arriving,
        of,
        since: now,
    };
    fence::write(&writing, known.number, &fence).await?;
    noted(&writing, known.number).await?;
    writing.commit().await?;
    Ok(Copied { sums, left_out })
}

/// One moment of a database.
async fn reading(databases: &Databases) -> Result<DatabaseTransaction, DbErr> {
    let main = databases.main();
    if main.get_database_backend() != DbBackend::Postgres {
        return main.begin().await;
    }
    let (level, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
    let transaction = main.begin_with_config(Some(level), Some(access)).await?;
    transaction.execute_unprepared(PATIENTLY).await?;
    Ok(transaction)
}

/// A transaction like a load's, in which nothing is noted as written before its end.
async fn writing(databases: &Databases) -> Result<DatabaseTransaction, DbErr> {
    let transaction = begin_write(databases.main()).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        let text = format!("{PATIENTLY}; {OF_LOADS}; {}", fence::OF_WRITERS);
        transaction.execute_unprepared(&text).await?;
    }
    written::begin_load(&transaction).await?;
    Ok(transaction)
}

/// Notes that all of an authority was written, for whoever has kept something of it from an earlier time.
async fn noted(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    feed::lock(transaction, authority).await?;
    written::end_load(transaction, std::iter::once(authority)).await
}

async fn remove(on: &DatabaseTransaction, authority: i32) -> Result<u64, DbErr> {
    let mut rows = 0;
    for table in tables::TABLES.iter().rev() {
        rows += table.remove(on, authority).await?;
    }
    let of_it = statistical_neighbour::Column::AuthorityId.eq(authority);
    let neighbours = statistical_neighbour::Entity::delete_many()
        .filter(of_it)
        .exec(on)
        .await?;
    Ok(rows + neighbours.rows_affected)
}

/// The authority's own row, which may be there already, from when others named it or it was here before.
async fn itself(from: &DatabaseTransaction, to: &DatabaseTransaction, authority: i32) -> Result<Sum, DbErr> {
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

/// Whom the authority compares itself with. Those that the other database does not know become known to it, as served elsewhere.
async fn neighbours(
    from: &DatabaseTransaction,
    to: &DatabaseTransaction,
    authority: i32,
    now: DateTime<Utc>,
) -> Result<(Sum, Vec<String>), DbErr> {
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

/// The greatest number of a change that an authority's rows speak of.
async fn newest_change(on: &DatabaseTransaction, authority: i32) -> Result<i64, DbErr> {
    let text = "SELECT coalesce(max(s.seq), 0) AS seq FROM (\
         SELECT max(seq) AS seq FROM family_change WHERE authority_id = $1 \
         UNION ALL SELECT max(seq) AS seq FROM marker_consumer WHERE authority_id = $1) AS s";
    let statement = Statement::from_sql_and_values(on.get_database_backend(), text, [Value::from(authority)]);
    let row = on.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "seq"))
}
