//! Reads families with what is wanted of them: a number of statements that does not depend on how many there are.

use std::{collections::HashSet, sync::Arc};

use uuid::Uuid;

use super::{
    agencies::Agencies,
    bundle::Bundle,
    cache::{self, CachedFamily, Shape, View},
    dossier::{Dossier, FamilyRecord, Wants},
    facts::{self, FactRows, FactSlots},
    pipeline::Bind,
    reach::{FamilySet, Reach, Window, nobody},
    select::{Families, Select},
    session::{Session, StoreError},
    tables::{TableRows, TableSlots},
};
use crate::{
    records::{AgencyRow, FamilyRow, Table},
    sharing::{
        ceiling::Ceiling,
        facts::{FamilyFacts, RowFacts},
        grant::{Grant, Guarded},
        register::field,
    },
};

/// Whether what is wanted of a family is there for the asker.
pub type Holds<'a> = &'a (dyn Fn(&Arc<Dossier>) -> bool + Send + Sync);

/// A family with the grant of this operation.
struct Given {
    grant: Arc<Grant>,
    family: Arc<CachedFamily>,
}

impl Given {
    /// Whether the family exists for the asker.
    fn exists(&self) -> bool {
        self.grant.would_show(field::FAMILY_ID, &RowFacts::family())
    }
}

impl Session {
    /// Families with what is wanted of them, by key; what is known of them already is not read again. Nothing that it gives can be looked into without the grant that
    /// comes with it. Facts that no clause of the ceiling asks for are not read: rows of tables that are facts as well (consents, involvements, emergency access) are only
    /// complete where they are wanted.
    ///
    /// Of a family that does not exist for the asker all is read, known or not: else the time would tell that something of it was written.
    pub async fn dossiers(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        let (_, dossiers) = self.dossiers_where(ceiling, families, wants, &|_| true).await?;
        Ok(dossiers)
    }

    /// The same, with all keys that were asked for, where a family is only taken from what is known if it holds what is wanted: else it is read, as if it did not exist
    /// for the asker.
    pub(super) async fn dossiers_where(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
        holds: Holds<'_>,
    ) -> Result<(Vec<Uuid>, Vec<Arc<Dossier>>), StoreError> {
        let shape = Shape::of(ceiling, wants);
        // Where the statement that picks families out brings all that is read of them, there is nothing to be saved.
        let view = match families {
            FamilySet::Reach(_) | FamilySet::Window(_) if shape.is_of_families_alone() => None,
            _ => self.view().await?,
        };
        let (first, keys) = self.keys_of(families, view.as_ref()).await?;
        if keys.is_empty() {
            return Ok((keys, Vec::new()));
        }
        let mut known = Vec::new();
        if let Some(view) = &view {
            let kept = self.families().get(view, &shape, &keys).into_iter().flatten();
            let kept = kept.map(|family| self.grant(ceiling, family));
            let agencies = self.cached_agencies().unwrap_or_default();
            known.extend(kept.filter(|given| given.exists() && holds(&dossier_of(given, &agencies))));
            if let Some(agencies) = self.families().agencies(view) {
                self.remember_agencies(&agencies);
            }
        }
        let given: HashSet<Uuid> = known.iter().map(|given| given.grant.family()).collect();
        let unread: Families = keys.iter().filter(|key| !given.contains(key)).copied().collect();
        let agencies_unread = wants.has(Table::Agency) && self.cached_agencies().is_none();
        let read = self.read(first, &unread, &shape, agencies_unread).await?;
        if let Some(view) = &view {
            // One that was read although it is known, and one that is not there at all, count alike.
            self.families().count(known.len(), unread.len());
            self.families().put(view, &shape, &read);
            if let Some(agencies) = self.cached_agencies().filter(|_| agencies_unread) {
                self.families().put_agencies(view, &agencies);
            }
        }
        known.extend(read.into_iter().map(|family| self.grant(ceiling, family)));
        let agencies = self.agencies_wanted(wants).await?;
        Ok((keys, dossiers_of(&known, &agencies)))
    }

    /// Reads families of which nothing is given, whatever is known of them, and decides about them as about any other. Nothing of it is kept.
    pub(super) async fn read_in_vain(
        &self,
        ceiling: &Arc<Ceiling>,
        keys: Vec<Uuid>,
        wants: Wants,
        holds: Holds<'_>,
    ) -> Result<(), StoreError> {
        let read = self.read(None, &keys.into(), &Shape::of(ceiling, wants), false).await?;
        let agencies = self
            .cached_agencies()
            .filter(|_| wants.has(Table::Agency))
            .unwrap_or_default();
        for family in read {
            let given = self.grant(ceiling, family);
            let _ = given.exists() && holds(&dossier_of(&given, &agencies));
        }
        Ok(())
    }

    /// The same, all of it read, known or not: where the time must not tell whether there was anything to read.
    pub async fn dossiers_anew(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        let (first, keys) = self.keys_of(families, None).await?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let agencies_unread = wants.has(Table::Agency) && self.cached_agencies().is_none();
        let shape = Shape::of(ceiling, wants);
        let read = self.read(first, &keys.into(), &shape, agencies_unread).await?;
        let read: Vec<Given> = read.into_iter().map(|family| self.grant(ceiling, family)).collect();
        let agencies = self.agencies_wanted(wants).await?;
        Ok(dossiers_of(&read, &agencies))
    }

