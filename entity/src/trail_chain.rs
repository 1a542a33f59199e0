//! `trail_chain`: the chains of the trail whose entries are records, by number.

use sea_orm::entity::prelude::*;

/// One row of `trail_chain`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_chain")]
pub struct Model {
    /// The month in which it began, since the year 2000, times 65536, and a number within the month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The chain.
    #[sea_orm(unique)]
    pub chain_id: Uuid,
}

/// No relations: statements join by themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
