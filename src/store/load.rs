//! Reads families with what is wanted of them: a number of statements that does not depend on how many there are.

use std::sync::Arc;

use entity::family;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    dossier::{Dossier, FamilyRecord, Wants},
    facts::{self, FactRows},
    reach::FamilySet,
    rows::FamilyRow,
    session::{Session, StoreError},
    tables::TableRows,
};
use crate::sharing::{
    ceiling::Ceiling,
    facts::RowFacts,
    grant::{Grant, Guarded},
};

impl Session {
    /// Reads families with what is wanted of them, by key. Nothing that it gives can be looked into without the grant that comes with it.
    pub async fn dossiers(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        if families.is_empty() {
            return Ok(Vec::new());
        }
        let select = family::Entity::find()
            .filter(family::Column::AuthorityId.eq(self.authority()))
            .filter(families.of_family());
        let rows: Vec<FamilyRow> = self.all(select).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut facts = FactRows::read(self, ceiling, families, wants).await?;
        let mut tables = TableRows::read(self, families, wants).await?;
        let agencies = if wants.agencies {
            Arc::clone(self.agencies().await?)
        } else {
            Arc::default()
        };

        let mut dossiers = Vec::with_capacity(rows.len());
        for row in rows {
            let key = row.id;
            let read = facts.take(self, &row);
            let today = self.today();
            let record = FamilyRecord {
                on_cohort: read.facts.on_cohort,
                has_plan: tables.has_plan(key),
                lead: read
                    .leads
                    .iter()
                    .find(|lead| facts::holds_on(lead.valid_from, lead.valid_until, today))
                    .cloned(),
                leads: read.leads.clone(),
                row,
            };
            dossiers.push(Arc::new(Dossier {
                family: Arc::new(Guarded::new(key, record, RowFacts::family())),
                grant: Arc::new(Grant::new(Arc::clone(ceiling), read.facts.clone())),
                tables: tables.lock(key, read),
                agencies: Arc::clone(&agencies),
            }));
        }
        dossiers.sort_by_key(|dossier| dossier.key());
        Ok(dossiers)
    }
}
