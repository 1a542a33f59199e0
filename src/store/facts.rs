//! The facts on which decisions about families rest, for all families of a statement at once.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    bundle::{Bundle, Fetched, Slot},
    cache::Shape,
    deciders::{self, DeciderSlots, Deciders},
    dossier::Wants,
    fact_rows::FamilyFactRows,
    households::{HouseholdSlots, Households},
    needed::Needed,
    pipeline::Bind,
    select::{Families, Select},
    session::{Session, StoreError},
    source::Source,
    tables::ByFamily,
};
use crate::{
    records::{
        AuthorityRow, BarredSubjectRow, ConsentRow, EmergencyAccessRow, FamilyRow, InvolvementRow, LeadProfessionalRow,
        Table, TableSet,
    },
    sharing::{
        category::CategorySet,
        ceiling::Ceiling,
        facts::{EmergencyFact, FamilyFacts},
    },
};

/// Whether something that began and perhaps ended holds on a day; the day of its end is no longer in it.
pub(super) fn holds_on(from: NaiveDate, until: Option<NaiveDate>, today: NaiveDate) -> bool {
    from <= today && until.is_none_or(|until| today < until)
}

impl Shape {
    /// What is read for these wants, under this ceiling.
    pub(super) fn of(ceiling: &Ceiling, wants: Wants) -> Self {
        let needed = Needed::by(ceiling, wants);
        let parties = || ceiling.parties().iter().map(|party| &party.party);
        let consents = || {
            let kinds = parties().map(|party| party.agency_kind.clone()).collect();
            // A decision looks at the consent for its own category, and at none where no clause asks for it.
            let clauses = ceiling.parties().iter().flat_map(|party| &party.clauses);
            let asking = clauses.filter(|clause| clause.consent_required);
            let categories = asking.fold(CategorySet::EMPTY, |all, clause| all.union(clause.categories));
            (kinds, categories)
        };
        Self {
            needed,
            agencies: (needed.involvements && !wants.has(Table::Involvement))
                .then(|| parties().map(|party| party.agency).collect()),
            consents: (needed.consents && !wants.has(Table::Consent)).then(consents),
            // What is said by `needed`, or is not of families.
            tables: wants.tables.without(Table::Agency).without(Table::LeadProfessional),
        }
    }
}

impl Shape {
    /// Whether nothing is read but the families themselves.
    pub(super) fn is_of_families_alone(&self) -> bool {
        self.needed == Needed::default() && self.tables == TableSet::EMPTY
    }
}

/// The facts of all families of a statement, before they are told apart.
pub(super) struct FactRows {
    households: Households,
    people_read: bool,
    involvements: ByFamily<InvolvementRow>,
    leads: ByFamily<LeadProfessionalRow>,
    consents: HashMap<Uuid, Vec<ConsentRow>>,
    deciders: Deciders,
    emergencies: ByFamily<EmergencyAccessRow>,
    bars: ByFamily<BarredSubjectRow>,
    own_consent_age: i32,
    pub(super) what_to_do: Arc<str>,
}

/// Where the facts are in a bundle of selects.
pub(super) struct FactSlots {
    households: Option<HouseholdSlots>,
    involvements: Option<Slot<InvolvementRow>>,
    leads: Option<Slot<LeadProfessionalRow>>,
    consents: Option<Slot<ConsentRow>>,
    deciders: Option<DeciderSlots>,
    emergencies: Option<Slot<EmergencyAccessRow>>,
    bars: Slot<BarredSubjectRow>,
    settings: Option<Slot<AuthorityRow>>,
}

impl FactSlots {
    pub(super) fn ask(bundle: &mut Bundle, session: &Session, families: &Families, shape: &Shape) -> Self {
        let needed = shape.needed;
        let from = Source {
            backend: session.backend(),
            authority: session.authority(),
            families,
        };
        let mut involvements = from.of_families::<InvolvementRow>();
        if let Some(agencies) = &shape.agencies {
            involvements = involvements.among("agency_id", Bind::Keys(agencies.as_slice().into()));
        }
        // A no goes with the person from family to family.
        let mut consents = from.of_people::<ConsentRow>("person_id");
        if let Some((kinds, categories)) = &shape.consents {
            consents = consents.among("agency_kind", Bind::Words(kinds.as_slice().into()));
            let codes = categories.iter().map(|category| category.code().to_owned()).collect();
            consents = consents.among("category", Bind::Words(codes));
        }
        Self {
            households: needed.people.then(|| HouseholdSlots::ask(bundle, &from)),
            involvements: needed.involvements.then(|| bundle.add(involvements)),
            leads: needed
                .leads
                .then(|| bundle.add(from.of_families::<LeadProfessionalRow>())),
            consents: needed.consents.then(|| bundle.add(consents)),
            deciders: needed.consents.then(|| DeciderSlots::ask(bundle, &from)),
            emergencies: needed
                .emergencies
                .then(|| bundle.add(from.of_families::<EmergencyAccessRow>())),
            bars: bundle.add(from.of_families::<BarredSubjectRow>()),
            settings: session.cached_settings().is_none().then(|| {
                let own = Select::from::<AuthorityRow>(from.backend, "authority", "id", from.authority);
                bundle.add(own)
            }),
        }
    }
}