    /// The families' keys in order, each once; and the families, if they had to be asked for: they are named from then on, so that the other selects need not find them
    /// again. In the place of one that was named and is not there stands [`nobody`], so that as much is sent as if it were.
    async fn keys_of(
        &self,
        families: &FamilySet,
        view: Option<&View>,
    ) -> Result<(Option<Vec<FamilyRow>>, Vec<Uuid>), StoreError> {
        if let FamilySet::Keys(keys) = families {
            let mut keys = keys.clone();
            keys.sort_unstable();
            keys.dedup();
            return Ok((None, keys));
        }
        let (text, values) = families.statement(self.backend(), self.authority());
        let asked = cache::statement_digest(&text, &values, families.beside());
        if let Some(keys) = view.and_then(|view| self.families().list(view, asked)) {
            return Ok((None, keys.to_vec()));
        }
        let values = values.into_iter().map(Bind::One).collect();
        let rows: Vec<FamilyRow> = self.rows(&text, values).await?.records()?;
        let mut keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        keys.sort_unstable();
        match families {
            FamilySet::Reach(Reach { reference: Some(_), .. }) if keys.is_empty() => keys.push(nobody(0)),
            FamilySet::Window(Window {
                beside: Some(named),
                limit,
                ..
            }) if keys.first() != Some(named) => {
                // One was read in its place, which is not asked for.
                keys.truncate(usize::try_from(*limit).unwrap_or(usize::MAX));
                keys.push(nobody(0));
            }
            _ => {}
        }
        if let Some(view) = view {
            self.families().put_list(view, asked, &keys);
        }
        Ok((Some(rows), keys))
    }

    fn grant(&self, ceiling: &Arc<Ceiling>, family: Arc<CachedFamily>) -> Given {
        let facts = FamilyFacts {
            now: self.now(),
            today: self.today(),
            ..family.facts.clone()
        };
        Given {
            grant: Arc::new(Grant::new(Arc::clone(ceiling), facts)),
            family,
        }
    }

    /// The agencies, where they are wanted. They have been read by now, unless another field of the operation is just reading them: then they could not be kept, and are
    /// waited for.
    async fn agencies_wanted(&self, wants: Wants) -> Result<Arc<Agencies>, StoreError> {
        Ok(match self.cached_agencies() {
            _ if !wants.has(Table::Agency) => Arc::default(),
            Some(known) => known,
            None => Arc::clone(self.agencies().await?),
        })
    }

    /// Reads these families, and the agencies if they are to be.
    async fn read(
        &self,
        first: Option<Vec<FamilyRow>>,
        keys: &Families,
        shape: &Shape,
        agencies: bool,
    ) -> Result<Vec<Arc<CachedFamily>>, StoreError> {
        if keys.is_empty() && !agencies {
            return Ok(Vec::new());
        }
        let (backend, authority) = (self.backend(), self.authority());
        let mut bundle = Bundle::new();
        let agency_slot = agencies
            .then(|| bundle.add::<AgencyRow>(Select::from::<AgencyRow>(backend, "agency", "authority_id", authority)));
        let slots = (!keys.is_empty()).then(|| {
            let family = first.is_none().then(|| {
                let named = Select::from::<FamilyRow>(backend, "family", "authority_id", authority);
                bundle.add::<FamilyRow>(named.among("id", Bind::Keys(Arc::clone(keys))))
            });
            let facts = FactSlots::ask(&mut bundle, self, keys, shape);
            (family, facts, TableSlots::ask(&mut bundle, self, keys, shape.tables))
        });
        let fetched = bundle.fetch(self).await?;
        if let Some(slot) = &agency_slot {
            self.remember_agencies(&Arc::new(Agencies::of(fetched.take(slot)?)));
        }
        let Some((family_slot, fact_slots, table_slots)) = slots else {
            return Ok(Vec::new());
        };
        let rows = match first {
            Some(rows) => rows,
            None => fetched.take_if(family_slot.as_ref())?,
        };
        let mut facts = FactRows::of(&fact_slots, &fetched, self)?;
        let mut tables = TableRows::of(&table_slots, &fetched)?;
        let today = self.today();
        let rows = rows.into_iter().filter(|row| keys.binary_search(&row.id).is_ok());
        let read = rows.map(|row| {
            let key = row.id;
            let read = facts.take(self, &row);
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
            Arc::new(CachedFamily {
                facts: read.facts.clone(),
                family: Arc::new(Guarded::new(key, record, RowFacts::family())),
                tables: Arc::new(tables.lock(key, read)),
            })
        });
        Ok(read.collect())
    }
}

fn dossiers_of(given: &[Given], agencies: &Arc<Agencies>) -> Vec<Arc<Dossier>> {
    let mut dossiers: Vec<_> = given.iter().map(|given| dossier_of(given, agencies)).collect();
    dossiers.sort_by_key(|dossier| dossier.key());
    dossiers
}

fn dossier_of(given: &Given, agencies: &Arc<Agencies>) -> Arc<Dossier> {
    Arc::new(Dossier {
        grant: Arc::clone(&given.grant),
        family: Arc::clone(&given.family.family),
        tables: Arc::clone(&given.family.tables),
        agencies: Arc::clone(agencies),
    })
}
