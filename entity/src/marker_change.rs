//! `marker_change`: what somebody is to be told of a family's marker: of each family the newest event.

use sea_orm::entity::prelude::*;

/// One row of `marker_change`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "marker_change")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Who is told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub consumer_id: Uuid,
    /// Its place among all that they are told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The family.
    pub family_id: Uuid,
    /// `set`, `updated` or `removed`.
    pub kind: String,
    /// The place of the event that set the marker.
    pub since: i64,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
