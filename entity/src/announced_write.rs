//! `announced_write`: what became of a change that the trail announced before it was made.

use sea_orm::entity::prelude::*;

/// One row of `announced_write`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "announced_write")]
pub struct Model {
    /// The authority whose data it changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The chain of the entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// Its place.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Whether the change was made; if not, it cannot be made any more.
    pub made: bool,
    /// Whether the trail says of one that was not made that it was not.
    pub told: bool,
}

/// No relations: statements name both keys themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
