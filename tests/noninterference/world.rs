//! A data set as this test handles it: family by family.

use thinkfamily::{
    records::{
        AccessCheckRow, ActionRow, AddressRow, AssessmentRow, BarredSubjectRow, ConsentRow, CriteriaMatchRow,
        DistanceScoreRow, EmergencyAccessRow, FamilyRow, GoalRow, InvolvementRow, LacksCapacityRow,
        LeadProfessionalRow, LocalIdentifierRow, MarkerRow, MembershipRow, OutcomeRow, ParentalResponsibilityRow,
        PersonRow, PlanHistoryRow, PlanRow, ProgressValueRow, StatutoryStatusRow, TafAttendanceRow, TafMeetingRow,
        WholeContactRow, WithoutGoalRow,
    },
    store::dataset::Dataset,
};
use uuid::Uuid;

macro_rules! folder {
    ($($rows:ident: $row:ty),+ $(,)?) => {
        /// All rows of one family.
        #[derive(Clone, Debug)]
        pub(crate) struct Folder {
            pub(crate) family: FamilyRow,
            /// Everyone who has a membership of it, or is named by one of its rows.
            pub(crate) people: Vec<PersonRow>,
            $(pub(crate) $rows: Vec<$row>,)+
        }

        impl Folder {
            fn take(family: FamilyRow, data: &mut Dataset) -> Self {
                let key = family.id;
                Self {
                    $($rows: {
                        let (own, rest) = std::mem::take(&mut data.$rows).into_iter().partition(|row| row.family_id == key);
                        data.$rows = rest;
                        own
                    },)+
                    family,
                    people: Vec::new(),
                }
            }

            fn give(self, data: &mut Dataset) {
                data.families.push(self.family);
                data.people.extend(self.people);
                $(data.$rows.extend(self.$rows);)+
            }
        }
    };
}

folder! {
    memberships: MembershipRow,
    addresses: AddressRow,
    local_identifiers: LocalIdentifierRow,
    statutory_statuses: StatutoryStatusRow,
    involvements: InvolvementRow,
    lead_professionals: LeadProfessionalRow,
    criteria_matches: CriteriaMatchRow,
    assessments: AssessmentRow,
    distance_scores: DistanceScoreRow,
    plans: PlanRow,
    goals: GoalRow,
    actions: ActionRow,
    outcomes: OutcomeRow,
    progress_values: ProgressValueRow,
    consents: ConsentRow,
    parental_responsibilities: ParentalResponsibilityRow,
    lacks_capacity: LacksCapacityRow,
    markers: MarkerRow,
    emergency_accesses: EmergencyAccessRow,
    contacts: WholeContactRow,
    taf_meetings: TafMeetingRow,
    taf_attendances: TafAttendanceRow,
    without_goals: WithoutGoalRow,
    plan_histories: PlanHistoryRow,
    access_checks: AccessCheckRow,
    barred_subjects: BarredSubjectRow,
}

impl Folder {
    pub(crate) fn person(&self, key: Uuid) -> Option<&PersonRow> {
        self.people.iter().find(|person| person.id == key)
    }
}

impl Folder {
    /// Takes a person out of the family, with all that is about them.
    pub(crate) fn forget(&mut self, person: Uuid) {
        self.people.retain(|row| row.id != person);
        self.local_identifiers.retain(|row| row.person_id != person);
        self.statutory_statuses.retain(|row| row.person_id != person);
        self.consents
            .retain(|row| row.person_id != person && row.decided_by != Some(person));
        self.parental_responsibilities
            .retain(|row| row.child_id != person && row.person_id != Some(person));
        self.lacks_capacity.retain(|row| row.person_id != person);
        self.criteria_matches.retain(|row| row.person_id != Some(person));
        self.distance_scores.retain(|row| row.person_id != Some(person));
        self.progress_values.retain(|row| row.person_id != Some(person));
    }
}

/// A data set by families. Nobody is in two of them (see [`World::new`]).
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) folders: Vec<Folder>,
    /// The rows that belong to no family.
    pub(crate) rest: Dataset,
}

impl World {
    /// Sorts a data set by families. People who belong to several are left in the first alone, with what the others say of them taken
    /// out, so that a change of one family concerns no other; consent that moves with people is for the tests of facts.
    pub(crate) fn new(mut data: Dataset) -> Self {
        let families = std::mem::take(&mut data.families);
        let mut folders: Vec<Folder> = families
            .into_iter()
            .map(|family| Folder::take(family, &mut data))
            .collect();
        let mut people: std::collections::HashMap<Uuid, PersonRow> = std::mem::take(&mut data.people)
            .into_iter()
            .map(|person| (person.id, person))
            .collect();
        for folder in &mut folders {
            let keys: std::collections::BTreeSet<Uuid> = folder.memberships.iter().map(|row| row.person_id).collect();
            folder.people = keys.into_iter().filter_map(|key| people.remove(&key)).collect();
            let own: std::collections::HashSet<Uuid> = folder.people.iter().map(|person| person.id).collect();
            let named = |person: Option<Uuid>| person.is_none_or(|person| own.contains(&person));
            folder.memberships.retain(|row| own.contains(&row.person_id));
            folder.local_identifiers.retain(|row| own.contains(&row.person_id));
            folder.statutory_statuses.retain(|row| own.contains(&row.person_id));
            folder
                .consents
                .retain(|row| own.contains(&row.person_id) && named(row.decided_by));
            folder
                .parental_responsibilities
                .retain(|row| own.contains(&row.child_id) && named(row.person_id));
            folder.lacks_capacity.retain(|row| own.contains(&row.person_id));
            folder.criteria_matches.retain(|row| named(row.person_id));
            folder.distance_scores.retain(|row| named(row.person_id));
            folder.progress_values.retain(|row| named(row.person_id));
        }
        Self { folders, rest: data }
    }

    /// The data set again.
    pub(crate) fn data(&self) -> Dataset {
        let mut data = self.rest.clone();
        for folder in self.folders.iter().cloned() {
            folder.give(&mut data);
        }
        data
    }
}
