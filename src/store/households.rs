//! All households of the people of a statement's families: who belongs, or belonged, to each.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    bundle::{Bundle, Fetched, Slot},
    deciders::{Deciders, belongs},
    dossier::MemberRecord,
    session::StoreError,
    source::Source,
    tables::ByFamily,
};
use crate::{
    records::{MembershipRow, PersonRow},
    sharing::{
        born::Born,
        facts::{MembershipFacts, PersonFacts},
    },
};

/// Where these rows are in a bundle of selects.
pub(super) struct HouseholdSlots {
    memberships: Slot<MembershipRow>,
    persons: Slot<PersonRow>,
}

impl HouseholdSlots {
    pub(super) fn ask(bundle: &mut Bundle, from: &Source<'_>) -> Self {
        Self {
            memberships: bundle.add(from.all::<MembershipRow>().of_households_of(from.families)),
            persons: bundle.add(from.people().of_people_of_households(from.families)),
        }
    }
}

/// A person's membership of a household.
#[derive(Clone, Copy)]
struct Belongs {
    family: Uuid,
    person: Uuid,
    facts: MembershipFacts,
}

/// The households, with those of whoever lives with somebody of the families.
#[derive(Default)]
pub(super) struct Households {
    rows: ByFamily<MembershipRow>,
    by_family: HashMap<Uuid, Vec<Belongs>>,
    by_person: HashMap<Uuid, Vec<Belongs>>,
    persons: HashMap<Uuid, PersonRow>,
    /// Those who belong, or will, to a family in which somebody shielded does, or will.
    sheltered: HashSet<Uuid>,
}

impl Households {
    pub(super) fn of(slots: Option<&HouseholdSlots>, fetched: &Fetched, today: NaiveDate) -> Result<Self, StoreError> {
        let Some(slots) = slots else {
            return Ok(Self::default());
        };
        let persons = fetched.take(&slots.persons)?;
        let rows = fetched.take(&slots.memberships)?;
        let mut all = Self {
            persons: persons.into_iter().map(|row| (row.id, row)).collect(),
            ..Self::default()
        };
        for row in &rows {
            let one = Belongs {
                family: row.family_id,
                person: row.person_id,
                facts: belongs(row),
            };
            all.by_family.entry(one.family).or_default().push(one);
            all.by_person.entry(one.person).or_default().push(one);
        }
        all.sheltered = all.sheltered(today);
        all.rows = ByFamily::new(rows, |row| row.family_id);
        Ok(all)
    }

    fn sheltered(&self, today: NaiveDate) -> HashSet<Uuid> {
        let going_on = |one: &&Belongs| {
            let lives = self.persons.get(&one.person).is_some_and(|person| lives(person, today));
            lives && one.facts.period.until.is_none_or(|until| today < until)
        };
        let shielded = |one: &&Belongs| self.persons.get(&one.person).is_some_and(|person| person.shielded);
        let all = || self.by_family.values().flatten().filter(going_on);
        let covered: HashSet<Uuid> = all().filter(shielded).map(|one| one.family).collect();
        let covers = all().filter(|one| covered.contains(&one.family));
        covers.map(|one| one.person).collect()
    }

    /// The members of a family, by when they came.
    pub(super) fn members(&mut self, family: Uuid, today: NaiveDate) -> Vec<MemberRecord> {
        let mut rows = self.rows.take(family);
        rows.sort_by_key(|row| (row.valid_from, row.id));
        let member = |membership: MembershipRow| {
            let person = self.persons.get(&membership.person_id)?.clone();
            Some(MemberRecord::on(today, membership, person))
        };
        rows.into_iter().filter_map(member).collect()
    }

    /// One entry a person; someone who left and came back is in the family if any of their memberships holds.
    pub(super) fn people(&self, members: &[MemberRecord], deciders: &Deciders, today: NaiveDate) -> Vec<PersonFacts> {
        let mut people: Vec<PersonFacts> = Vec::new();
        for member in members {
            let at = people.iter().position(|person| person.person == member.person.id);
            let at = at.unwrap_or_else(|| {
                people.push(PersonFacts {
                    others: self.others(member).map(|one| one.facts).collect(),
                    lacks_capacity: deciders.lacks_capacity(member.person.id),
                    sheltered: self.sheltered.contains(&member.person.id),
                    ..person(&member.person, member.born)
                });
                people.len() - 1
            });
            let known = &mut people[at];
            known.in_family |= member.in_family;
            known.belongs |= known.lived_on(today) && member.membership.valid_until.is_none_or(|until| today < until);
            known.memberships.push(belongs(&member.membership));
        }
        people
    }

    /// The other households of a family's members, each with all who belong or belonged to it: it is decided there for a child who has left, or is yet to come,
    /// and was for one who has come since.
    pub(super) fn elsewhere(&self, members: &[MemberRecord], today: NaiveDate) -> Vec<Vec<PersonFacts>> {
        let others = members.iter().flat_map(|member| self.others(member));
        let others: BTreeSet<Uuid> = others.map(|one| one.family).collect();
        let others = others.iter().filter_map(|family| self.by_family.get(family));
        others.map(|all| self.household(all, today)).collect()
    }

    /// Somebody's memberships of other families.
    fn others(&self, member: &MemberRecord) -> impl Iterator<Item = &Belongs> {
        let all = self.by_person.get(&member.person.id).into_iter().flatten();
        let family = member.membership.family_id;
        all.filter(move |one| one.family != family)
    }

    fn household(&self, all: &[Belongs], today: NaiveDate) -> Vec<PersonFacts> {
        let mut people: HashMap<Uuid, PersonFacts> = HashMap::new();
        for one in all {
            let Some(record) = self.persons.get(&one.person) else {
                continue;
            };
            let known = people
                .entry(one.person)
                .or_insert_with(|| person(record, record.born(today)));
            known.memberships.push(one.facts);
            known.in_family |= known.lived_on(today) && one.facts.period.holds_on(today);
        }
        people.into_values().collect()
    }
}

fn lives(person: &PersonRow, today: NaiveDate) -> bool {
    person.died_on.is_none_or(|died| today < died)
}

fn person(row: &PersonRow, born: Born) -> PersonFacts {
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
