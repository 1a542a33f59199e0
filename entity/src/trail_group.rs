//! `trail_group`: says which families an entry of the trail speaks of that speaks of many.

use sea_orm::entity::prelude::*;

/// One row of `trail_group`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_group")]
pub struct Model {
    /// The families' authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// What the families of this row have in common: a few bits of their keys.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: i32,
    /// When the entry was recorded.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recorded_at: DateTimeUtc,
    /// The entry's chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// The entry's place in its chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The families' keys, 16 bytes each, in order.
    pub members: Vec<u8>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
