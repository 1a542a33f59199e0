//! Where an authority is served: here, or by another database to which it was or is being moved.
//!
//! Every operation reads it in its own transaction, with the version of the agreements. Whoever writes takes a lock of the table first, before their transaction has a moment; whoever puts a fence up
//! takes one that waits for all of those. So nothing of an authority is written any more once its fence stands.

use chrono::{DateTime, Utc};
use entity::authority_fence;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter as _,
};
use uuid::Uuid;

pub use super::away::Away;
use super::session::StoreError;

/// How far the move of an authority is, in one of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its rows come from another database, and it is not served yet.
    Arriving,
    /// It came from another database, and is served.
    Here,
    /// It is about to be served elsewhere, and is served nowhere now.
    Leaving,
    /// It is served elsewhere; what this trail says of it is not all there yet.
    Moved,
    /// It is served elsewhere, if at all; its rows may be here still.
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

    /// What a move may have come to before it comes to this; the same once more is no step.
    fn before(self) -> &'static [Self] {
        match self {
            Self::Arriving | Self::Leaving => &[],
            Self::Here => &[Self::Arriving, Self::Leaving, Self::Here],
            Self::Moved => &[Self::Leaving, Self::Moved],
            Self::Elsewhere => &[Self::Moved, Self::Elsewhere],
        }
    }

    /// Why nothing is answered, unless it is served here.
    fn refusal(self) -> Option<Away> {
        match self {
            Self::Here => None,
            Self::Arriving | Self::Leaving => Some(Away::Moving),
            Self::Moved | Self::Elsewhere => Some(Away::Elsewhere),
        }
    }
}

/// What the table says of an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// How far its move is.
    pub state: State,
    /// The move, by the same key in both databases.
    pub of: Uuid,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Refuses what is asked of an authority that is not served here. No code is of one that was never moved.
pub(super) fn refuse_by(code: Option<&str>) -> Result<(), StoreError> {
    // A state of a newer program is none of ours to serve in.
    let away = code.and_then(|code| State::of(code).map_or(Some(Away::Moving), State::refusal));
    away.map_or(Ok(()), |away| Err(StoreError::Away(away)))
}

/// What the table says of an authority; nothing of one that was never moved.
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

/// Says how far the move of an authority is.
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

/// The next step of a move, if it stands at the one before: a move that somebody else has ended since goes no further.
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

/// Which of these authorities is not served here, the first of them; whoever writes asks once the lock of those who write is held.
pub(super) async fn away(
    on: &impl ConnectionTrait,
    authorities: impl IntoIterator<Item = i32>,
) -> Result<Option<Away>, DbErr> {
    let rows = authority_fence::Entity::find()
        .filter(authority_fence::Column::AuthorityId.is_in(authorities))
        .all(on)
        .await?;
    let mut refused = rows.iter().filter_map(|row| refuse_by(Some(&row.state)).err());
    Ok(refused.find_map(|error| match error {
        StoreError::Away(away) => Some(away),
        _ => None,
    }))
}

/// The lock of those who write, in a transaction that has just begun; it goes with it.
pub(super) const OF_WRITERS: &str = "LOCK TABLE authority_fence IN ROW SHARE MODE";
/// The lock that waits for all of those.
pub(super) const OF_ALL: &str = "LOCK TABLE authority_fence IN EXCLUSIVE MODE";

/// Lets a transaction that has just begun write something of an authority, unless it is not served here.
pub(super) async fn enter(transaction: &DatabaseTransaction, authority: i32) -> Result<(), StoreError> {
    // SQLite has one writer, and it is us.
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(OF_WRITERS).await?;
    }
    match away(transaction, [authority]).await? {
        Some(away) => Err(StoreError::Away(away)),
        None => Ok(()),
    }
}
