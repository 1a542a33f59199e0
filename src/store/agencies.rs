//! The register of agencies: about organisations, not about families.

use std::collections::HashMap;

use entity::agency;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::records::AgencyRow;

/// An authority's agencies.
#[derive(Clone, Debug, Default)]
pub struct Agencies {
    by_key: HashMap<Uuid, AgencyRow>,
}

impl Agencies {
    /// The statement of an authority's agencies.
    pub(super) fn select(authority: i32) -> Select<agency::Entity> {
        agency::Entity::find().filter(agency::Column::AuthorityId.eq(authority))
    }

    pub(super) fn of(rows: Vec<AgencyRow>) -> Self {
        Self {
            by_key: rows.into_iter().map(|row| (row.id, row)).collect(),
        }
    }

    /// The agency with that key.
    pub fn get(&self, key: Uuid) -> Option<&AgencyRow> {
        self.by_key.get(&key)
    }

    /// The agency with that code.
    pub fn by_code(&self, code: &str) -> Option<&AgencyRow> {
        self.by_key.values().find(|agency| agency.code == code)
    }

    /// Every agency, by code.
    pub fn all(&self) -> Vec<&AgencyRow> {
        let mut all: Vec<_> = self.by_key.values().collect();
        all.sort_by(|one, other| one.code.cmp(&other.code));
        all
    }
}
