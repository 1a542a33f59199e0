//! The facts on which it rests who may decide about consent.

use std::collections::{BTreeSet, HashMap};

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
    },
    sharing::{
        category::Category,
        facts::{Bar, ConsentAnswer, ConsentDecision, Decider, End, MembershipFacts, Period, Responsibility},
    },
};

/// Where these facts are in a bundle of selects.
pub(super) struct DeciderSlots {
    responsibilities: Slot<ParentalResponsibilityRow>,
    capacity: Slot<LacksCapacityRow>,
}

impl DeciderSlots {
    pub(super) fn ask(bundle: &mut Bundle, from: &Source<'_>) -> Self {
        Self {
            responsibilities: bundle.add(from.of_people::<ParentalResponsibilityRow>("child_id")),
            capacity: bundle.add(from.of_people::<LacksCapacityRow>("person_id")),
        }
    }
}

/// Who may decide for the people of all families of a statement.
#[derive(Default)]
pub(super) struct Deciders {
    by_child: HashMap<Uuid, Vec<ParentalResponsibilityRow>>,
    lacks_capacity: HashMap<Uuid, Vec<Period>>,
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
        Ok(all)
    }

    /// When somebody was recorded as lacking capacity to decide.
    pub(super) fn lacks_capacity(&self, person: Uuid) -> Vec<Period> {
        self.lacks_capacity.get(&person).cloned().unwrap_or_default()
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
