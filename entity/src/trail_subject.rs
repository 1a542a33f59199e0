//! `trail_subject`: says which families an entry of the trail speaks of.

use sea_orm::entity::prelude::*;

/// One row of `trail_subject`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_subject")]
pub struct Model {
    /// The authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The family.
    #[sea_orm(primary_key, auto_increment = false)]
    pub family_id: Uuid,
    /// When the entry was recorded.
    pub recorded_at: DateTimeUtc,
    /// The entry's chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// The entry's place in its chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
