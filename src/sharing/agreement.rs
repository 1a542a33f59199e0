//! The information sharing agreement: versions, signatories and clauses, as data.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::category::{Category, CategorySet};

/// Whether a clause is about reading or writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// To see what is there.
    Read,
    /// To record or change it.
    Write,
}

/// Which rows a clause reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Any family of the authority.
    Authority,
    /// Families on the cohort now.
    Cohort,
    /// Families with which the agency has an open involvement.
    Involved,
    /// Families whose Lead Professional the caller is now.
    Lead,
    /// Rows that came from the caller's agency.
    Own,
}

impl Scope {
    /// The word in agreement files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Cohort => "cohort",
            Self::Involved => "involved",
            Self::Lead => "lead",
            Self::Own => "own",
        }
    }
}

/// Whether a clause asks for the family's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentRule {
    /// Consent must have been given and be in force.
    Required,
    /// Another lawful basis carries the clause.
    NotRequired,
}

/// One clause: agency kinds × roles × categories × purposes → access, scope, consent rule and flags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The clause's name within its agreement.
    pub id: String,
    /// Kinds of agency it speaks of.
    pub agency_kinds: Vec<String>,
    /// Roles it speaks of.
    pub roles: Vec<String>,
    /// Codes of the data categories it releases.
    pub categories: Vec<String>,
    /// Purposes it allows.
    pub purposes: Vec<String>,
    /// Reading, writing or both.
    pub access: Vec<Access>,
    /// Which rows it reaches.
    pub scope: Scope,
    /// Whether consent is asked for.
    pub consent: ConsentRule,
    /// The lawful basis under article 6.
    pub lawful_basis: String,
    /// The extra condition that articles 9 and 10 ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Whether it reaches the details of shielded people.
    #[serde(default)]
    pub shielded: bool,
    /// Whether the asker is told the exact reason when it withholds.
    #[serde(default)]
    pub explain: bool,
    /// Whether emergency access may stand in for involvement and consent.
    #[serde(default)]
    pub emergency: bool,
}

impl Clause {
    /// The categories as a set; unknown codes, which a checked agreement has none of, release nothing.
    pub fn category_set(&self) -> CategorySet {
        self.categories
            .iter()
            .filter_map(|code| Category::from_code(code))
            .collect()
    }
}

/// An agency that signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// The agency's code.
    pub agency: String,
    /// The day it signed.
    pub signed_on: NaiveDate,
    /// The day it left; from that day on it is no signatory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<NaiveDate>,
}

/// One version of an agreement of one authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The agreement's name, the same in all its versions.
    pub code: String,
    /// Rises with every version.
    pub version: i32,
    /// Its title for people.
    pub title: String,
    /// The first day it is in force.
    pub effective_from: NaiveDate,
    /// The last day it is in force, if one is stated.
    pub effective_to: Option<NaiveDate>,
    /// The day by which it must be reviewed. A missed review ends nothing.
    pub review_by: NaiveDate,
    /// Who signed.
    pub signatories: Vec<Signatory>,
    /// What it permits.
    pub clauses: Vec<Clause>,
}

impl Agreement {
    /// Whether its own dates cover the day.
    fn covers(&self, today: NaiveDate) -> bool {
        self.effective_from <= today && self.effective_to.is_none_or(|last| today <= last)
    }

    /// Whether the agency had signed and not left on that day.
    pub fn is_signed_by(&self, agency: &str, today: NaiveDate) -> bool {
        self.signatories.iter().any(|signatory| {
            signatory.agency == agency
                && signatory.signed_on <= today
                && signatory.withdrawn_on.is_none_or(|left| today < left)
        })
    }
}

/// Every version of every agreement of one authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// In any order.
    pub agreements: Vec<Agreement>,
}

impl Policy {
    /// The versions in force on that day: of each agreement the highest that has begun, while its dates cover the day. A version
    /// without a last day therefore ends when the next one begins.
    pub fn in_force(&self, today: NaiveDate) -> impl Iterator<Item = &Agreement> {
        self.agreements.iter().filter(move |agreement| {
            agreement.covers(today)
                && !self.agreements.iter().any(|later| {
                    later.code == agreement.code && later.version > agreement.version && later.effective_from <= today
                })
        })
    }
}

#[cfg(test)]
#[path = "agreement_tests.rs"]
mod tests;
