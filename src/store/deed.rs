//! What a session changed, or tried, for the trail.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{records::ConsentRow, sharing::category::CategorySet};

/// What was changed, or tried, for the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The family it is about.
    pub family: Option<Uuid>,
    /// The person it is about.
    pub person: Option<Uuid>,
    /// The categories of what was written.
    pub categories: CategorySet,
    /// The numbers of the clauses that permitted it.
    pub clauses: Vec<u16>,
    /// The emergency access it opened or rests on.
    pub emergency: Option<Uuid>,
    /// What was done.
    pub deed: Deed,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Rows were added, changed or ended.
    Rows,
    /// Decisions about consent were added, all made at once.
    Decided(Vec<ConsentRow>),
    /// A consent was withdrawn.
    Withdrawn {
        /// Its row.
        key: Uuid,
        /// The category of data that it was for.
        category: String,
        /// The kind of agency that it was for.
        agency_kind: String,
    },
    /// Decisions about consent that a wrong clock had dated are dated anew: which, and to when.
    DatedAnew(Vec<(Uuid, DateTime<Utc>)>),
    /// Emergency access was opened, or is open already.
    Emergency,
    /// A version of an agreement was loaded.
    Agreement {
        /// The agreement's code.
        code: String,
        /// The version.
        version: i32,
    },
    /// Nothing was to be changed after all.
    Nothing,
    /// Nothing: what was to be changed is not there, may not be seen or may not be written.
    Refused,
    /// Nothing: what was named is not there, and that it was tried is an alert.
    Alert,
}

impl Deed {
    /// Whether it changes something. What only was tried does not.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Nothing | Self::Refused | Self::Alert)
    }
}
