//! The lists of codes that the programme works with: criteria, measures, domains, purposes, roles and the rest.
//!
//! Pure: the lists are the TOML files beside this one, read and checked once. Imports only `sharing`'s categories (and the shape in
//! which an agreement file wants to know its words); knows no SQL, no GraphQL and no clock.

mod data;

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use crate::sharing::{
    agreement_file::Known,
    category::{Category, CategorySet, Sensitivity},
};

/// A code and what it says to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The code.
    pub code: String,
    /// What it says.
    pub label: String,
}

/// A criterion: one of the national problem areas, or a local strategic one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// The code (`HEALTH`, `PARENT_MENTAL_HEALTH`).
    pub code: String,
    /// What it says.
    pub label: String,
    /// Whether it is one of the national problem areas.
    pub national: bool,
    /// The data categories of whatever is tied to it.
    pub categories: CategorySet,
}

/// A Family Progress Data measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressMeasure {
    /// The code (`POLICE_CALLOUTS`).
    pub code: String,
    /// What it says.
    pub label: String,
    /// The source's own group: crime, health, housing, employment, education.
    pub group: String,
    /// The data category of its values.
    pub category: Category,
    /// Essential, or else desirable.
    pub essential: bool,
    /// For whom there is a value: `adults_and_children`, `household`, `children`, `aged_18_to_24`.
    pub scope: String,
    /// The unit of its values (`incidents_last_12_months`, `pounds_owed`).
    pub unit: String,
}

impl ProgressMeasure {
    /// Whether there is one value for the household, not one a person.
    pub fn of_household(&self) -> bool {
        self.scope == "household"
    }

    /// The greatest value that can be true, where the unit has one.
    pub fn greatest(&self) -> Option<i32> {
        match self.unit.as_str() {
            "months_of_last_12" => Some(12),
            "weeks_of_last_12_months" => Some(53),
            _ => None,
        }
    }
}

/// A domain in which distance travelled is scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistanceDomain {
    /// The code (`PHYSICAL_HEALTH`).
    pub code: String,
    /// What it says.
    pub label: String,
    /// The profile it belongs to (`PARENT_OR_CARER`).
    pub profile: String,
    /// The data categories of its scores besides `ASSESSMENT`.
    pub categories: CategorySet,
}

/// The question of a report card that a measure answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// How much did we do?
    HowMuch,
    /// How well did we do it?
    HowWell,
    /// Is anyone better off?
    BetterOff,
}

impl Question {
    /// The question's code (`HOW_MUCH`).
    pub fn code(self) -> &'static str {
        match self {
            Self::HowMuch => "HOW_MUCH",
            Self::HowWell => "HOW_WELL",
            Self::BetterOff => "BETTER_OFF",
        }
    }
}

/// A measure of the report cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerformanceMeasure {
    /// The code (`FAMILIES_WORKED_WITH`).
    pub code: String,
    /// What it says.
    pub label: String,
    /// The question it answers.
    pub question: Question,
}

/// A condition of articles 9 and 10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The code.
    pub code: String,
    /// What it says.
    pub label: String,
    /// The articles of the UK GDPR that it serves: 9, 10 or both.
    pub articles: Vec<u8>,
}

impl Condition {
    /// Whether it can carry data of this sensitivity.
    pub fn serves(&self, sensitivity: Sensitivity) -> bool {
        match sensitivity {
            Sensitivity::None | Sensitivity::Personal => true,
            Sensitivity::SpecialCategory => self.articles.contains(&9),
            Sensitivity::CriminalOffence => self.articles.contains(&10),
        }
    }
}

/// Every list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// How many national criteria a family must meet.
    pub national_minimum: usize,
    /// How many local criteria a family must meet, by default.
    pub local_minimum: usize,
    /// The national criteria, then the local ones.
    pub criteria: Vec<Criterion>,
    /// Family Progress Data.
    pub progress_measures: Vec<ProgressMeasure>,
    /// The scores of distance travelled in words, from 1.
    pub distance_scale: Vec<String>,
    /// Domains of distance travelled.
    pub distance_domains: Vec<DistanceDomain>,
    /// Report card measures, by question and code.
    pub performance_measures: Vec<PerformanceMeasure>,
    /// By what report cards can be broken down.
    pub breakdowns: Vec<String>,
    /// Levels of the maturity model, lowest first.
    pub maturity_levels: Vec<String>,
    /// Strands of the maturity model.
    pub maturity_strands: Vec<String>,
    /// Partners that the maturity model calls core.
    pub core_partners: Vec<String>,
    /// Purposes.
    pub purposes: Vec<Term>,
    /// Kinds of agency.
    pub agency_kinds: Vec<Term>,
    /// Roles.
    pub roles: Vec<Term>,
    /// Lawful bases of article 6.
    pub lawful_bases: Vec<Term>,
    /// Well-known conditions of articles 9 and 10.
    pub conditions: Vec<Condition>,
}

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
