//! `agency`: an organisation in an authority's partnership.

use sea_orm::entity::prelude::*;

/// One row of `agency`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agency")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name that stands in tokens and agreements, unique within the authority.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Agency kind.
    pub kind: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
