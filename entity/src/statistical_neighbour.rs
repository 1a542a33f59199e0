//! `statistical_neighbour`: an authority that another compares itself with.

use sea_orm::entity::prelude::*;

/// One row of `statistical_neighbour`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "statistical_neighbour")]
pub struct Model {
    /// The authority that compares.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The authority it compares itself with.
    #[sea_orm(primary_key, auto_increment = false)]
    pub neighbour_id: i32,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
