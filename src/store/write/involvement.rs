//! An agency's involvement with a family, when it ends.

use chrono::NaiveDate;
use entity::involvement;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::store::{session::StoreError, writing::Writing};

impl Writing<'_> {
    /// Ends an involvement; returns whether there was one without an end.
    pub async fn end_involvement(&self, family: Uuid, key: Uuid, on: NaiveDate) -> Result<bool, StoreError> {
        self.of_family(family)?;
        let changed = involvement::Entity::update_many()
            .set(involvement::ActiveModel {
                ended_on: Set(Some(on)),
                ..Default::default()
            })
            .filter(involvement::Column::AuthorityId.eq(self.authority()))
            .filter(involvement::Column::Id.eq(key))
            .filter(involvement::Column::FamilyId.eq(family))
            .filter(involvement::Column::EndedOn.is_null())
            .exec(self.connection()?)
            .await?;
        if changed.rows_affected == 0 {
            self.changed_nothing();
        }
        Ok(changed.rows_affected > 0)
    }
}
