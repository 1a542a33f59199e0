//! `marker_told`: that somebody was told of a family's marker, and a mark of what it said.

use sea_orm::entity::prelude::*;

/// One row of `marker_told`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "marker_told")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Who was told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub consumer_id: Uuid,
    /// The family.
    #[sea_orm(primary_key, auto_increment = false)]
    pub family_id: Uuid,
    /// A keyed mark of what was released, which tells nothing of it.
    pub fingerprint: String,
    /// The place of the event that set it.
    pub since: i64,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
