//! `person_key_state`: by which rules the keys of an authority's people were worked out.

use sea_orm::entity::prelude::*;

/// One row of `person_key_state`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person_key_state")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The number of the rules.
    pub rules: i32,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
