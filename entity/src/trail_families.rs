//! `trail_families`: which families an entry of the trail speaks of that speaks of several.

use sea_orm::entity::prelude::*;

/// One row of `trail_families`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_families")]
pub struct Model {
    /// The number of its chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: i32,
    /// The families' authority.
    pub authority_id: i32,
    /// The entry's place in its chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When the entry was recorded, in microseconds since 1970.
    pub at: i64,
    /// What the families of this row have in common: a few bits of their keys.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: i16,
    /// The families' keys, 16 bytes each, in order: they stand nowhere else.
    pub members: Vec<u8>,
}

/// No relations: statements join by themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
