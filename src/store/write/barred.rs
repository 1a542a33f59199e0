//! To whom a family is barred.

use chrono::NaiveDate;
use entity::barred_subject::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::{
    records::BarredSubjectRow,
    store::{
        session::StoreError,
        writing::{Deed, Writing},
    },
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
            self.add(std::slice::from_ref(&row)).await?;
            self.set_deed(Deed::Barred(vec![row]));
            return Ok(());
        }
        // One that is yet to begin begins as early as is said now, unless it is being lifted.
        let lifts = row.valid_until.is_some_and(|until| until <= row.valid_from);
        let anew = |bar: &Model| {
            let valid_from = if lifts {
                bar.valid_from
            } else {
                bar.valid_from.min(row.valid_from)
            };
            BarredSubjectRow {
                id: bar.id,
                valid_from,
                valid_until: row.valid_until.map(|until| until.max(valid_from)),
                ..row.clone()
            }
        };
        let bars: Vec<BarredSubjectRow> = known.iter().map(anew).collect();
        for bar in &bars {
            self.date_bar(bar).await?;
        }
        self.set_deed(Deed::Barred(bars));
        Ok(())
    }

    /// Sets bars as they stood, whether or not they are there.
    pub async fn set_bars(&self, rows: Vec<BarredSubjectRow>) -> Result<(), StoreError> {
        for row in &rows {
            if !self.date_bar(row).await? {
                self.add(std::slice::from_ref(row)).await?;
            }
            self.touch(row.family_id);
        }
        self.set_deed(Deed::Barred(rows));
        Ok(())
    }

    /// Gives a bar its days; returns whether it is there.
    async fn date_bar(&self, row: &BarredSubjectRow) -> Result<bool, StoreError> {
        self.of_family(row.family_id)?;
        let changed = Entity::update_many()
            .set(ActiveModel {
                valid_from: Set(row.valid_from),
                valid_until: Set(row.valid_until),
                ..Default::default()
            })
            .filter(Column::AuthorityId.eq(self.authority()))
            .filter(Column::FamilyId.eq(row.family_id))
            .filter(Column::Id.eq(row.id))
            .exec(self.connection()?)
            .await?;
        Ok(changed.rows_affected > 0)
    }
}
