//! Decisions about consent: recorded, and withdrawn.

use chrono::{DateTime, Utc};
use entity::consent;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::store::record::record;
use crate::store::{
    rows::ConsentRow,
    session::{Session, StoreError},
};

#[derive(FromQueryResult)]
struct Recorded {
    recorded_at: DateTime<Utc>,
}

record!(Recorded: recorded_at);

impl Session {
    /// When the newest decision about a person's consent was recorded, of whatever family and category.
    pub async fn newest_consent(&self, person: Uuid) -> Result<Option<DateTime<Utc>>, StoreError> {
        let recorded: Vec<Recorded> = self
            .all(
                consent::Entity::find()
                    .select_only()
                    .column(consent::Column::RecordedAt)
                    .filter(consent::Column::AuthorityId.eq(self.authority()))
                    .filter(consent::Column::PersonId.eq(person)),
            )
            .await?;
        Ok(recorded.into_iter().map(|row| row.recorded_at).max())
    }

    /// Adds decisions about consent; at most some hundreds.
    pub async fn add_consents(&self, rows: Vec<ConsentRow>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            self.touch_person(row.family_id, row.person_id);
        }
        let rows = rows.into_iter().map(|row| consent::ActiveModel {
            authority_id: Set(self.authority()),
            id: Set(row.id),
            family_id: Set(row.family_id),
            person_id: Set(row.person_id),
            category: Set(row.category),
            agency_kind: Set(row.agency_kind),
            decision: Set(row.decision),
            decided_by: Set(row.decided_by),
            recorded_at: Set(row.recorded_at),
            expires_on: Set(row.expires_on),
            withdrawn_at: Set(row.withdrawn_at),
            recorded_by_agency: Set(row.recorded_by_agency),
            recorded_by_subject: Set(row.recorded_by_subject),
        });
        consent::Entity::insert_many(rows)
            .exec_without_returning(self.transaction()?)
            .await?;
        Ok(())
    }

    /// Withdraws a person's consent; says whether there was one that had not been withdrawn.
    pub async fn withdraw_consent(
        &self,
        family: Uuid,
        person: Uuid,
        key: Uuid,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = consent::Entity::update_many()
            .set(consent::ActiveModel {
                withdrawn_at: Set(Some(at)),
                ..Default::default()
            })
            .filter(consent::Column::AuthorityId.eq(self.authority()))
            .filter(consent::Column::Id.eq(key))
            .filter(consent::Column::FamilyId.eq(family))
            .filter(consent::Column::PersonId.eq(person))
            .filter(consent::Column::WithdrawnAt.is_null())
            .exec(self.transaction()?)
            .await?;
        if changed.rows_affected > 0 {
            self.touch_person(family, person);
        }
        Ok(changed.rows_affected > 0)
    }
}
