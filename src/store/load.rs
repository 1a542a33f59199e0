//! Reads families with what is wanted of them: a number of statements that does not depend on how many there are.

use std::sync::Arc;

use super::{
    agencies::Agencies,
    bundle::Bundle,
    dossier::{Dossier, FamilyRecord, Wants},
    facts::{self, FactRows, FactSlots, Needed},
    pipeline::Bind,
    reach::FamilySet,
    rows::{AgencyRow, FamilyRow},
    select::{Families, Select},
    session::{Session, StoreError},
    tables::{TableRows, TableSlots},
};
use crate::sharing::{
    ceiling::Ceiling,
    facts::RowFacts,
    grant::{Grant, Guarded},
};

impl Session {
    /// Reads families with what is wanted of them, by key. Nothing that it gives can be looked into without the grant that comes with it. Facts that
    /// no clause of the ceiling asks for are not read: rows of tables that are facts as well (consents, involvements, emergency access) are only
    /// complete where they are wanted.
    pub async fn dossiers(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        let needed = Needed::by(ceiling, wants);
        if families.is_empty() {
            return Ok(Vec::new());
        }
        // The families come first, unless they are named already: they are named then, so that the other selects need not find them again.
        let first: Option<Vec<FamilyRow>> = match families {
            FamilySet::Keys(_) => None,
            _ => Some(self.all(families.select_families(self.authority())).await?),
        };
        let keys: Families = match (&first, families) {
            (Some(rows), _) => rows.iter().map(|row| row.id).collect(),
            (None, FamilySet::Keys(keys)) => keys.iter().copied().collect(),
            (None, _) => Families::default(),
        };
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (backend, authority) = (self.backend(), self.authority());
        let mut bundle = Bundle::new();
        let family_slot = first.is_none().then(|| {
            let named = Select::from::<FamilyRow>(backend, "family", "authority_id", authority);
            bundle.add::<FamilyRow>(named.among("id", Bind::Keys(Arc::clone(&keys))))
        });
        let fact_slots = FactSlots::ask(&mut bundle, self, ceiling, &keys, wants, needed);
        let table_slots = TableSlots::ask(&mut bundle, self, &keys, wants);
        let agency_slot = (wants.agencies && self.known_agencies().is_none())
            .then(|| bundle.add::<AgencyRow>(Select::from::<AgencyRow>(backend, "agency", "authority_id", authority)));
        let fetched = bundle.fetch(self).await?;
        let agencies = match &agency_slot {
            Some(slot) => {
                let read = Arc::new(Agencies::of(fetched.take(slot)?));
                self.remember_agencies(&read);
                read
            }
            None => self.known_agencies().filter(|_| wants.agencies).unwrap_or_default(),
        };
        let rows = match (first, &family_slot) {
            (Some(rows), _) => rows,
            (None, Some(slot)) => fetched.take(slot)?,
            (None, None) => Vec::new(),
        };
        let mut facts = FactRows::of(&fact_slots, &fetched, self)?;
        let mut tables = TableRows::of(&table_slots, &fetched)?;

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
