//! `marker_response`: whether a marker changed what a professional did.

use sea_orm::entity::prelude::*;

/// One row of `marker_response`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "marker_response")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency of who says it.
    pub agency_id: Uuid,
    /// The `sub` of who says it.
    pub subject: String,
    /// The day on which the marker was seen.
    pub responded_on: Date,
    /// Whether it changed what was done.
    pub changed_what_was_done: bool,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
