//! Everything read about one family in one operation, locked up, with the grant that may release it.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    agencies::Agencies,
    rows::{
        ActionRow, AddressRow, AssessmentRow, ConsentRow, ContactNoteRow, ContactRow, CriteriaMatchRow,
        DistanceScoreRow, EmergencyAccessRow, FamilyRow, GoalRow, InvolvementRow, LeadProfessionalRow,
        LocalIdentifierRow, MarkerRow, MembershipRow, OutcomeRow, PersonRow, PlanRow, ProgressValueRow,
        StatutoryStatusRow,
    },
};
use crate::sharing::{
    born::Born,
    category::CategorySet,
    grant::{Grant, Guarded},
};

/// Which tables an operation wants besides the families, their members and the facts that decisions need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "one question a table: is it wanted?")]
pub struct Wants {
    /// Addresses.
    pub addresses: bool,
    /// Statutory statuses.
    pub statuses: bool,
    /// Local identifiers.
    pub identifiers: bool,
    /// Involvements of all agencies.
    pub involvements: bool,
    /// Criteria matches.
    pub criteria: bool,
    /// Assessments.
    pub assessments: bool,
    /// Distance travelled scores.
    pub scores: bool,
    /// Plans.
    pub plans: bool,
    /// Goals.
    pub goals: bool,
    /// Actions, and with them the goals they inherit their criterion from.
    pub actions: bool,
    /// Outcomes.
    pub outcomes: bool,
    /// Family Progress Data.
    pub progress: bool,
    /// Decisions about consent for all kinds of agency.
    pub consents: bool,
    /// Markers in partners' systems.
    pub markers: bool,
    /// Emergency access by anyone.
    pub emergencies: bool,
    /// Contacts that partners reported, with their notes.
    pub contacts: bool,
    /// The register of agencies.
    pub agencies: bool,
    /// Who leads the work.
    pub leads: bool,
    /// That nothing is wanted of the people, nor anything that shielding covers: then they are only read where consent is asked for.
    pub without_people: bool,
    /// That no decision will be made but about reading these categories: then other facts are not read. A decision about any other category finds too few of
    /// them, and permits less.
    pub decides: Option<CategorySet>,
}

impl Wants {
    /// The same where any decision may be made, about anybody.
    #[must_use]
    pub fn deciding_anything(self) -> Self {
        Self {
            without_people: false,
            decides: None,
            ..self
        }
    }

    /// What either wants.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            addresses: self.addresses || other.addresses,
            statuses: self.statuses || other.statuses,
            identifiers: self.identifiers || other.identifiers,
            involvements: self.involvements || other.involvements,
            criteria: self.criteria || other.criteria,
            assessments: self.assessments || other.assessments,
            scores: self.scores || other.scores,
            plans: self.plans || other.plans,
            goals: self.goals || other.goals,
            actions: self.actions || other.actions,
            outcomes: self.outcomes || other.outcomes,
            progress: self.progress || other.progress,
            consents: self.consents || other.consents,
            markers: self.markers || other.markers,
            emergencies: self.emergencies || other.emergencies,
            contacts: self.contacts || other.contacts,
            agencies: self.agencies || other.agencies,
            leads: self.leads || other.leads,
            without_people: self.without_people && other.without_people,
            decides: self.decides.zip(other.decides).map(|(one, other)| one.union(other)),
        }
    }
}

/// A family with what is derived from its other tables.
#[derive(Clone, Debug)]
pub struct FamilyRecord {
    /// The family itself.
    pub row: FamilyRow,
    /// Whether it is on the cohort today.
    pub on_cohort: bool,
    /// Whether it has a plan that is not closed.
    pub has_plan: bool,
    /// Who led the work, newest first; the first one may still lead.
    pub leads: Vec<LeadProfessionalRow>,
    /// Who leads it today.
    pub lead: Option<LeadProfessionalRow>,
    /// What the authority asks of whoever meets a family with a marker.
    pub what_to_do: Arc<str>,
}

