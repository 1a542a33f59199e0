//! Authorities, agencies and their programs: nothing about a family.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::store::record::record;

/// What whoever meets a family with a marker is asked to do, where its authority says nothing else.
pub const MARKER_ADVICE: &str =
    "Tell the Lead Professional of your contact with the family, and ask them before you begin anything new with it.";

/// An upper-tier council that runs the programme.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AuthorityRow {
    /// Its number.
    pub id: i32,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// From this age, in years, a person's own consent counts.
    pub own_consent_age: i32,
    /// How long emergency access holds, in hours.
    pub emergency_hours: i32,
    /// Counts below this are suppressed in statistics.
    pub suppression_threshold: i32,
    /// What whoever meets a family with a marker is asked to do.
    pub marker_advice: String,
}

record!(AuthorityRow: id code name own_consent_age emergency_hours suppression_threshold marker_advice);

/// An authority that another one compares itself with.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StatisticalNeighbourRow {
    /// The authority.
    pub authority_id: i32,
    /// The one it compares itself with.
    pub neighbour_id: i32,
}

record!(StatisticalNeighbourRow: authority_id neighbour_id);

/// An organisation in the partnership.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AgencyRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// Its code in tokens and agreements.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of agency it is.
    pub kind: String,
}

record!(AgencyRow: authority_id id code name kind);

/// A program that a partner's systems use.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ClientProgramRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// Whose program it is.
    pub agency_id: Uuid,
    /// Its name in tokens.
    pub client_id: String,
    /// Its name for people.
    pub name: String,
}

record!(ClientProgramRow: authority_id id agency_id client_id name);
