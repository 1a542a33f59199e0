//! What decides about sharing, or tells partners: consent, markers, emergency access.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::store::record::record;

/// A decision about consent.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ConsentRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family in whose case it was recorded.
    pub family_id: Uuid,
    /// Whose data it is about.
    pub person_id: Uuid,
    /// What category of data.
    pub category: String,
    /// For agencies of what kind.
    pub agency_kind: String,
    /// Given or refused.
    pub decision: String,
    /// Who decided.
    pub decided_by: Uuid,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The last day on which it holds.
    pub expires_on: Option<NaiveDate>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The agency that recorded it.
    pub recorded_by_agency: Uuid,
    /// Who recorded it.
    pub recorded_by_subject: String,
}

record!(ConsentRow: authority_id id family_id person_id category agency_kind decision decided_by recorded_at expires_on withdrawn_at recorded_by_agency recorded_by_subject);

/// A marker in a partner's own system.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MarkerRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// The system.
    pub system: String,
    /// Its state.
    pub status: String,
    /// When it was asked for.
    pub requested_on: NaiveDate,
    /// When it was placed.
    pub placed_on: Option<NaiveDate>,
    /// When it was removed.
    pub removed_on: Option<NaiveDate>,
}

record!(MarkerRow: authority_id id family_id agency_id system status requested_on placed_on removed_on);

/// Emergency access to a family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct EmergencyAccessRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency of who opened it.
    pub agency_id: Uuid,
    /// Who opened it.
    pub subject: String,
    /// On what ground.
    pub ground: String,
    /// Why, in their words.
    pub justification: String,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was closed early.
    pub closed_at: Option<DateTime<Utc>>,
}

record!(EmergencyAccessRow: authority_id id family_id agency_id subject ground justification opened_at expires_at closed_at);
