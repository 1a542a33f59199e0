//! Queries of the main database that a restore needs before it makes a change again, and to report what it
//! cannot restore.

use std::collections::{BTreeMap, BTreeSet};

use entity::{consent, family, person};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    record::record,
    reference,
    session::{Session, StoreError},
};

/// The most ids in one statement.
const KEYS: usize = 500;

#[derive(FromQueryResult)]
struct Key {
    id: Uuid,
}

record!(Key: id);

#[derive(FromQueryResult)]
struct Reference {
    id: Uuid,
    reference: String,
}

record!(Reference: id reference);

impl Session {
    /// Which of these consent decisions exist.
    pub async fn existing_consents(&self, keys: &[Uuid]) -> Result<BTreeSet<Uuid>, StoreError> {
        let mut there = BTreeSet::new();
        for keys in keys.chunks(KEYS) {
            let select = consent::Entity::find().select_only().column(consent::Column::Id);
            let select = select
                .filter(consent::Column::AuthorityId.eq(self.authority()))
                .filter(consent::Column::Id.is_in(keys.iter().copied()));
            let rows: Vec<Key> = self.all(select).await?;
            there.extend(rows.iter().map(|row| row.id));
        }
        Ok(there)
    }

    /// Whether all of these people exist.
    pub async fn has_people(&self, keys: &BTreeSet<Uuid>) -> Result<bool, StoreError> {
        let select = person::Entity::find().select_only().column(person::Column::Id);
        let select = select
            .filter(person::Column::AuthorityId.eq(self.authority()))
            .filter(person::Column::Id.is_in(keys.iter().copied()));
        let rows: Vec<Key> = self.all(select).await?;
        Ok(rows.len() == keys.len())
    }

    /// The families with a reference, in any spelling.
    pub async fn families_with_reference(&self, said: &str) -> Result<BTreeSet<Uuid>, StoreError> {
        let select = family::Entity::find().select_only();
        let select = select.columns([family::Column::Id, family::Column::Reference]);
        let select = select
            .filter(family::Column::AuthorityId.eq(self.authority()))
            .filter(reference::is(said));
        let rows: Vec<Reference> = self.all(select).await?;
        let same = |row: &Reference| reference::folded(&row.reference) == reference::folded(said);
        Ok(rows.into_iter().filter(same).map(|row| row.id).collect())
    }

    /// The references of those of these families that exist.
    pub async fn references(&self, keys: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, String>, StoreError> {
        let keys: Vec<Uuid> = keys.iter().copied().collect();
        let mut references = BTreeMap::new();
        for keys in keys.chunks(KEYS) {
            let select = family::Entity::find().select_only();
            let select = select.columns([family::Column::Id, family::Column::Reference]);
            let select = select
                .filter(family::Column::AuthorityId.eq(self.authority()))
                .filter(family::Column::Id.is_in(keys.iter().copied()));
            let rows: Vec<Reference> = self.all(select).await?;
            references.extend(rows.into_iter().map(|row| (row.id, row.reference)));
        }
        Ok(references)
    }
}
