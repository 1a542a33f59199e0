//! To whom a family is barred.

use chrono::NaiveDate;
use entity::barred_subject::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::{
    records::BarredSubjectRow,
    store::{session::StoreError, writing::Writing},
};

impl Writing<'_> {
    /// Bars a family to somebody. A bar of theirs that has not ended is given the new end, never before its first day; one that is yet to begin is brought forward
    /// as well, and none is put off.
    pub async fn bar(&self, row: BarredSubjectRow, today: NaiveDate) -> Result<(), StoreError> {
        self.of_family(row.family_id)?;
        let agency = match row.agency_id {
            Some(agency) => Column::AgencyId.eq(agency),
            None => Column::AgencyId.is_null(),
        };
        let open = Condition::any()
            .add(Column::ValidUntil.is_null())
            .add(Column::ValidUntil.gt(today));
        let theirs = Entity::find()
            .filter(Column::AuthorityId.eq(self.authority()))
            .filter(Column::FamilyId.eq(row.family_id))
            .filter(Column::Subject.eq(row.subject.as_str()))
            .filter(agency)
            .filter(open);
        let known = theirs.all(self.connection()?).await?;
        if known.is_empty() {
            return self.add(&[row]).await;
        }
        for bar in known {
            // One that is yet to begin begins as early as is said now, unless it is being lifted.
            let lifts = row.valid_until.is_some_and(|until| until <= row.valid_from);
            let from = if lifts {
                bar.valid_from
            } else {
                bar.valid_from.min(row.valid_from)
            };
            let until = row.valid_until.map(|until| until.max(from));
            Entity::update_many()
                .set(ActiveModel {
                    valid_from: Set(from),
                    valid_until: Set(until),
                    ..Default::default()
                })
                .filter(Column::AuthorityId.eq(self.authority()))
                .filter(Column::Id.eq(bar.id))
                .exec(self.connection()?)
                .await?;
        }
        Ok(())
    }
}
