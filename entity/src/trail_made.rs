//! `trail_made`: a change that the trail announces is known to be made.

use sea_orm::entity::prelude::*;

/// One row of `trail_made`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_made")]
pub struct Model {
    /// The chain of the entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// Its place.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The authority whose data it changed.
    pub authority_id: i32,
}

/// No relations: statements name both keys themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
