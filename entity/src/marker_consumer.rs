//! `marker_consumer`: who is told of markers, and how far they have been looked after.

use sea_orm::entity::prelude::*;

/// One row of `marker_consumer`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "marker_consumer")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Its key, which follows from agency, role, purpose and portal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// The role in which it asks.
    pub role: String,
    /// What it asks for.
    pub purpose: String,
    /// The agency of the portal through which it asks.
    pub portal_agency_id: Option<Uuid>,
    /// The last change of a family that was looked at.
    pub seq: i64,
    /// The version of the agreements by which all families were looked at.
    pub policy_version: i64,
    /// The day on which all families were looked at.
    pub looked_on: Date,
    /// The place of its newest event.
    pub position: i64,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
