//! `trail_agency`: says whose look-ups an entry of the trail tells of.

use sea_orm::entity::prelude::*;

/// One row of `trail_agency`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_agency")]
pub struct Model {
    /// The authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The agency that asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agency_id: Uuid,
    /// When the entry was recorded.
    #[sea_orm(primary_key, auto_increment = false)]
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
