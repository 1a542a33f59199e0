//! Which markers a feed's consumer knows, and the events of the feed. Only the newest event of each family is
//! kept: it supersedes earlier ones, since every event is filled with current data when it is sent.

use std::collections::HashMap;

use entity::{marker_change, marker_told};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::consumer::{Consumer, FeedProgress, KEYS};
use crate::store::record::record;
use crate::store::session::{Session, StoreError};

/// What happened to a family's marker, for one consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkerEvent {
    /// It was added. With a fingerprint of its content.
    Set(String),
    /// Its content changed. With a fingerprint of its content.
    Updated(String),
    /// It was removed.
    Removed,
}

impl MarkerEvent {
    fn code(&self) -> &'static str {
        match self {
            Self::Set(_) => "set",
            Self::Updated(_) => "updated",
            Self::Removed => "removed",
        }
    }
}

/// A family's marker that a consumer knows.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct KnownMarker {
    /// The family.
    pub family_id: Uuid,
    /// A fingerprint of its content.
    pub fingerprint: String,
    /// The position of the event that added it.
    pub since: i64,
}

record!(KnownMarker: family_id fingerprint since);

/// An event of a feed.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MarkerChangeRow {
    /// Its position.
    pub position: i64,
    /// The family.
    pub family_id: Uuid,
    /// `set`, `updated` or `removed`.
    pub kind: String,
    /// The position of the event that added the marker.
    pub since: i64,
}

record!(MarkerChangeRow: position family_id kind since);

impl Session {
    /// The markers that a consumer knows, of those families or of all.
    pub async fn known_markers(
        &self,
        consumer: Uuid,
        families: Option<&[Uuid]>,
    ) -> Result<HashMap<Uuid, KnownMarker>, StoreError> {
        let of_consumer = marker_told::Entity::find()
            .filter(marker_told::Column::AuthorityId.eq(self.authority()))
            .filter(marker_told::Column::ConsumerId.eq(consumer));
        let mut known = Vec::new();
        match families {
            None => known = self.all(of_consumer).await?,
            Some(families) => {
                for keys in families.chunks(KEYS) {
                    let of_these = marker_told::Column::FamilyId.is_in(keys.iter().copied());
                    known.extend(self.all::<_, KnownMarker>(of_consumer.clone().filter(of_these)).await?);
                }
            }
        }
        Ok(known.into_iter().map(|known| (known.family_id, known)).collect())
    }

    /// Appends events to a feed in order, stores what they tell, and how far the feed is up to date. `before`
    /// is how far it was, `known` what the consumer knew of the events' families. Returns the position of the
    /// newest event.
    pub async fn append_events(
        &self,
        consumer: &Consumer,
        before: Option<FeedProgress>,
        looked: FeedProgress,
        known: &HashMap<Uuid, KnownMarker>,
        events: &[(Uuid, MarkerEvent)],
    ) -> Result<i64, StoreError> {
        let mut position = before.map_or(0, |before| before.position);
        let newest = position.saturating_add(i64::try_from(events.len()).unwrap_or(i64::MAX));
        let looked = FeedProgress {
            position: newest,
            ..looked
        };
        self.save_progress(consumer, before.is_none(), looked).await?;
        for events in events.chunks(KEYS) {
            let families: Vec<Uuid> = events.iter().map(|(family, _)| *family).collect();
            marker_change::Entity::delete_many()
                .filter(marker_change::Column::AuthorityId.eq(self.authority()))
                .filter(marker_change::Column::ConsumerId.eq(consumer.id))
                .filter(marker_change::Column::FamilyId.is_in(families.iter().copied()))
                .exec(self.transaction()?)
                .await?;
            marker_told::Entity::delete_many()
                .filter(marker_told::Column::AuthorityId.eq(self.authority()))
                .filter(marker_told::Column::ConsumerId.eq(consumer.id))
                .filter(marker_told::Column::FamilyId.is_in(families))
                .exec(self.transaction()?)
                .await?;
            let (mut changes, mut now_known) = (Vec::new(), Vec::new());
            for (family, event) in events {
                position += 1;
                let since = match event {
                    MarkerEvent::Set(_) => position,
                    MarkerEvent::Updated(_) | MarkerEvent::Removed => {
                        known.get(family).map_or(position, |known| known.since)
                    }
                };
                changes.push(marker_change::ActiveModel {
                    authority_id: Set(self.authority()),
                    consumer_id: Set(consumer.id),
                    position: Set(position),
                    family_id: Set(*family),
                    kind: Set(event.code().to_owned()),
                    since: Set(since),
                });
                if let MarkerEvent::Set(fingerprint) | MarkerEvent::Updated(fingerprint) = event {
                    now_known.push(marker_told::ActiveModel {
                        authority_id: Set(self.authority()),
                        consumer_id: Set(consumer.id),
                        family_id: Set(*family),
                        fingerprint: Set(fingerprint.clone()),
                        since: Set(since),
                    });
                }
            }
            marker_change::Entity::insert_many(changes)
                .exec_without_returning(self.transaction()?)
                .await?;
            if !now_known.is_empty() {
                marker_told::Entity::insert_many(now_known)
                    .exec_without_returning(self.transaction()?)
                    .await?;
            }
        }
        Ok(newest)
    }

    /// The next page of a feed's events after a position, at most `most`, in order; without removals at or
    /// before the position `removed_after`.
    pub async fn marker_changes(
        &self,
        consumer: Uuid,
        after: i64,
        removed_after: i64,
        most: u64,
    ) -> Result<Vec<MarkerChangeRow>, StoreError> {
        let mut select = marker_change::Entity::find()
            .filter(marker_change::Column::AuthorityId.eq(self.authority()))
            .filter(marker_change::Column::ConsumerId.eq(consumer))
            .filter(marker_change::Column::Position.gt(after));
        if removed_after > after {
            select = select.filter(
                Condition::any()
                    .add(marker_change::Column::Kind.ne("removed"))
                    .add(marker_change::Column::Position.gt(removed_after)),
            );
        }
        self.all(select.order_by_asc(marker_change::Column::Position).limit(most))
            .await
    }
}
