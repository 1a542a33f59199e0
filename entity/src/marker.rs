//! `marker`: tells a partner's own system that a family is on the cohort.

use sea_orm::entity::prelude::*;

/// One row of `marker`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "marker")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency whose system carries it.
    pub agency_id: Uuid,
    /// The system.
    pub system: String,
    /// Where the marker stands.
    pub status: String,
    /// Day it was requested.
    pub requested_on: Date,
    /// Day it was placed.
    pub placed_on: Option<Date>,
    /// Day it was removed.
    pub removed_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
