//! Consumers of the marker feed (an agency in a role for a purpose, perhaps through a portal), and how far
//! each feed is up to date.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::NaiveDate;
use entity::{family_change, marker_consumer, membership};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use crate::store::record::record;
use crate::{
    sharing::caller::{Caller, Party},
    store::session::{Session, StoreError},
};

/// The most keys in one statement.
pub(super) const KEYS: usize = 512;

/// A consumer of the marker feed. Everybody in one agency who asks in the same role for the same purpose
/// shares one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Its id: derived, so the same everywhere and at any time.
    pub id: Uuid,
    /// The caller as whom its feed is updated: nobody in particular, so that it tells nothing that only one
    /// person of the agency may see.
    pub caller: Caller,
}

/// How far a feed is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FeedProgress {
    /// The last change processed.
    pub seq: i64,
    /// The version of the agreements when all families were last processed.
    pub policy_version: i64,
    /// The day on which all families were last processed.
    pub looked_on: NaiveDate,
    /// The position of the newest event.
    pub position: i64,
}

record!(FeedProgress: seq policy_version looked_on position);

impl Consumer {
    /// The consumer of a caller.
    pub fn of(caller: &Caller) -> Self {
        let nobody = |party: &Party| Party {
            subject: String::new(),
            ..party.clone()
        };
        let portal = caller.portal.as_ref().map(nobody);
        let principal = nobody(&caller.principal);
        let portal_agency = portal.as_ref().map(|portal| portal.agency.to_string());
        let portal_role = portal.as_ref().map(|portal| portal.role.clone());
        let parts = [
            caller.authority.to_string(),
            principal.agency.to_string(),
            principal.role.clone(),
            caller.purpose.clone(),
            portal_agency.unwrap_or_default(),
            portal_role.unwrap_or_default(),
        ];
        // Each part has its length before it, so that no two lists of parts give the same text.
        let text = parts.map(|part| format!("{}:{part}", part.len())).concat();
        let hash = digest(&SHA256, text.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_ref()[..16]);
        Self {
            id: uuid::Builder::from_custom_bytes(bytes).into_uuid(),
            caller: Caller {
                principal,
                portal,
                client: String::new(),
                purposes: vec![caller.purpose.clone()],
                ..caller.clone()
            },
        }
    }
}

#[derive(FromQueryResult)]
struct Newest {
    seq: i64,
    drawn: i64,
}

record!(Newest: seq drawn);

#[derive(FromQueryResult)]
struct Changed {
    seq: i64,
    family_id: Uuid,
    person_id: Option<Uuid>,
}

record!(Changed: seq family_id person_id);

#[derive(FromQueryResult)]
struct Member {
    family_id: Uuid,
    person_id: Uuid,
}

record!(Member: family_id person_id);

impl Session {
    /// How far a feed is up to date; `None` if it was never updated.
    pub async fn looked(&self, consumer: Uuid) -> Result<Option<FeedProgress>, StoreError> {
        let found: Vec<FeedProgress> = self.all(self.consumer_row(consumer)).await?;
        Ok(found.into_iter().next())
    }

    /// The same, locked against other updates until this session ends. Fails with a conflict if somebody else
    /// updated it in the meantime.
    pub async fn lock_feed(&self, consumer: Uuid) -> Result<Option<FeedProgress>, StoreError> {
        let found: Vec<FeedProgress> = self.all(self.consumer_row(consumer).lock_exclusive()).await?;
        Ok(found.into_iter().next())
    }

    fn consumer_row(&self, consumer: Uuid) -> Select<marker_consumer::Entity> {
        marker_consumer::Entity::find()
            .filter(marker_consumer::Column::AuthorityId.eq(self.authority()))
            .filter(marker_consumer::Column::Id.eq(consumer))
    }

    /// The number of the newest change of the authority's families in this session's snapshot, which also has
    /// all lower numbers; and whether the next number is sure to be higher.
    pub async fn newest_change(&self) -> Result<(i64, bool), StoreError> {
        const NEWEST: &str = "coalesce((SELECT max(seq) FROM family_change WHERE authority_id = $1), 0)";
        let drawn = match self.backend() {
            DbBackend::Postgres => "coalesce(pg_sequence_last_value(CAST('family_change_seq' AS regclass)), 0)",
            _ => "CAST(9223372036854775807 AS bigint)",
        };
        let text = format!("SELECT {NEWEST} AS seq, {drawn} AS drawn");
        let rows = self.rows(&text, vec![self.authority().into()]).await?;
        let newest = rows.records::<Newest>()?.into_iter().next();
        Ok(newest.map_or((0, true), |newest| (newest.seq, newest.drawn >= newest.seq)))
    }

    /// The families with changes after one number and up to another, in the order of their newest changes.
    pub async fn changed_families(&self, after: i64, until: i64) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<Changed> = self
            .all(
                family_change::Entity::find()
                    .filter(family_change::Column::AuthorityId.eq(self.authority()))
                    .filter(family_change::Column::Seq.gt(after))
                    .filter(family_change::Column::Seq.lte(until))
                    .order_by_asc(family_change::Column::Seq),
            )
            .await?;
        let mut newest: HashMap<Uuid, i64> = rows.iter().map(|row| (row.family_id, row.seq)).collect();
        // A change of a person affects every family that they currently belong to.
        let people: HashMap<Uuid, i64> = rows.iter().filter_map(|row| Some((row.person_id?, row.seq))).collect();
        let keys: Vec<Uuid> = people.keys().copied().collect();
        for keys in keys.chunks(KEYS) {
            let members: Vec<Member> = self
                .all(
                    membership::Entity::find()
                        .filter(membership::Column::AuthorityId.eq(self.authority()))
                        .filter(membership::Column::PersonId.is_in(keys.iter().copied())),
                )
                .await?;
            for member in members {
                if let Some(seq) = people.get(&member.person_id) {
                    let at = newest.entry(member.family_id).or_insert(*seq);
                    *at = (*at).max(*seq);
                }
            }
        }
        let mut families: Vec<(i64, Uuid)> = newest.into_iter().map(|(family, seq)| (seq, family)).collect();
        families.sort_unstable();
        Ok(families.into_iter().map(|(_, family)| family).collect())
    }

    /// Stores how far a feed is up to date.
    pub(super) async fn save_progress(
        &self,
        consumer: &Consumer,
        first: bool,
        looked: FeedProgress,
    ) -> Result<(), StoreError> {
        let caller = &consumer.caller;
        let row = marker_consumer::ActiveModel {
            authority_id: Set(self.authority()),
            id: Set(consumer.id),
            agency_id: Set(caller.principal.agency),
            role: Set(caller.principal.role.clone()),
            purpose: Set(caller.purpose.clone()),
            portal_agency_id: Set(caller.portal.as_ref().map(|portal| portal.agency)),
            seq: Set(looked.seq),
            policy_version: Set(looked.policy_version),
            looked_on: Set(looked.looked_on),
            position: Set(looked.position),
        };
        if first {
            marker_consumer::Entity::insert(row)
                .exec_without_returning(self.transaction()?)
                .await?;
            return Ok(());
        }
        marker_consumer::Entity::update_many()
            .set(marker_consumer::ActiveModel {
                authority_id: sea_orm::ActiveValue::NotSet,
                id: sea_orm::ActiveValue::NotSet,
                ..row
            })
            .filter(marker_consumer::Column::AuthorityId.eq(self.authority()))
            .filter(marker_consumer::Column::Id.eq(consumer.id))
            .exec(self.transaction()?)
            .await?;
        Ok(())
    }
}
