//! A data set as this test handles it: family by family.

use std::collections::HashSet;

use thinkfamily::{
    records::{
        ActionRow, AddressRow, AssessmentRow, BarredSubjectRow, ConsentRow, CriteriaMatchRow, DistanceScoreRow,
        EmergencyAccessRow, FamilyRow, GoalRow, InvolvementRow, LacksCapacityRow, LeadProfessionalRow,
        LocalIdentifierRow, MarkerRow, MembershipRow, OutcomeRow, ParentalResponsibilityRow, PersonRow, PlanRow,
        ProgressValueRow, StatutoryStatusRow, TafAttendanceRow, TafMeetingRow, WholeContactRow,
    },
    store::dataset::Dataset,
};
use uuid::Uuid;

/// What other families hold of a family's people. It follows from their folders ([`World::with`]).
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    /// The memberships of their other households: theirs, and those of whoever lives there with them.
    pub(crate) memberships: Vec<MembershipRow>,
    /// Everybody in those households.
    pub(crate) people: Vec<PersonRow>,
    /// What was decided for them there.
    pub(crate) consents: Vec<ConsentRow>,
    /// Who is responsible for them by what was recorded there.
    pub(crate) parental_responsibilities: Vec<ParentalResponsibilityRow>,
    /// When they lacked capacity by what was recorded there.
    pub(crate) lacks_capacity: Vec<LacksCapacityRow>,
}

impl Beside {
    fn add(&mut self, other: &Folder, theirs: &HashSet<Uuid>) {
        self.memberships.extend(other.memberships.iter().cloned());
        self.people.extend(other.people.iter().cloned());
        let consents = other.consents.iter().filter(|row| theirs.contains(&row.person_id));
        self.consents.extend(consents.cloned());
        let children = other.parental_responsibilities.iter();
        let children = children.filter(|row| theirs.contains(&row.child_id));
        self.parental_responsibilities.extend(children.cloned());
        let incapable = other
            .lacks_capacity
            .iter()
            .filter(|row| theirs.contains(&row.person_id));
        self.lacks_capacity.extend(incapable.cloned());
    }
}

macro_rules! folder {
    ($($rows:ident: $row:ty),+ $(,)?) => {
        /// All rows of one family.
        #[derive(Clone, Debug)]
        pub(crate) struct Folder {
            pub(crate) family: FamilyRow,
            /// Everyone who has a membership of it, or is named by one of its rows.
            pub(crate) people: Vec<PersonRow>,
            /// What other families hold of them.
            pub(crate) beside: Beside,
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
                    beside: Beside::default(),
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

/// A data set by families. Whoever is in two of them is in both folders, alike.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) folders: Vec<Folder>,
    /// The rows that belong to no family.
    pub(crate) rest: Dataset,
}

impl World {
    /// Sorts a data set by families. People who belong to several are left in the first alone, with what the others say of them taken
    /// out: who lives in two is made up ([`crate::base_data::live_in_two`]).
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
            let own: HashSet<Uuid> = folder.people.iter().map(|person| person.id).collect();
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
        let mut given = HashSet::new();
        data.people.retain(|person| given.insert(person.id));
        data
    }

    /// What becomes of the world where one family becomes another, or is not there: that family, if it is, and those of whoever lives in it and in another, each by its
    /// place.
    pub(crate) fn with(&self, at: usize, altered: Option<Folder>) -> Vec<(usize, Folder)> {
        let keys = |folder: &Folder| -> HashSet<Uuid> { folder.people.iter().map(|person| person.id).collect() };
        let mut touched = keys(&self.folders[at]);
        touched.extend(altered.iter().flat_map(&keys));
        let near = |(other, folder): &(usize, &Folder)| {
            *other != at && folder.people.iter().any(|person| touched.contains(&person.id))
        };
        let mut become_of: Vec<(usize, Folder)> = self
            .folders
            .iter()
            .enumerate()
            .filter(near)
            .map(|(other, folder)| (other, folder.clone()))
            .collect();
        for row in become_of.iter_mut().flat_map(|(_, folder)| &mut folder.people) {
            if let Some(now) = altered.as_ref().and_then(|folder| folder.person(row.id)) {
                row.clone_from(now);
            }
        }
        become_of.extend(altered.map(|folder| (at, folder)));
        let all = become_of.clone();
        for (place, folder) in &mut become_of {
            let theirs = keys(folder);
            let others = self.folders.iter().enumerate().filter(|(other, _)| *other != at);
            let now = |(other, folder)| {
                all.iter()
                    .find(|(place, _)| *place == other)
                    .map_or(folder, |(_, folder)| folder)
            };
            let here = all
                .iter()
                .find(|(other, _)| *other == at)
                .map(|(_, folder)| (at, folder));
            let mut beside = Beside::default();
            for (other, folder) in others.map(|(other, folder)| (other, now((other, folder)))).chain(here) {
                if other != *place && folder.people.iter().any(|person| theirs.contains(&person.id)) {
                    beside.add(folder, &theirs);
                }
            }
            folder.beside = beside;
        }
        become_of
    }

    /// The world in which these families stand in these places.
    pub(crate) fn put(&mut self, folders: Vec<(usize, Folder)>) {
        for (at, folder) in folders {
            self.folders[at] = folder;
        }
    }
}
