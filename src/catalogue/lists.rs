//! What the lists of codes hold.

use crate::sharing::category::{Category, CategorySet, Sensitivity};

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
