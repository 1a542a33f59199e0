//! The changes that a session made or attempted, for the trail.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    records::{BarredSubjectRow, ConsentRow},
    sharing::category::CategorySet,
};

/// A change made or attempted, for the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The family concerned.
    pub family: Option<Uuid>,
    /// The person concerned.
    pub person: Option<Uuid>,
    /// The categories of what was written.
    pub categories: CategorySet,
    /// The numbers of the clauses that permitted it.
    pub clauses: Vec<u16>,
    /// The emergency access that it opened or relies on.
    pub emergency: Option<Uuid>,
    /// What was done.
    pub deed: Deed,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Rows were added, changed or ended.
    Rows,
    /// Consent decisions were added, all made together.
    Decided(Vec<ConsentRow>),
    /// A consent decision was told, and there is nobody of whom it could be recorded here: none was added, and whoever told it is not told so.
    DecidedOfNobody,
    /// A consent was withdrawn.
    Withdrawn {
        /// Its row.
        key: Uuid,
        /// The category of data.
        category: String,
        /// The kind of agency.
        agency_kind: String,
    },
    /// Consent decisions with a wrong clock's timestamp were re-dated: which, and to when.
    DatedAnew(Vec<(Uuid, DateTime<Utc>)>),
    /// The same of when consents were withdrawn.
    WithdrawalsDatedAnew(Vec<(Uuid, DateTime<Utc>)>),
    /// Bars were set, brought forward or lifted: as they stand now.
    Barred(Vec<BarredSubjectRow>),
    /// Emergency access was opened, or is open already.
    Emergency,
    /// A version of an agreement was loaded.
    Agreement {
        /// The agreement's code.
        code: String,
        /// The version.
        version: i32,
    },
    /// Nothing needed changing.
    Nothing,
    /// Nothing: what was to be changed does not exist, may not be seen or may not be written.
    Refused,
    /// Nothing: what was named does not exist, and the attempt raised an alert.
    Alert,
}

impl Deed {
    /// Whether it changes something, as far as whoever made it may know. An attempt does not.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Nothing | Self::Refused | Self::Alert)
    }
}
