//! The lists of codes that the programme works with: criteria, measures, domains, purposes, roles and the rest.
//!
//! Pure: the lists are the TOML files beside this one, read and checked once. Imports only `sharing`'s categories (and the shape in
//! which an agreement file wants to know its words); knows no SQL, no GraphQL and no clock.

mod data;
mod lists;

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

pub use self::lists::{
    Catalogue, Condition, Criterion, DistanceDomain, PerformanceMeasure, ProgressMeasure, Question, Term,
};
use crate::sharing::{
    agreement_file::Known,
    category::{Category, CategorySet},
};

fn index<'c>(codes: impl Iterator<Item = &'c String>) -> HashMap<String, usize> {
    codes.enumerate().map(|(number, code)| (code.clone(), number)).collect()
}

struct Loaded {
    catalogue: Catalogue,
    criteria: HashMap<String, usize>,
    measures: HashMap<String, usize>,
    domains: HashMap<String, usize>,
}

fn loaded() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        let catalogue = data::load().expect("the catalogue is part of the program, and a test reads all of it");
        Loaded {
            criteria: index(catalogue.criteria.iter().map(|entry| &entry.code)),
            measures: index(catalogue.progress_measures.iter().map(|entry| &entry.code)),
            domains: index(catalogue.distance_domains.iter().map(|entry| &entry.code)),
            catalogue,
        }
    })
}

/// The catalogue.
pub fn catalogue() -> &'static Catalogue {
    &loaded().catalogue
}

/// The criteria: the national ones, then the local ones.
pub fn criteria() -> &'static [Criterion] {
    &catalogue().criteria
}

/// The criterion of that code.
pub fn criterion(code: &str) -> Option<&'static Criterion> {
    loaded().criteria.get(code).map(|at| &catalogue().criteria[*at])
}

/// The Family Progress Data measure of that code.
pub fn progress_measure(code: &str) -> Option<&'static ProgressMeasure> {
    loaded()
        .measures
        .get(code)
        .map(|at| &catalogue().progress_measures[*at])
}

/// The distance travelled domain of that code.
pub fn distance_domain(code: &str) -> Option<&'static DistanceDomain> {
    loaded().domains.get(code).map(|at| &catalogue().distance_domains[*at])
}

/// The data categories of a row tied to that criterion. A code that is not in the catalogue has those of all criteria, so that a row
/// nobody can classify is seen only by someone who may see them all.
pub fn categories_of_criterion(code: &str) -> CategorySet {
    criterion(code).map_or(Category::CRITERIA, |entry| entry.categories)
}

/// The data category of a value of that measure, if the catalogue has the measure.
pub fn category_of_measure(code: &str) -> Option<Category> {
    progress_measure(code).map(|entry| entry.category)
}

/// The data categories of a value of that measure; of one that is not in the catalogue, those of all measures.
pub fn categories_of_measure(code: &str) -> CategorySet {
    category_of_measure(code).map_or(Category::PROGRESS, |category| CategorySet::EMPTY.with(category))
}

/// The data categories that a score in that domain has besides `ASSESSMENT`; in one that is not in the catalogue, those of all criteria.
pub fn categories_of_domain(code: &str) -> CategorySet {
    distance_domain(code).map_or(Category::CRITERIA, |entry| entry.categories)
}

/// Whether agencies can be of that kind.
pub fn is_agency_kind(code: &str) -> bool {
    catalogue().agency_kinds.iter().any(|term| term.code == code)
}

/// Whether there is such a role.
pub fn is_role(code: &str) -> bool {
    catalogue().roles.iter().any(|term| term.code == code)
}

/// Whether there is such a purpose.
pub fn is_purpose(code: &str) -> bool {
    catalogue().purposes.iter().any(|term| term.code == code)
}

/// What an agreement file may name: the catalogue's words, and the agencies of its authority.
pub fn known(agencies: BTreeSet<String>) -> Known {
    let codes = |terms: &[Term]| terms.iter().map(|term| term.code.clone()).collect();
    let catalogue = catalogue();
    Known {
        agency_kinds: codes(&catalogue.agency_kinds),
        roles: codes(&catalogue.roles),
        purposes: codes(&catalogue.purposes),
        lawful_bases: codes(&catalogue.lawful_bases),
        agencies,
    }
}

#[cfg(test)]
mod tests;
