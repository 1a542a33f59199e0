//! A set of rows to load, table by table, in an order in which every row comes after those it points to.
//!
//! Touches nothing but the row structs.

use std::collections::BTreeSet;

use super::rows::{
    ActionRow, AddressRow, AgencyRow, AssessmentRow, AuthorityRow, ClientProgramRow, ConsentRow, CriteriaMatchRow,
    DistanceScoreRow, EmergencyAccessRow, FamilyRow, GoalRow, InvolvementRow, LeadProfessionalRow, LocalIdentifierRow,
    MarkerRow, MembershipRow, OutcomeRow, PersonRow, PlanRow, ProgressValueRow, StatisticalNeighbourRow,
    StatutoryStatusRow, WholeContactRow,
};

/// Rows of any tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// Rows of `authority`.
    pub authorities: Vec<AuthorityRow>,
    /// Rows of `statistical_neighbour`.
    pub statistical_neighbours: Vec<StatisticalNeighbourRow>,
    /// Rows of `agency`.
    pub agencies: Vec<AgencyRow>,
    /// Rows of `client_program`.
    pub client_programs: Vec<ClientProgramRow>,
    /// Rows of `person`.
    pub people: Vec<PersonRow>,
    /// Rows of `family`.
    pub families: Vec<FamilyRow>,
    /// Rows of `membership`.
    pub memberships: Vec<MembershipRow>,
    /// Rows of `address`.
    pub addresses: Vec<AddressRow>,
    /// Rows of `local_identifier`.
    pub local_identifiers: Vec<LocalIdentifierRow>,
    /// Rows of `statutory_status`.
    pub statutory_statuses: Vec<StatutoryStatusRow>,
    /// Rows of `involvement`.
    pub involvements: Vec<InvolvementRow>,
    /// Rows of `lead_professional`.
    pub lead_professionals: Vec<LeadProfessionalRow>,
    /// Rows of `criteria_match`.
    pub criteria_matches: Vec<CriteriaMatchRow>,
    /// Rows of `assessment`.
    pub assessments: Vec<AssessmentRow>,
    /// Rows of `distance_score`.
    pub distance_scores: Vec<DistanceScoreRow>,
    /// Rows of `plan`.
    pub plans: Vec<PlanRow>,
    /// Rows of `goal`.
    pub goals: Vec<GoalRow>,
    /// Rows of `action`.
    pub actions: Vec<ActionRow>,
    /// Rows of `outcome`.
    pub outcomes: Vec<OutcomeRow>,
    /// Rows of `progress_value`.
    pub progress_values: Vec<ProgressValueRow>,
    /// Rows of `consent`.
    pub consents: Vec<ConsentRow>,
    /// Rows of `marker`.
    pub markers: Vec<MarkerRow>,
    /// Rows of `emergency_access`.
    pub emergency_accesses: Vec<EmergencyAccessRow>,
    /// Rows of `contact`.
    pub contacts: Vec<WholeContactRow>,
}

impl Dataset {
    /// The number of rows of each table, in the order in which tables must be loaded.
    pub fn counts(&self) -> [(&'static str, usize); 24] {
        [
            ("authority", self.authorities.len()),
            ("statistical_neighbour", self.statistical_neighbours.len()),
            ("agency", self.agencies.len()),
            ("client_program", self.client_programs.len()),
            ("person", self.people.len()),
            ("family", self.families.len()),
            ("membership", self.memberships.len()),
            ("address", self.addresses.len()),
            ("local_identifier", self.local_identifiers.len()),
            ("statutory_status", self.statutory_statuses.len()),
            ("involvement", self.involvements.len()),
            ("lead_professional", self.lead_professionals.len()),
            ("criteria_match", self.criteria_matches.len()),
            ("assessment", self.assessments.len()),
            ("distance_score", self.distance_scores.len()),
            ("plan", self.plans.len()),
            ("goal", self.goals.len()),
            ("action", self.actions.len()),
            ("outcome", self.outcomes.len()),
            ("progress_value", self.progress_values.len()),
            ("consent", self.consents.len()),
            ("marker", self.markers.len()),
            ("emergency_access", self.emergency_accesses.len()),
            ("contact", self.contacts.len()),
        ]
    }

    /// The authorities of which there is a row that is read with families.
    pub(super) fn authorities_of_rows(&self) -> BTreeSet<i32> {
        macro_rules! of {
            ($($rows:ident)*) => {
                std::iter::empty()$(.chain(self.$rows.iter().map(|row| row.authority_id)))*.collect()
            };
        }
        of!(
            agencies people families memberships addresses local_identifiers statutory_statuses
            involvements lead_professionals criteria_matches assessments distance_scores plans goals
            actions outcomes progress_values consents markers emergency_accesses contacts
        )
    }

    /// The number of rows of all tables.
    pub fn len(&self) -> usize {
        self.counts().iter().map(|(_, count)| count).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes over the rows of another set.
    pub fn append(&mut self, other: Self) {
        self.authorities.extend(other.authorities);
        self.statistical_neighbours.extend(other.statistical_neighbours);
        self.agencies.extend(other.agencies);
        self.client_programs.extend(other.client_programs);
        self.people.extend(other.people);
        self.families.extend(other.families);
        self.memberships.extend(other.memberships);
        self.addresses.extend(other.addresses);
        self.local_identifiers.extend(other.local_identifiers);
        self.statutory_statuses.extend(other.statutory_statuses);
        self.involvements.extend(other.involvements);
        self.lead_professionals.extend(other.lead_professionals);
        self.criteria_matches.extend(other.criteria_matches);
        self.assessments.extend(other.assessments);
        self.distance_scores.extend(other.distance_scores);
        self.plans.extend(other.plans);
        self.goals.extend(other.goals);
        self.actions.extend(other.actions);
        self.outcomes.extend(other.outcomes);
        self.progress_values.extend(other.progress_values);
        self.consents.extend(other.consents);
        self.markers.extend(other.markers);
        self.emergency_accesses.extend(other.emergency_accesses);
        self.contacts.extend(other.contacts);
    }
}
