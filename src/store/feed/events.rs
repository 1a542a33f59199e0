//! What a feed was told of families' markers, and the events that tell it. Of each family only the newest event is kept: it says all that the
//! ones before it did, since every event is filled with what holds when it is sent.

use std::collections::HashMap;

use entity::{marker_change, marker_told};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::consumer::{Consumer, KEYS, Looked};
use crate::store::record::record;
use crate::store::session::{Session, StoreError};

/// What became of a family's marker, for one consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there, and was not before. With a mark of what it says.
    Set(String),
    /// It says something else than before. With a mark of what it says.
    Updated(String),
    /// It is there no longer.
    Removed,
}

impl Fate {
    fn code(&self) -> &'static str {
        match self {
            Self::Set(_) => "set",
            Self::Updated(_) => "updated",
            Self::Removed => "removed",
        }
    }
}

/// That a consumer was told of a family's marker.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Told {
    /// The family.
    pub family_id: Uuid,
    /// A mark of what it said.
    pub fingerprint: String,
    /// The place of the event that set it.
    pub since: i64,
}

record!(Told: family_id fingerprint since);

/// An event of a feed.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MarkerChangeRow {
    /// Its place.
    pub position: i64,
    /// The family.
    pub family_id: Uuid,
    /// `set`, `updated` or `removed`.
    pub kind: String,
    /// The place of the event that set the marker.
    pub since: i64,
}

record!(MarkerChangeRow: position family_id kind since);

impl Session {
    /// What a consumer was told, of those families or of all.
    pub async fn told(&self, consumer: Uuid, families: Option<&[Uuid]>) -> Result<HashMap<Uuid, Told>, StoreError> {
        let of_consumer = marker_told::Entity::find()
            .filter(marker_told::Column::AuthorityId.eq(self.authority()))
            .filter(marker_told::Column::ConsumerId.eq(consumer));
        let mut told = Vec::new();
        match families {
            None => told = self.all(of_consumer).await?,
            Some(families) => {
                for keys in families.chunks(KEYS) {
                    let of_these = marker_told::Column::FamilyId.is_in(keys.iter().copied());
                    told.extend(self.all::<_, Told>(of_consumer.clone().filter(of_these)).await?);
                }
            }
        }
        Ok(told.into_iter().map(|told| (told.family_id, told)).collect())
    }

    /// Adds events to a feed in their order, keeps what they tell, and notes how far it has been looked after. `before` is how far that was,
    /// `told` what the families of the events were told to be. It gives the place of the newest event.
    pub async fn tell(
        &self,
        consumer: &Consumer,
        before: Option<Looked>,
        looked: Looked,
        told: &HashMap<Uuid, Told>,
        events: &[(Uuid, Fate)],
    ) -> Result<i64, StoreError> {
        let mut position = before.map_or(0, |before| before.position);
        let newest = position.saturating_add(i64::try_from(events.len()).unwrap_or(i64::MAX));
        let looked = Looked {
            position: newest,
            ..looked
        };
        self.note_looked(consumer, before.is_none(), looked).await?;
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
            let (mut changes, mut now_told) = (Vec::new(), Vec::new());
            for (family, fate) in events {
                position += 1;
                let since = match fate {
                    Fate::Set(_) => position,
                    Fate::Updated(_) | Fate::Removed => told.get(family).map_or(position, |told| told.since),
                };
                changes.push(marker_change::ActiveModel {
                    authority_id: Set(self.authority()),
                    consumer_id: Set(consumer.id),
                    position: Set(position),
                    family_id: Set(*family),
                    kind: Set(fate.code().to_owned()),
                    since: Set(since),
                });
                if let Fate::Set(fingerprint) | Fate::Updated(fingerprint) = fate {
                    now_told.push(marker_told::ActiveModel {
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
            if !now_told.is_empty() {
                marker_told::Entity::insert_many(now_told)
                    .exec_without_returning(self.transaction()?)
                    .await?;
            }
        }
        Ok(newest)
    }

    /// The events of a feed after a place, in their order and at most so many; without those that say, at another place or before it, that a
    /// marker is there no longer.
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
