//! Fences: whether an authority is served by this database, or by another to which it was or is being moved.
//!
//! Every operation reads the fence in its own transaction, together with the version of the agreements. A
//! writer first takes a lock of the table, before its transaction has a snapshot; putting up a fence takes a
//! lock that waits for all of those. So once its fence is up, nothing of an authority is written any more.

use chrono::{DateTime, Utc};
use entity::authority_fence;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter as _,
};
use uuid::Uuid;

pub use super::not_served::NotServed;
use super::session::StoreError;

/// The state of an authority's move, in one of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its rows are arriving from another database; not served yet.
    Arriving,
    /// It came from another database, and is served here.
    Here,
    /// It is about to be served elsewhere, and is served nowhere at the moment.
    Leaving,
    /// It is served elsewhere; not everything about it is in this trail yet.
    Moved,
    /// It is served elsewhere, if at all; its rows may still be here.
    Elsewhere,
}

impl State {
    const ALL: [Self; 5] = [Self::Arriving, Self::Here, Self::Leaving, Self::Moved, Self::Elsewhere];

    /// The code in the table.
    pub fn code(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Here => "here",
            Self::Leaving => "leaving",
            Self::Moved => "moved",
            Self::Elsewhere => "elsewhere",
        }
    }

    fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The states that may precede this one. A repetition of the same state changes nothing.
    fn before(self) -> &'static [Self] {
        match self {
            Self::Arriving | Self::Leaving => &[],
            Self::Here => &[Self::Arriving, Self::Leaving, Self::Here],
            Self::Moved => &[Self::Leaving, Self::Moved],
            Self::Elsewhere => &[Self::Moved, Self::Elsewhere],
        }
    }

    /// Why requests are refused, unless it is served here.
    fn refusal(self) -> Option<NotServed> {
        match self {
            Self::Here => None,
            Self::Arriving | Self::Leaving => Some(NotServed::Moving),
            Self::Moved | Self::Elsewhere => Some(NotServed::Elsewhere),
        }
    }
}

/// An authority's row in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The state of its move.
    pub state: State,
    /// The id of the move, the same in both databases.
    pub of: Uuid,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Refuses requests about an authority that is not served here. An authority that was never moved has no
/// code.
pub(super) fn refuse_by(code: Option<&str>) -> Result<(), StoreError> {
    // A state of a newer program is not safe to serve in.
    let away = code.and_then(|code| State::of(code).map_or(Some(NotServed::Moving), State::refusal));
    away.map_or(Ok(()), |away| Err(StoreError::NotServed(away)))
}

/// An authority's fence; `None` if it was never moved.
pub(super) async fn read(on: &impl ConnectionTrait, authority: i32) -> Result<Option<Fence>, DbErr> {
    let row = authority_fence::Entity::find_by_id(authority).one(on).await?;
    let fence = |row: authority_fence::Model| {
        let state = State::of(&row.state).ok_or_else(|| DbErr::Type("not a state of a fence".to_owned()))?;
        Ok(Fence {
            state,
            of: row.move_id,
            since: row.since,
        })
    };
    row.map(fence).transpose()
}

/// Stores the state of an authority's move.
pub(super) async fn write(on: &impl ConnectionTrait, authority: i32, fence: &Fence) -> Result<(), DbErr> {
    use sea_orm::{ActiveValue::Set, sea_query::OnConflict};
    let row = authority_fence::ActiveModel {
        authority_id: Set(authority),
        state: Set(fence.state.code().to_owned()),
        move_id: Set(fence.of),
        since: Set(fence.since),
    };
    let again = OnConflict::column(authority_fence::Column::AuthorityId)
        .update_columns([
            authority_fence::Column::State,
            authority_fence::Column::MoveId,
            authority_fence::Column::Since,
        ])
        .to_owned();
    authority_fence::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(on)
        .await?;
    Ok(())
}

/// Takes the next step of a move, if the previous one has been reached: a move that somebody else has ended
/// goes no further.
pub(super) async fn step(on: &impl ConnectionTrait, authority: i32, fence: &Fence) -> Result<(), StoreError> {
    use sea_orm::ActiveValue::Set;
    let before = fence.state.before().iter().map(|state| state.code());
    let done = authority_fence::Entity::update_many()
        .set(authority_fence::ActiveModel {
            state: Set(fence.state.code().to_owned()),
            since: Set(fence.since),
            ..Default::default()
        })
        .filter(authority_fence::Column::AuthorityId.eq(authority))
        .filter(authority_fence::Column::MoveId.eq(fence.of))
        .filter(authority_fence::Column::State.is_in(before))
        .exec(on)
        .await?;
    if done.rows_affected == 0 {
        return Err(StoreError::Conflict);
    }
    Ok(())
}

/// The first of these authorities that is not served here; writers ask while they hold the writers' lock.
pub(super) async fn away(
    on: &impl ConnectionTrait,
    authorities: impl IntoIterator<Item = i32>,
) -> Result<Option<NotServed>, DbErr> {
    let rows = authority_fence::Entity::find()
        .filter(authority_fence::Column::AuthorityId.is_in(authorities))
        .all(on)
        .await?;
    let mut refused = rows.iter().filter_map(|row| refuse_by(Some(&row.state)).err());
    Ok(refused.find_map(|error| match error {
        StoreError::NotServed(away) => Some(away),
        _ => None,
    }))
}

/// The writers' lock, taken at the start of a transaction and released with it.
pub(super) const WRITERS_LOCK: &str = "LOCK TABLE authority_fence IN ROW SHARE MODE";
/// The lock that waits for all writers.
pub(super) const FENCE_LOCK: &str = "LOCK TABLE authority_fence IN EXCLUSIVE MODE";

/// Lets a transaction that has just begun write to an authority, unless it is not served here.
pub(super) async fn enter(transaction: &DatabaseTransaction, authority: i32) -> Result<(), StoreError> {
    // SQLite has one writer, which is this transaction.
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(WRITERS_LOCK).await?;
    }
    match away(transaction, [authority]).await? {
        Some(away) => Err(StoreError::NotServed(away)),
        None => Ok(()),
    }
}
