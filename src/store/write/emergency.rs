//! Emergency access: opening it, and finding a caller's own.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::{barred_subject, emergency_access, family};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    records::EmergencyAccessRow,
    sharing::caller::{Caller, Party},
    store::{
        reach::barred,
        record::record,
        reference,
        session::{Session, StoreError},
        writing::Writing,
    },
};

/// A caller's own emergency access: its times, and nothing about the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Opened {
    /// Its key.
    pub id: Uuid,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// When it was closed early.
    pub closed_at: Option<DateTime<Utc>>,
}

record!(Opened: id opened_at expires_at closed_at);

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

record!(Found: id);

#[derive(FromQueryResult)]
struct Referred {
    id: Uuid,
    reference: String,
}

record!(Referred: id reference);

#[derive(FromQueryResult)]
struct Barred {
    family_id: Uuid,
}

record!(Barred: family_id);

impl Session {
    /// The families that are barred to a caller today: to them they are not there, in an emergency neither.
    pub async fn barred_to(&self, caller: &Caller) -> Result<HashSet<Uuid>, StoreError> {
        let select = barred(caller, self.today());
        let select = select.select_only().column(barred_subject::Column::FamilyId);
        let found: Vec<Barred> = self.all(select).await?;
        Ok(found.into_iter().map(|row| row.family_id).collect())
    }

    /// Whether the authority has that family.
    pub async fn has_family(&self, key: Uuid) -> Result<bool, StoreError> {
        let found: Vec<Found> = self
            .all(
                family::Entity::find()
                    .select_only()
                    .column(family::Column::Id)
                    .filter(family::Column::AuthorityId.eq(self.authority()))
                    .filter(family::Column::Id.eq(key)),
            )
            .await?;
        Ok(found.iter().any(|found| found.id == key))
    }

    /// The authority's family with this reference, in any spelling; if several match, the one with the exact
    /// spelling. Those that are barred are none.
    pub async fn family_of_reference(&self, said: &str, barred: &HashSet<Uuid>) -> Result<Option<Uuid>, StoreError> {
        let found: Vec<Referred> = self
            .all(
                family::Entity::find()
                    .select_only()
                    .columns([family::Column::Id, family::Column::Reference])
                    .filter(family::Column::AuthorityId.eq(self.authority()))
                    .filter(reference::is(said)),
            )
            .await?;
        let said_so = |one: &&Referred| reference::folded(&one.reference) == reference::folded(said);
        let there = found.iter().filter(|one| !barred.contains(&one.id));
        let mut fit: Vec<&Referred> = there.filter(said_so).collect();
        if fit.len() > 1 {
            fit.retain(|one| one.reference == said.trim());
        }
        Ok(match fit.as_slice() {
            [one] => Some(one.id),
            _ => None,
        })
    }

    /// The emergency accesses to a family that this party ever opened, newest first.
    pub async fn opened_by(&self, party: &Party, family: Uuid) -> Result<Vec<Opened>, StoreError> {
        let mut opened: Vec<Opened> = self
            .all(
                emergency_access::Entity::find()
                    .select_only()
                    .columns([
                        emergency_access::Column::Id,
                        emergency_access::Column::OpenedAt,
                        emergency_access::Column::ExpiresAt,
                        emergency_access::Column::ClosedAt,
                    ])
                    .filter(emergency_access::Column::AuthorityId.eq(self.authority()))
                    .filter(emergency_access::Column::AgencyId.eq(party.agency))
                    .filter(emergency_access::Column::Subject.eq(party.subject.as_str()))
                    .filter(emergency_access::Column::FamilyId.eq(family)),
            )
            .await?;
        opened.sort_by_key(|opened| std::cmp::Reverse((opened.opened_at, opened.id)));
        Ok(opened)
    }
}

impl Writing<'_> {
    /// Opens emergency access.
    pub async fn open_emergency(&self, row: EmergencyAccessRow) -> Result<(), StoreError> {
        self.of_family(row.family_id)?;
        let key = row.id;
        self.add(&[row]).await?;
        self.opened(key);
        Ok(())
    }

    /// Records that the emergency access is already open: every request for it is written to the trail.
    pub fn emergency_is_open(&self, family: Uuid, key: Uuid) -> Result<(), StoreError> {
        self.of_family(family)?;
        self.opened(key);
        self.leave_out_of_feed();
        Ok(())
    }
}