impl FactRows {
    pub(super) fn of(slots: &FactSlots, fetched: &Fetched, session: &Session) -> Result<Self, StoreError> {
        let mut by_person: HashMap<Uuid, Vec<ConsentRow>> = HashMap::new();
        for row in fetched.take_if(slots.consents.as_ref())? {
            by_person.entry(row.person_id).or_default().push(row);
        }
        // Those that were read here count even where somebody else is about to keep theirs: they are of the same moment.
        let read: Vec<AuthorityRow> = fetched.take_if(slots.settings.as_ref())?;
        if let Some(settings) = read.first() {
            session.remember_settings(settings.clone());
        }
        let settings = read
            .first()
            .or_else(|| session.cached_settings())
            .ok_or_else(|| StoreError::Corrupt("the authority is not there".to_owned()))?;
        Ok(Self {
            people_read: slots.households.is_some(),
            households: Households::of(slots.households.as_ref(), fetched, session.today())?,
            involvements: ByFamily::new(fetched.take_if(slots.involvements.as_ref())?, |row| row.family_id),
            leads: ByFamily::new(fetched.take_if(slots.leads.as_ref())?, |row| row.family_id),
            consents: by_person,
            deciders: Deciders::of(slots.deciders.as_ref(), fetched)?,
            emergencies: ByFamily::new(fetched.take_if(slots.emergencies.as_ref())?, |row| row.family_id),
            bars: ByFamily::new(fetched.take(&slots.bars)?, |row| row.family_id),
            own_consent_age: settings.own_consent_age,
            what_to_do: settings.marker_advice.as_str().into(),
        })
    }

    /// What is known of one family.
    pub(super) fn take(&mut self, session: &Session, family: &FamilyRow) -> FamilyFactRows {
        let (key, today) = (family.id, session.today());
        let members = self.households.members(key, today);
        let involvements = self.involvements.take(key);
        let mut leads = self.leads.take(key);
        leads.sort_by_key(|row| (Reverse(row.valid_from), row.id));
        let emergencies = self.emergencies.take(key);
        let mut decisions = Vec::new();
        let mut consents = Vec::new();
        let mut seen = HashSet::new();
        for person in members
            .iter()
            .map(|member| member.person.id)
            .filter(|person| seen.insert(*person))
        {
            for row in self.consents.get(&person).into_iter().flatten() {
                decisions.extend(deciders::decision(row));
                if row.family_id == key {
                    consents.push(row.clone());
                }
            }
        }
        let open = involvements
            .iter()
            .filter(|row| holds_on(row.started_on, row.ended_on, today));
        let lead = leads
            .iter()
            .find(|row| holds_on(row.valid_from, row.valid_until, today));
        // Which of them hold at the moment of a decision, the decision says.
        let opened = emergencies.iter().filter(|row| row.closed_at.is_none());
        let facts = FamilyFacts {
            authority: family.authority_id,
            family: key,
            on_cohort: family
                .attached_on
                .is_some_and(|from| holds_on(from, family.closed_on, today)),
            involved: open.map(|row| row.agency_id).collect(),
            // Somebody whose account is not known is nobody who asks; and feeds are looked after as nobody in particular, whose name is as empty.
            lead: lead
                .map(|row| (row.agency_id, row.subject.clone()))
                .filter(|(_, subject)| !subject.is_empty()),
            people: self.households.people(&members, &self.deciders, today),
            people_read: self.people_read,
            elsewhere: self.households.elsewhere(&members, today),
            responsibilities: self.deciders.responsibilities(&members),
            consents: decisions,
            bars: self.bars.take(key).into_iter().map(deciders::bar).collect(),
            emergencies: opened.map(emergency_fact).collect(),
            own_consent_age: self.own_consent_age,
            now: session.now(),
            today,
        };
        FamilyFactRows {
            facts,
            members,
            involvements,
            leads,
            consents,
            emergencies,
        }
    }
}

fn emergency_fact(row: &EmergencyAccessRow) -> EmergencyFact {
    EmergencyFact {
        key: row.id,
        agency: row.agency_id,
        subject: row.subject.clone(),
        opened_at: row.opened_at,
        expires_at: row.expires_at,
    }
}
