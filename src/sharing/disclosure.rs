//! The account of one answer: what it disclosed of whom, and what it withheld and why. For the asker and for the trail.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    category::CategorySet,
    decide::Withheld,
    facts::Subject,
    grant::Disclosed,
    reason::{Reason, Told},
    register::{self, FieldId},
};

/// A step in the path of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A response key.
    Key(String),
    /// A place in a list.
    Index(usize),
}

/// How many paths of one withheld field are listed; the rest is only counted.
const PATHS: usize = 100;

/// A field that was withheld for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WithheldField {
    /// How often.
    pub count: usize,
    /// Where, in the order of the paths; the first 100 of them.
    pub paths: Vec<Vec<Step>>,
}

/// What was disclosed of a family, and on what ground.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// The categories of all that was disclosed.
    pub categories: CategorySet,
    /// The numbers of the clauses that permitted it (see [`super::ceiling::Ceiling::clause`]).
    pub clauses: BTreeSet<u16>,
    /// The emergency accesses it rested on.
    pub emergencies: BTreeSet<Uuid>,
}

/// What one answer disclosed and withheld.
#[derive(Clone, Debug, Default)]
pub struct Account {
    disclosed: BTreeMap<Uuid, (Ground, BTreeSet<Uuid>)>,
    told: BTreeMap<(FieldId, Told), WithheldField>,
    withheld: BTreeMap<(FieldId, Reason), usize>,
    members: BTreeSet<(Uuid, Uuid)>,
    last: Option<Disclosed>,
}

impl Account {
    /// Notes what a released value discloses.
    pub fn disclose(&mut self, disclosed: &Disclosed) {
        // The values of one row come one after the other, and most of them disclose the same on the same ground.
        let same = |last: &Disclosed| {
            last.about == disclosed.about
                && last.categories == disclosed.categories
                && Arc::ptr_eq(&last.permits, &disclosed.permits)
        };
        if self.last.as_ref().is_some_and(same) {
            return;
        }
        self.last = Some(disclosed.clone());
        if let Some((family, subject)) = disclosed.about {
            let (ground, people) = self.disclosed.entry(family).or_default();
            ground.categories = ground.categories.union(disclosed.categories);
            ground.clauses.extend(&disclosed.permits.clauses);
            ground.emergencies.extend(disclosed.permits.emergency);
            if let Subject::Person(person) = subject {
                people.insert(person);
                // What is said of somebody without saying who is of a family does not tell how many they are.
                let told = register::get(register::field::MEMBER_ID).categories;
                if disclosed.categories.intersection(told) == told {
                    self.members.insert((family, person));
                }
            }
        }
    }

    /// Notes that a field was withheld at a place of the answer.
    pub fn withhold(&mut self, field: FieldId, withheld: Withheld, path: Vec<Step>) {
        *self.withheld.entry((field, withheld.reason)).or_default() += 1;
        let told = self.told.entry((field, withheld.told)).or_default();
        told.count += 1;
        // Values are resolved at the same time, and which comes first depends on what had to be read: the order must not.
        let place = told.paths.partition_point(|other| *other <= path);
        if place < PATHS {
            told.paths.insert(place, path);
            told.paths.truncate(PATHS);
        }
    }

    /// The families of which anything was disclosed, with the people: those together of which the same was disclosed on the same ground, so
    /// that nobody who is told of one learns anything of another.
    pub fn disclosed(&self) -> BTreeMap<&Ground, Vec<(Uuid, &BTreeSet<Uuid>)>> {
        let mut by_ground: BTreeMap<&Ground, Vec<_>> = BTreeMap::new();
        for (family, (ground, people)) in &self.disclosed {
            by_ground.entry(ground).or_default().push((*family, people));
        }
        by_ground
    }

    /// Of whom it was told that they are of which family, as family and person.
    pub fn members(&self) -> impl Iterator<Item = (Uuid, Uuid)> {
        self.members.iter().copied()
    }

    /// What the asker is told: field, what it is told, and where; in the order of the register.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, Told, &WithheldField)> {
        self.told
            .iter()
            .map(|((field, told), places)| (register::get(*field).coordinate, *told, places))
    }

    /// What the trail is told: field, true reason, how often.
    pub fn withheld(&self) -> impl Iterator<Item = (&'static str, Reason, usize)> {
        self.withheld
            .iter()
            .map(|((field, reason), count)| (register::get(*field).coordinate, *reason, *count))
    }
}
