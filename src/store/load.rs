//! Reads families with what is wanted of them: a number of statements that does not depend on how many there are.

use std::sync::Arc;

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

/// Up to so many families are named in a statement.
const NAMED: usize = 256;

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
        let rows: Vec<FamilyRow> = self.all(families.select_families(self.authority())).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // The families are known now: a few are named, so that the other statements need not find them again.
        let named = FamilySet::Keys(rows.iter().map(|row| row.id).collect());
        let families = if rows.len() <= NAMED { &named } else { families };
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
                what_to_do: Arc::clone(&facts.what_to_do),
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
