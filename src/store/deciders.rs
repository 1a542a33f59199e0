//! The facts on which it rests who may decide about consent.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    bundle::{Bundle, Fetched, Slot},
    dossier::MemberRecord,
    session::StoreError,
    source::Source,
};
use crate::{
    clock::day_of,
    records::{
        self, BarredSubjectRow, ConsentRow, LacksCapacityRow, MembershipEnd, MembershipRow, ParentalResponsibilityRow,
        PersonRow,
    },
    sharing::{
        category::Category,
        facts::{
            Bar, ConsentAnswer, ConsentDecision, Decider, End, MembershipFacts, Period, PersonFacts, Responsibility,
        },
    },
};

/// Each person's memberships, with the family of each.
pub(super) type ByPerson = HashMap<Uuid, Vec<(Uuid, MembershipFacts)>>;

/// A person's memberships of other families than that of this one.
fn others(all: &ByPerson, of: &MembershipRow) -> Vec<MembershipFacts> {
    let theirs = all.get(&of.person_id).into_iter().flatten();
    let beside = theirs.filter(|(family, _)| *family != of.family_id);
    beside.map(|(_, membership)| *membership).collect()
}

/// Where these facts are in a bundle of selects.
pub(super) struct DeciderSlots {
    responsibilities: Slot<ParentalResponsibilityRow>,
    capacity: Slot<LacksCapacityRow>,
    memberships: Slot<MembershipRow>,
    persons: Slot<PersonRow>,
}

impl DeciderSlots {
    pub(super) fn ask(bundle: &mut Bundle, from: &Source<'_>) -> Self {
        Self {
            responsibilities: bundle.add(from.of_people::<ParentalResponsibilityRow>("child_id")),
            capacity: bundle.add(from.of_people::<LacksCapacityRow>("person_id")),
            memberships: bundle.add(from.all::<MembershipRow>().of_households_beside(from.families)),
            persons: bundle.add(from.people().of_people_beside(from.families)),
        }
    }
}

/// Who may decide for the people of all families of a statement.
#[derive(Default)]
pub(super) struct Deciders {
    by_child: HashMap<Uuid, Vec<ParentalResponsibilityRow>>,
    lacks_capacity: HashMap<Uuid, Vec<Period>>,
    /// The other households of those who have left, each with its memberships.
    households: HashMap<Uuid, Vec<MembershipRow>>,
    /// Who belongs to them.
    persons: HashMap<Uuid, PersonRow>,
}

impl Deciders {
    pub(super) fn of(slots: Option<&DeciderSlots>, fetched: &Fetched) -> Result<Self, StoreError> {
        let mut all = Self::default();
        let Some(slots) = slots else {
            return Ok(all);
        };
        for row in fetched.take(&slots.responsibilities)? {
            all.by_child.entry(row.child_id).or_default().push(row);
        }
        for row in fetched.take(&slots.capacity)? {
            let period = period(row.valid_from, row.valid_until);
            all.lacks_capacity.entry(row.person_id).or_default().push(period);
        }
        for row in fetched.take(&slots.memberships)? {
            all.households.entry(row.family_id).or_default().push(row);
        }
        all.persons = fetched
            .take(&slots.persons)?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        Ok(all)
    }

    /// One entry a person; someone who left and came back is in the family if any of their memberships holds.
    pub(super) fn people(
        &self,
        members: &[MemberRecord],
        sheltered: &HashSet<Uuid>,
        beside: &ByPerson,
        today: NaiveDate,
    ) -> Vec<PersonFacts> {
        let mut people: Vec<PersonFacts> = Vec::new();
        for member in members {
            let at = people.iter().position(|person| person.person == member.person.id);
            let at = at.unwrap_or_else(|| {
                people.push(PersonFacts {
                    others: others(beside, &member.membership),
                    lacks_capacity: self.lacks_capacity.get(&member.person.id).cloned().unwrap_or_default(),
                    ..person(&member.person, member.born)
                });
                people.len() - 1
            });
            let known = &mut people[at];
            known.in_family |= member.in_family;
            known.belongs |= known.lived_on(today) && member.membership.valid_until.is_none_or(|until| today < until);
            known.sheltered = sheltered.contains(&known.person);
            known.memberships.push(belongs(&member.membership));
        }
        people
    }

