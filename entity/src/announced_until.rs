//! `announced_until`: up to which entry a chain was looked through for changes that were announced and not made.

use sea_orm::entity::prelude::*;

/// One row of `announced_until`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "announced_until")]
pub struct Model {
    /// The chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// The place of the last entry that was looked at.
    pub seq: i64,
}

/// No relations: statements name both keys themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