/// A person in a family.
#[derive(Clone, Debug)]
pub struct MemberRecord {
    /// That and how they belong to it.
    pub membership: MembershipRow,
    /// The person.
    pub person: PersonRow,
    /// Whether they belong to it today.
    pub in_family: bool,
    /// When they were born, as far as it is known today.
    pub born: Born,
    /// Age in whole years today, where that is sure.
    pub age: Option<i32>,
    /// Whether they are an adult today, where that is sure.
    pub adult: Option<bool>,
}

/// A locked row.
pub type Locked<R> = Arc<Guarded<R>>;

/// The rows of one family that an operation wants. A table that was not wanted is empty.
#[derive(Debug, Default)]
pub struct Tables {
    /// Members now and before, by first day.
    pub members: Vec<Locked<MemberRecord>>,
    /// Addresses, newest first.
    pub addresses: Vec<Locked<AddressRow>>,
    /// Statutory statuses, newest first.
    pub statuses: Vec<Locked<StatutoryStatusRow>>,
    /// Local identifiers, by system.
    pub identifiers: Vec<Locked<LocalIdentifierRow>>,
    /// Involvements, newest first.
    pub involvements: Vec<Locked<InvolvementRow>>,
    /// Criteria matches, newest evidence first.
    pub criteria: Vec<Locked<CriteriaMatchRow>>,
    /// Assessments, newest first.
    pub assessments: Vec<Locked<AssessmentRow>>,
    /// Distance travelled scores, by review.
    pub scores: Vec<Locked<DistanceScoreRow>>,
    /// Plans, newest first.
    pub plans: Vec<Locked<PlanRow>>,
    /// Goals, in their plan's order.
    pub goals: Vec<Locked<GoalRow>>,
    /// Actions, in their goal's order.
    pub actions: Vec<Locked<ActionRow>>,
    /// Outcomes.
    pub outcomes: Vec<Locked<OutcomeRow>>,
    /// Family Progress Data.
    pub progress: Vec<Locked<ProgressValueRow>>,
    /// Decisions about consent, newest first.
    pub consents: Vec<Locked<ConsentRow>>,
    /// Markers in partners' systems.
    pub markers: Vec<Locked<MarkerRow>>,
    /// Emergency access, newest first.
    pub emergencies: Vec<Locked<EmergencyAccessRow>>,
    /// Contacts that partners reported, newest first.
    pub contacts: Vec<Locked<ContactRow>>,
    /// What their notes say, each about what its reporter said it is about.
    pub contact_notes: Vec<Locked<ContactNoteRow>>,
}

/// What the texts of a row take, about.
const TEXTS: usize = 200;

impl Tables {
    /// How much memory all rows take, in bytes, about.
    pub(super) fn bytes(&self) -> usize {
        fn of<R>(rows: &[Locked<R>]) -> usize {
            rows.len() * (size_of::<Guarded<R>>() + TEXTS)
        }
        of(&self.members)
            + of(&self.addresses)
            + of(&self.statuses)
            + of(&self.identifiers)
            + of(&self.involvements)
            + of(&self.criteria)
            + of(&self.assessments)
            + of(&self.scores)
            + of(&self.plans)
            + of(&self.goals)
            + of(&self.actions)
            + of(&self.outcomes)
            + of(&self.progress)
            + of(&self.consents)
            + of(&self.markers)
            + of(&self.emergencies)
            + of(&self.contacts)
            + of(&self.contact_notes)
    }
}

/// One family as one operation read it.
#[derive(Debug)]
pub struct Dossier {
    /// What may be released of it.
    pub grant: Arc<Grant>,
    /// The family.
    pub family: Locked<FamilyRecord>,
    /// Its other rows.
    pub tables: Arc<Tables>,
    /// The authority's agencies, where they are wanted.
    pub agencies: Arc<Agencies>,
}

impl Dossier {
    /// The family's key.
    pub fn key(&self) -> Uuid {
        self.grant.family()
    }
}