    /// The other households of those who have left a family, each with all who belong or belonged to it.
    pub(super) fn elsewhere(&self, family: Uuid, members: &[MemberRecord], today: NaiveDate) -> Vec<Vec<PersonFacts>> {
        // Of nobody else are they read with this family; those of others may have been, with another one of the same statement.
        let left: BTreeSet<Uuid> = members
            .iter()
            .filter(|member| !member.in_family && member.membership.valid_until.is_some())
            .map(|member| member.person.id)
            .collect();
        if left.is_empty() {
            return Vec::new();
        }
        let others = self
            .households
            .iter()
            .filter(|(household, rows)| **household != family && rows.iter().any(|row| left.contains(&row.person_id)));
        others.map(|(_, rows)| self.household(rows, today)).collect()
    }

    fn household(&self, rows: &[MembershipRow], today: NaiveDate) -> Vec<PersonFacts> {
        let mut people: HashMap<Uuid, PersonFacts> = HashMap::new();
        for row in rows {
            let Some(record) = self.persons.get(&row.person_id) else {
                continue;
            };
            let known = people
                .entry(row.person_id)
                .or_insert_with(|| person(record, record.born(today)));
            known.memberships.push(belongs(row));
            known.in_family |= known.lived_on(today) && period(row.valid_from, row.valid_until).holds_on(today);
        }
        people.into_values().collect()
    }

    /// Parental responsibility for the people of a family.
    pub(super) fn responsibilities(&self, members: &[MemberRecord]) -> Vec<Responsibility> {
        let children: BTreeSet<Uuid> = members.iter().map(|member| member.person.id).collect();
        let rows = children
            .iter()
            .flat_map(|child| self.by_child.get(child).into_iter().flatten());
        rows.filter_map(|row| {
            Some(Responsibility {
                child: row.child_id,
                held_by: decider(row.person_id, row.agency_id, row.subject.as_deref())?,
                period: period(row.valid_from, row.valid_until),
            })
        })
        .collect()
    }
}

/// Somebody to whom a family is barred.
pub(super) fn bar(row: BarredSubjectRow) -> Bar {
    Bar {
        agency: row.agency_id,
        period: period(row.valid_from, row.valid_until),
        subject: row.subject,
    }
}

/// A stored decision about consent; one about a category that does not exist permits nothing.
pub(super) fn decision(row: &ConsentRow) -> Option<ConsentDecision> {
    Some(ConsentDecision {
        family: row.family_id,
        person: row.person_id,
        category: Category::from_code(&row.category)?,
        agency_kind: row.agency_kind.clone(),
        purposes: row
            .purposes
            .as_ref()
            .map(|purposes| purposes.split(' ').map(str::to_owned).collect()),
        answer: match row.decision {
            records::ConsentAnswer::Given => ConsentAnswer::Given,
            records::ConsentAnswer::Refused => ConsentAnswer::Refused,
        },
        decided_by: decider(row.decided_by, row.decided_by_agency, row.decided_by_subject.as_deref())?,
        recorded_at: row.recorded_at,
        recorded_on: day_of(row.recorded_at),
        key: row.id,
        expires_on: row.expires_on,
        withdrawn_at: row.withdrawn_at,
        withdrawn_on: row.withdrawn_at.map(day_of),
    })
}

fn decider(person: Option<Uuid>, agency: Option<Uuid>, subject: Option<&str>) -> Option<Decider> {
    match (person, agency, subject) {
        (Some(person), ..) => Some(Decider::Person(person)),
        (None, Some(agency), Some(subject)) => Some(Decider::Professional {
            agency,
            subject: subject.to_owned(),
        }),
        _ => None,
    }
}

fn person(row: &PersonRow, born: crate::sharing::born::Born) -> PersonFacts {
    PersonFacts {
        person: row.id,
        born,
        memberships: Vec::new(),
        others: Vec::new(),
        lacks_capacity: Vec::new(),
        died_on: row.died_on,
        in_family: false,
        belongs: false,
        shielded: row.shielded,
        sheltered: false,
    }
}

pub(super) fn belongs(row: &MembershipRow) -> MembershipFacts {
    MembershipFacts {
        period: period(row.valid_from, row.valid_until),
        end: row.end_reason.map(end),
        parental_responsibility: row.parental_responsibility,
    }
}

/// Why a membership ended, as decisions know it.
pub(super) fn end(reason: MembershipEnd) -> End {
    match reason {
        MembershipEnd::Moved => End::Moved,
        MembershipEnd::Died => End::Died,
        MembershipEnd::Adopted => End::Adopted,
        MembershipEnd::Fled => End::Fled,
        MembershipEnd::Other => End::Other,
    }
}

fn period(from: NaiveDate, until: Option<NaiveDate>) -> Period {
    Period { from, until }
}
