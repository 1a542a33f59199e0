//! Reads families with what is wanted of them: a number of statements that does not depend on how many there are.

use std::sync::Arc;

use entity::{agency, family};

use super::{
    agencies::Agencies,
    bundle::Bundle,
    dossier::{Dossier, FamilyRecord, Wants},
    facts::{self, FactRows, FactSlots, Needed},
    reach::FamilySet,
    rows::{AgencyRow, FamilyRow},
    session::{Session, StoreError},
    tables::{TableRows, TableSlots},
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
        self.read_dossiers(ceiling, families, wants, Needed::all()).await
    }

    /// The same without the facts that no clause of the ceiling asks for: for reads that must be quick. Rows of tables that are facts as well
    /// (consents, involvements, emergency access) are only complete where they are wanted.
    pub async fn dossiers_sparing(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        self.read_dossiers(ceiling, families, wants, Needed::by(ceiling, wants))
            .await
    }

    async fn read_dossiers(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
        needed: Needed,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        if families.is_empty() {
            return Ok(Vec::new());
        }
        // The families come first, unless they are named already: a few are named then, so that the other selects need not find them again.
        let first: Option<Vec<FamilyRow>> = match families {
            FamilySet::Keys(_) => None,
            _ => Some(self.all(families.select_families(self.authority())).await?),
        };
        let named = match &first {
            Some(rows) if rows.is_empty() => return Ok(Vec::new()),
            Some(rows) if rows.len() <= NAMED => Some(FamilySet::Keys(rows.iter().map(|row| row.id).collect())),
            _ => None,
        };
        let families = named.as_ref().unwrap_or(families);
        let mut bundle = Bundle::new();
        let family_slot = first
            .is_none()
            .then(|| bundle.add::<family::Entity, FamilyRow>(families.select_families(self.authority())));
        let fact_slots = FactSlots::ask(&mut bundle, self, ceiling, families, wants, needed);
        let table_slots = TableSlots::ask(&mut bundle, self.authority(), families, wants);
        let agency_slot = (wants.agencies && self.known_agencies().is_none())
            .then(|| bundle.add::<agency::Entity, AgencyRow>(Agencies::select(self.authority())));
        let mut fetched = bundle.fetch(self).await?;
        if let Some(slot) = &agency_slot {
            self.remember_agencies(Agencies::of(fetched.take(slot)?));
        }
        let rows = match (first, &family_slot) {
            (Some(rows), _) => rows,
            (None, Some(slot)) => fetched.take(slot)?,
            (None, None) => Vec::new(),
        };
        let mut facts = FactRows::of(&fact_slots, &mut fetched, self)?;
        let mut tables = TableRows::of(&table_slots, &mut fetched)?;
        let agencies = self.known_agencies().filter(|_| wants.agencies).unwrap_or_default();

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
