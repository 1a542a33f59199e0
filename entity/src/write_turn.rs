//! `write_turn`: never has a row. Writers lock it to take turns.

use sea_orm::entity::prelude::*;

/// One row of `write_turn`, of which there is none.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "write_turn")]
pub struct Model {
    /// Without a meaning.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
