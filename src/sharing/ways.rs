//! The ways through the register: which rows lead to which, so that it can be said of an agreement, before anybody asks, what it could ever give.
//!
//! A row that does not exist for the asker leads nowhere, so every type on the way must exist for them.

use std::collections::HashMap;

use super::{
    agreement::Access,
    category::{Category, CategorySet},
    register::{self, Field},
};

/// What somebody could be given: of all rows, and of those that tell whence they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Given {
    /// By clauses that ask nothing of where a row came from.
    pub(super) any: CategorySet,
    /// By those, and by clauses for what the agency itself supplied.
    pub(super) sourced: CategorySet,
    /// By clauses that explain themselves.
    pub(super) explained: CategorySet,
}

impl Given {
    fn of(self, field: &Field) -> CategorySet {
        let given = if field.sourced { self.sourced } else { self.any };
        // How well a look-up fits is told by clauses alone that explain themselves.
        if field.compared {
            given.intersection(self.explained)
        } else {
            given
        }
    }

    /// What is missing for a value of that field. None where the field is not for reading, or a row's own category is missing of which there are several.
    fn missing(self, field: &Field) -> Option<CategorySet> {
        if field.access != Access::Read {
            return None;
        }
        let given = self.of(field);
        let one = field.one_of.is_empty() || !given.intersection(field.one_of).is_empty();
        // What must be explained is no way for who is not explained it.
        let explained = !field.compared || given.covers(field.categories);
        (one && explained).then(|| field.categories.without(given))
    }
}

/// Where a way begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum From {
    /// With any root field.
    Anywhere,
    /// With the family.
    Family,
}

/// The type that a field is of.
fn type_of(field: &Field) -> &'static str {
    field.coordinate.split_once('.').map_or(field.coordinate, |(of, _)| of)
}

/// Where anybody begins.
const ROOTS: [&str; 2] = ["Query", "Subscription"];
/// What became of a look-up, which holds rows of several types, and the field that leads to it.
const LOOKED_UP: (&str, &str) = ("MarkerLookupResult", "Query.markerLookup");

/// For each type that can be come to at all, the least that is missing on the way to its rows.
fn types(from: From, given: Given) -> HashMap<&'static str, CategorySet> {
    let mut known: HashMap<&'static str, CategorySet> = HashMap::new();
    if from == From::Anywhere {
        known.extend(ROOTS.map(|of| (of, CategorySet::EMPTY)));
        let (of, field) = LOOKED_UP;
        let missing = register::find(field).and_then(|field| given.missing(field));
        known.extend(missing.map(|missing| (of, missing)));
    }
    let better = |known: &mut HashMap<&'static str, CategorySet>, of: &'static str, missing: CategorySet| {
        let new = known.get(of).is_none_or(|old| missing.len() < old.len());
        if new {
            known.insert(of, missing);
        }
        new
    };
    let exists = |of: &str| register::find(of).and_then(|exists| given.missing(exists));
    if from == From::Family
        && let Some(missing) = exists("Family")
    {
        known.insert("Family", missing);
    }
    let mut found_more = true;
    while found_more {
        found_more = false;
        for field in register::fields() {
            let (Some(before), Some(to)) = (known.get(type_of(field)).copied(), field.rows) else {
                continue;
            };
            if let Some(missing) = exists(to) {
                found_more |= better(&mut known, to, before.union(missing));
            }
        }
    }
    known
}

/// Whether a field tells something of that category: because every value of it does, or rows of it may.
fn tells(field: &Field, category: Category) -> bool {
    field.categories.contains(category) || field.one_of.contains(category)
}

/// Looks for ways, and remembers those that were found: many are given the same.
#[derive(Debug, Default)]
pub(super) struct Ways(HashMap<(From, Given), HashMap<(Category, bool), CategorySet>>);

impl Ways {
    /// The least that is missing before anything of that category, which is given, could be read; by a clause of scope `own` (`sourced`) only of rows that
    /// tell whence they came. None where nothing has the category there.
    pub(super) fn missing(
        &mut self,
        from: From,
        given: Given,
        category: Category,
        sourced: bool,
    ) -> Option<CategorySet> {
        let found = self.0.entry((from, given)).or_insert_with(|| look(from, given));
        found.get(&(category, sourced)).copied()
    }
}

/// The least that is missing for each category, of any rows and of those that tell whence they came.
fn look(from: From, given: Given) -> HashMap<(Category, bool), CategorySet> {
    let types = types(from, given);
    let mut found: HashMap<(Category, bool), CategorySet> = HashMap::new();
    // A field that holds rows says nothing that these do not say.
    let fields = || register::fields().filter(|field| field.rows.is_none());
    // A note of a contact could be about anything, so it is the last way to look for; and whoever opens a family looks for more.
    let is_note = |field: &&Field| field.one_of == Category::NOTED;
    let notes = fields().filter(|field| from == From::Anywhere && is_note(field));
    for field in fields().filter(|field| !is_note(field)).chain(notes) {
        let (Some(before), Some(missing)) = (types.get(type_of(field)), given.missing(field)) else {
            continue;
        };
        let missing = before.union(missing);
        for category in field.categories.union(field.one_of).iter() {
            for sourced in [false, true].into_iter().filter(|sourced| field.sourced || !sourced) {
                let least = found.entry((category, sourced)).or_insert(missing);
                if missing.len() < least.len() {
                    *least = missing;
                }
            }
        }
    }
    found
}

/// Whether anything in the schema has that category, for reading or writing.
pub(super) fn is_used(category: Category, access: Access) -> bool {
    register::fields().any(|field| field.access == access && tells(field, category))
}

#[cfg(test)]
#[path = "ways_tests.rs"]
mod tests;
