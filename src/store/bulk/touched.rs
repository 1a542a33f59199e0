//! Which families a load touches: one change for each, whatever was loaded of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use entity::{family, membership};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Dataset, MOST_ROWS};
use crate::{
    records::{Cell, Column, Holds, Table},
    store::feed::{self, Change},
};

/// The families on whose markers a load could tell, by authority.
#[derive(Debug, Default)]
pub(super) struct Touched {
    families: BTreeMap<i32, BTreeSet<Uuid>>,
    /// People of whom something concerns every family of theirs.
    people: BTreeMap<i32, BTreeSet<Uuid>>,
    /// Authorities of which something concerns every family.
    all: BTreeSet<i32>,
    new_people: HashSet<Uuid>,
    /// When each contact was reported, its key and its family: in this order they get their places.
    contacts: BTreeMap<i32, BTreeSet<(DateTime<Utc>, Uuid, Uuid)>>,
}

#[derive(FromQueryResult)]
struct Family {
    family_id: Uuid,
}

impl Touched {
    /// Notes what was loaded.
    pub(super) fn note(&mut self, data: &Dataset) {
        self.new_people.extend(data.people.iter().map(|row| row.id));
        let families = data.families.iter().map(|row| (row.authority_id, row.id));
        let memberships = data.memberships.iter().map(|row| (row.authority_id, row.family_id));
        let involvements = data.involvements.iter().map(|row| (row.authority_id, row.family_id));
        let leads = data
            .lead_professionals
            .iter()
            .map(|row| (row.authority_id, row.family_id));
        let plans = data.plans.iter().map(|row| (row.authority_id, row.family_id));
        let consents = data.consents.iter().map(|row| (row.authority_id, row.family_id));
        let emergencies = data
            .emergency_accesses
            .iter()
            .map(|row| (row.authority_id, row.family_id));
        let all = families.chain(memberships).chain(involvements).chain(leads);
        for (authority, family) in all.chain(plans).chain(consents).chain(emergencies) {
            self.families.entry(authority).or_default().insert(family);
        }
        for row in &data.contacts {
            let place = (row.recorded_at, row.id, row.family_id);
            self.contacts.entry(row.authority_id).or_default().insert(place);
        }
        // What is kept of an authority's families holds no more, whatever was loaded.
        for authority in data.authorities_of_rows() {
            self.families.entry(authority).or_default();
        }
        for row in &data.consents {
            self.people.entry(row.authority_id).or_default().insert(row.person_id);
        }
    }

    /// Notes what was changed.
    pub(super) fn note_changed(&mut self, data: &Dataset) {
        for table in Table::ALL {
            let of_family = |column: &Column| column.holds == Holds::Of(Table::Family);
            let Some(at) = table.columns().iter().position(of_family) else {
                continue;
            };
            for row in data.cells(*table) {
                if let (Cell::Number(Some(authority)), Cell::Key(Some(family))) = (&row[0], &row[at]) {
                    self.families.entry(*authority).or_default().insert(*family);
                }
            }
        }
        for row in &data.families {
            self.families.entry(row.authority_id).or_default().insert(row.id);
        }
        let decided = data.consents.iter().map(|row| (row.authority_id, row.person_id));
        for (authority, person) in data.people.iter().map(|row| (row.authority_id, row.id)).chain(decided) {
            self.people.entry(authority).or_default().insert(person);
        }
        self.all.extend(data.agencies.iter().map(|row| row.authority_id));
        for authority in data.authorities_of_rows() {
            self.families.entry(authority).or_default();
        }
    }

    /// Numbers the changes, as the last thing before the commit. Authorities come in order, so that two loads never wait for each other.
    pub(super) async fn record(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        for (authority, families) in &self.families {
            feed::lock(transaction, *authority).await?;
            let mut families = families.clone();
            // What is of a person goes to every family of theirs. Now that the lock is held no membership comes unseen.
            let people = self.people.get(authority).into_iter().flatten();
            let known: Vec<Uuid> = people
                .filter(|person| !self.new_people.contains(*person))
                .copied()
                .collect();
            families.extend(families_of(transaction, *authority, &known).await?);
            if self.all.contains(authority) {
                let all = family::Entity::find()
                    .select_only()
                    .column_as(family::Column::Id, "family_id")
                    .filter(family::Column::AuthorityId.eq(*authority))
                    .into_model::<Family>();
                families.extend(all.all(transaction).await?.into_iter().map(|found| found.family_id));
            }
            let families = families.into_iter().map(|family| (family, None));
            let contacts = self.contacts.get(authority).into_iter().flatten();
            let changes = families.chain(contacts.map(|(_, contact, family)| (*family, Some(*contact))));
            let changes: Vec<Change> = changes
                .map(|(family, contact)| Change {
                    family,
                    person: None,
                    contact,
                })
                .collect();
            feed::record(transaction, *authority, &changes, None).await?;
            feed::notify(transaction, *authority).await?;
        }
        Ok(())
    }

    /// The authorities of which anything was loaded, in order. Their locks are held once the changes are numbered.
    pub(super) fn authorities(&self) -> impl Iterator<Item = i32> {
        self.families.keys().copied()
    }

    /// Whether nothing was touched.
    pub(super) fn is_empty(&self) -> bool {
        self.families.is_empty()
    }
}

/// The families to which any of these people belongs or belonged.
pub(super) async fn families_of(
    transaction: &DatabaseTransaction,
    authority: i32,
    people: &[Uuid],
) -> Result<BTreeSet<Uuid>, DbErr> {
    let mut families = BTreeSet::new();
    for people in people.chunks(MOST_ROWS) {
        let of_people = membership::Entity::find()
            .select_only()
            .column(membership::Column::FamilyId)
            .filter(membership::Column::AuthorityId.eq(authority))
            .filter(membership::Column::PersonId.is_in(people.iter().copied()))
            .into_model::<Family>();
        families.extend(
            of_people
                .all(transaction)
                .await?
                .into_iter()
                .map(|found| found.family_id),
        );
    }
    Ok(families)
}
